/**
 * `npm run bench`: gild and Debian's libguestfs tools side by side on this machine, whole processes, medians, ratios.
 * `-- --smoke` runs each row once. Never fails on a time. Results are also written as JSON to bench-results/.
 *
 * Both sides run under software emulation (force_tcg), so that machines with and without a working KVM compare.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const work = join(root, ".cache", "bench");
const goldenImage = join(root, ".cache", "tests", "golden.qcow2");
const gildProgram = ["node", join(root, "dist", "gild.js")];
const peerEnv = { LIBGUESTFS_BACKEND: "direct", LIBGUESTFS_BACKEND_SETTINGS: "force_tcg" };
const ownEnv = { GILD_BACKEND_SETTINGS: "force_tcg" };

interface Command {
  readonly argv: readonly string[];
  readonly stdin?: string;
}

interface Row {
  readonly name: string;
  /** Makes the disks anew before each run; not measured. */
  readonly prepare: () => void;
  readonly gild: Command;
  readonly libguestfs: Command;
}

interface Result {
  readonly name: string;
  /** Seconds, median. */
  readonly gild: number;
  readonly libguestfs: number;
  readonly ratio: number;
}

const disk = join(work, "disk.raw");
const copy = join(work, "debian.qcow2");
const SESSION = "part-disk /dev/sda gpt\nmkfs ext4 /dev/sda1\nmount /dev/sda1 /\nwrite /hello world\ncat /hello\n";

function blankDisk(): void {
  rmSync(disk, { force: true });
  must(["truncate", "-s", "1G", disk]);
}

function rows(): Row[] {
  const shell = [...gildProgram, "shell", "--rw", "--format", "raw", "-a", disk];
  const fish = ["guestfish", "--format=raw", "-a", disk];
  const list: Row[] = [
    {
      name: "launch to READY, one disk",
      prepare: blankDisk,
      gild: { argv: shell, stdin: "ping-daemon\n" },
      libguestfs: { argv: fish, stdin: "run\nping-daemon\n" },
    },
    {
      name: "partition, mkfs ext4, mount, write, cat",
      prepare: blankDisk,
      gild: { argv: shell, stdin: SESSION },
      libguestfs: { argv: fish, stdin: `run\n${SESSION}` },
    },
  ];
  if (existsSync(goldenImage)) list.push(...imageRows());
  else console.log(`(no ${goldenImage}: the rows on a Debian image are left out; npm test makes it)`);
  return list;
}

function imageRows(): Row[] {
  const fresh = (): void => {
    copyFileSync(goldenImage, copy);
  };
  const recipe = join(root, "examples", "web-tweaks", "recipe.yaml");
  const customize = JSON.parse(
    readFileSync(join(root, "examples", "web-tweaks", "virt-customize.json"), "utf8"),
  ) as string[]; // a list of options
  return [
    {
      name: "files-only job on the Debian LVM image",
      prepare: fresh,
      gild: { argv: [...gildProgram, "apply", recipe, "-a", copy] },
      libguestfs: { argv: ["virt-customize", "--format=qcow2", "-a", copy, ...customize] },
    },
    {
      name: "inspect that image",
      prepare: fresh,
      gild: { argv: [...gildProgram, "inspect", copy] },
      libguestfs: { argv: ["virt-inspector", "--format=qcow2", "-a", copy] },
    },
  ];
}

function main(): void {
  const smoke = process.argv.includes("--smoke");
  mkdirSync(work, { recursive: true });
  const machine = describeMachine();
  console.log(`${machine}\n`);
  const results = rows().map((row) => measure(row, smoke ? 1 : 5, smoke ? 1 : 3));
  console.log(table(results));
  const folder = join(root, "bench-results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(":", "")}.json`);
  writeFileSync(file, `${JSON.stringify({ machine, results }, null, 2)}\n`);
  console.log(`\nwritten: ${file}`);
}

function measure(row: Row, ownRuns: number, peerRuns: number): Result {
  const gild = median(row, row.gild, ownEnv, ownRuns);
  const libguestfs = median(row, row.libguestfs, peerEnv, peerRuns);
  return { name: row.name, gild, libguestfs, ratio: libguestfs / gild };
}

function median(row: Row, command: Command, env: Readonly<Record<string, string>>, runs: number): number {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    row.prepare();
    const begin = performance.now();
    must(command.argv, command.stdin, env);
    seconds.push((performance.now() - begin) / 1000);
  }
  return seconds.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}

function must(argv: readonly string[], stdin = "", env: Readonly<Record<string, string>> = {}): string {
  const [program = "", ...args] = argv;
  const result = spawnSync(program, args, {
    cwd: root,
    input: stdin,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (result.status !== 0)
    throw new Error(`${argv.join(" ")}: status ${result.status}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

function describeMachine(): string {
  const packages = must(["dpkg-query", "-W", "-f", "${Package} ${Version}\n", "libguestfs-tools", "qemu-system-x86"]);
  const processor = cpus()[0]?.model ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} x ${processor}, ${memory} GiB, Node ${process.version}, TCG\n${packages.trim().replaceAll("\n", ", ")}`;
}

function table(results: readonly Result[]): string {
  const lines = results.map(
    ({ name, gild, libguestfs, ratio }) =>
      `| ${name} | ${gild.toFixed(2)} s | ${libguestfs.toFixed(2)} s | ${ratio.toFixed(1)}x |`,
  );
  return ["| job | gild | libguestfs tools | ratio |", "| --- | --- | --- | --- |", ...lines].join("\n");
}

main();
