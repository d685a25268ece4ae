/** Rows of plan and apply: a long recipe as a dry run, how much of it is the comparison, and a saved plan written. */
import { spawn } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { gild, golden, ownEnv, root, work } from "./places.ts";
import { randomFile } from "./random-file.ts";
import type { Row } from "./row.ts";
import { must } from "./run.ts";

const MEGABYTES = 50;
const folder = join(work, "plans");
const image = join(folder, "debian.qcow2");
const plan = join(folder, "web.plan");

const TWENTY_STEPS = `version: 1
steps:
  - hostname: web2
  - timezone: Europe/Lisbon
  - mkdir: { path: /srv/www, mode: "0755" }
  - mkdir: { path: /srv/data, mode: "0750" }
  - mkdir: { path: /etc/app, mode: "0755" }
  - upload: { source: files/index.html, path: /srv/www/index.html }
  - chmod: { path: /srv/www/index.html, mode: "0640" }
  - chown: { path: /srv/www/index.html, owner: root, group: www-data }
  - link: { path: /data, target: /srv/data }
  - write: { path: /etc/app/one.conf, content: "one = 1\\n" }
  - write: { path: /etc/app/two.conf, content: "two = 2\\n" }
  - write: { path: /etc/motd, content: "Welcome.\\n" }
  - line: { path: /etc/app/one.conf, line: "more = yes" }
  - line: { path: /etc/hosts, line: "192.0.2.1 db" }
  - ssh-inject: { user: deploy, file: files/deploy.pub }
  - password: { user: deploy, password: only-a-demo }
  - users: [{ name: worker, comment: Worker }]
  - service: { name: ssh, state: disabled }
  - augeas: { file: /etc/ssh/sshd_config, set: { PasswordAuthentication: "no", X11Forwarding: "no" } }
  - delete: /etc/issue.net
`;

/** None without the image that the appliance tests make. */
export function planRows(): Row[] {
  if (!existsSync(golden)) return [];
  const recipe = join(folder, "twenty.yaml");
  const dryRun = [...gild, "plan", recipe, "-a", image];
  return [
    {
      name: "dry run of 20 steps on the Debian LVM image, with the diff",
      prepare: fresh,
      gild: [{ argv: dryRun }],
      goal: { seconds: 4 },
    },
    {
      name: "of which comparing, and the end",
      prepare: fresh,
      gild: async () => await secondsSince("comparing", dryRun),
      goal: { seconds: 1 },
    },
    {
      name: `apply of a saved plan, overlay of ${MEGABYTES} MB`,
      prepare: savePlan,
      gild: [{ argv: [...gild, "apply", plan] }],
      goal: { seconds: 1 },
    },
  ];
}

function fresh(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  cpSync(join(root, "examples", "web-tweaks", "files"), join(folder, "files"), { recursive: true });
  writeFileSync(join(folder, "twenty.yaml"), TWENTY_STEPS);
  copyFileSync(golden, image);
}

function savePlan(): void {
  fresh();
  const recipe = join(folder, "large.yaml");
  writeFileSync(recipe, `version: 1\nsteps:\n  - upload: { source: ${randomFile(MEGABYTES)}, path: /srv/large }\n`);
  must([...gild, "plan", recipe, "-a", image, "-o", plan]);
}

/** Runs a program and gives the time from the first progress line with this text to its end. @throws Error when it fails */
async function secondsSince(text: string, argv: readonly string[]): Promise<number> {
  const [name = "", ...args] = argv;
  const child = spawn(name, args, {
    cwd: root,
    env: { ...process.env, ...ownEnv },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let begin: number | undefined;
  child.stderr.setEncoding("utf8").on("data", (lines: string) => {
    if (lines.includes(text)) begin ??= performance.now();
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (status !== 0 || begin === undefined) throw new Error(`${argv.join(" ")}: status ${status}, or no line: ${text}`);
  return (performance.now() - begin) / 1000;
}
