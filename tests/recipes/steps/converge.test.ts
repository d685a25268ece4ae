/** Every step that only edits files: what it does on a guest, that it then has nothing left to do, and that it keeps the rest. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import * as steps from "../../../recipes/steps/index.ts";
import { Secret, type StepSpec } from "../../../schemas/index.ts";
import { FakeGuest } from "./fake-guest.ts";

const PASSWD = "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIexample me@home";

function debian(): FakeGuest {
  const guest = new FakeGuest({
    "/etc/passwd": PASSWD,
    "/etc/group": "root:x:0:\nsudo:x:27:\nwww-data:x:33:\n",
    "/etc/hostname": "debian\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/skel/.bashrc": "# bash\n",
    "/bin/bash": "elf",
    "/home/": "",
    "/tmp/": "",
    "/root/": "",
    "/usr/share/zoneinfo/Europe/Prague": "tz",
    "/etc/localtime": "-> /usr/share/zoneinfo/Etc/UTC",
    "/etc/timezone": "Etc/UTC\n",
    "/lib/systemd/system/ssh.service": "[Unit]\n[Install]\nWantedBy=multi-user.target\nAlias=sshd.service\n",
    "/lib/systemd/system/static.service": "[Service]\nExecStart=/bin/true\n",
  });
  guest.add("/etc/shadow", "root:*:19000:0:99999:7:::\n", { mode: 0o640, gid: 42 });
  guest.add("/etc/gshadow", "root:*::\nsudo:*::\n", { mode: 0o640, gid: 42 });
  return guest;
}

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gild-steps-"));
  mkdirSync(join(folder, "tree/sub"), { recursive: true });
  writeFileSync(join(folder, "tree/a"), "A", { mode: 0o600 });
  writeFileSync(join(folder, "tree/sub/b"), "B");
  symlinkSync("a", join(folder, "tree/link"));
  writeFileSync(join(folder, "site.conf"), "server {}\n");
  writeFileSync(join(folder, "keys.pub"), `# mine\n${KEY}\n`);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Case {
  readonly step: StepSpec;
  readonly args: () => unknown;
  /** Text by path after the step. */
  readonly texts?: Readonly<Record<string, string | undefined>>;
  /** "mode uid:gid" by path after the step. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The guest is as wanted from the start. */
  readonly alreadyTrue?: boolean;
}

const cases: readonly Case[] = [
  {
    step: steps.hostname,
    args: () => ({ name: "web1.example.org" }),
    texts: {
      "/etc/hostname": "web1.example.org\n",
      "/etc/hosts": "127.0.0.1 localhost\n127.0.1.1\tweb1.example.org\tweb1\n::1 localhost\n",
    },
  },
  {
    step: steps.timezone,
    args: () => ({ zone: "Europe/Prague" }),
    texts: { "/etc/localtime": "-> /usr/share/zoneinfo/Europe/Prague", "/etc/timezone": "Europe/Prague\n" },
  },
  {
    step: steps.upload,
    args: () => ({
      source: join(folder, "site.conf"),
      path: "/etc/site.conf",
      mode: "0640",
      owner: "www-data",
      group: "sudo",
    }),
    texts: { "/etc/site.conf": "server {}\n" },
    attributes: { "/etc/site.conf": "0640 33:27" },
  },
  {
    step: steps.upload,
    args: () => ({ filename: join(folder, "site.conf"), remotefilename: "/etc/site.conf" }),
    texts: { "/etc/site.conf": "server {}\n" },
  },
  {
    step: steps.copyIn,
    args: () => ({ source: join(folder, "tree"), path: "/srv/data", group: 33 }),
    texts: { "/srv/data/tree/a": "A", "/srv/data/tree/sub/b": "B", "/srv/data/tree/link": "-> a" },
    attributes: { "/srv/data/tree/a": "0600 0:33", "/srv/data/tree/link": "0777 0:33" },
  },
  {
    step: steps.mkdir,
    args: () => ({ path: "/srv/a/b", mode: "0750", owner: 33 }),
    texts: { "/srv/a/b": "/" },
    attributes: { "/srv/a/b": "0750 33:0", "/srv/a": "0755 0:0" },
  },
  {
    step: steps.write,
    args: () => ({ path: "/etc/motd", content: "hello", mode: "0600" }),
    texts: { "/etc/motd": "hello" },
    attributes: { "/etc/motd": "0600 0:0" },
  },
  { step: steps.link, args: () => ({ path: "/data", target: "srv" }), texts: { "/data": "-> srv" } },
  {
    step: steps.deleteStep,
    args: () => ({ path: "/etc/skel" }),
    texts: { "/etc/skel": undefined, "/etc/skel/.bashrc": undefined },
  },
  { step: steps.deleteStep, args: () => ({ path: "/etc/localtime" }), texts: { "/etc/localtime": undefined } },
  { step: steps.chmod, args: () => ({ path: "/home", mode: "2775" }), attributes: { "/home": "2775 0:0" } },
  { step: steps.chown, args: () => ({ path: "/home", owner: "www-data" }), attributes: { "/home": "0755 33:0" } },
  {
    step: steps.line,
    args: () => ({ path: "/etc/hosts", line: "192.0.2.1 db" }),
    texts: { "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n192.0.2.1 db\n" },
  },
  {
    step: steps.sshInject,
    args: () => ({ user: "root", file: join(folder, "keys.pub") }),
    texts: { "/root/.ssh/authorized_keys": `${KEY}\n` },
    attributes: { "/root/.ssh": "0700 0:0", "/root/.ssh/authorized_keys": "0600 0:0" },
  },
  {
    step: steps.password,
    args: () => ({ user: "root", password: new Secret("pässword") }),
    attributes: { "/etc/shadow": "0640 0:42" },
  },
  { step: steps.password, args: () => ({ user: "root", password: "locked" }), alreadyTrue: true },
  {
    step: steps.users,
    args: () => ({
      users: [
        { name: "deploy", groups: ["sudo"], comment: "Deploy", password: "locked", "ssh-keys": [KEY] },
        { name: "second" },
      ],
    }),
    texts: {
      "/etc/passwd": `${PASSWD}deploy:x:1000:1000:Deploy:/home/deploy:/bin/bash\nsecond:x:1001:1001::/home/second:/bin/bash\n`,
      "/etc/group": "root:x:0:\nsudo:x:27:deploy\nwww-data:x:33:\ndeploy:x:1000:\nsecond:x:1001:\n",
      "/etc/shadow": "root:*:19000:0:99999:7:::\ndeploy:!::0:99999:7:::\nsecond:!::0:99999:7:::\n",
      "/etc/gshadow": "root:*::\nsudo:*::deploy\ndeploy:!::\nsecond:!::\n",
      "/home/deploy/.bashrc": "# bash\n",
      "/home/deploy/.ssh/authorized_keys": `${KEY}\n`,
    },
    attributes: {
      "/home/deploy": "0700 1000:1000",
      "/home/deploy/.bashrc": "0644 1000:1000",
      "/home/deploy/.ssh/authorized_keys": "0600 1000:1000",
      "/etc/shadow": "0640 0:42",
    },
  },
  {
    step: steps.service,
    args: () => ({ name: "ssh" }),
    texts: {
      "/etc/systemd/system/multi-user.target.wants/ssh.service": "-> /lib/systemd/system/ssh.service",
      "/etc/systemd/system/sshd.service": "-> /lib/systemd/system/ssh.service",
    },
  },
  {
    step: steps.service,
    args: () => ({ name: "ssh", state: "masked" }),
    texts: { "/etc/systemd/system/ssh.service": "-> /dev/null" },
  },
];

describe("convergence", () => {
  it.each(cases.map((one, i) => [`${one.step.name} ${i}`, one] as const))(
    "%s changes, then has nothing to do",
    async (_, one) => {
      const guest = debian();

      const first = await guest.run(one.step, one.args());
      const second = await guest.plan(one.step, one.args());

      expect(first.length > 0 || one.alreadyTrue === true).toBe(true);
      expect(second).toEqual([]);
      const texts = one.texts ?? {};
      const attributes = one.attributes ?? {};
      expect(Object.fromEntries(Object.keys(texts).map((path) => [path, guest.text(path)]))).toEqual(texts);
      expect(Object.fromEntries(Object.keys(attributes).map((path) => [path, guest.attributes(path)]))).toEqual(
        attributes,
      );
    },
  );
});

describe("a guest that makes a step impossible", () => {
  it.each([
    [steps.timezone, { zone: "Mars/Olympus" }, /no such zone/],
    [steps.chmod, { path: "/nope", mode: "0644" }, /no such file/],
    [steps.chown, { path: "/home", owner: "nobody-here" }, /nobody-here: no such user/],
    [steps.mkdir, { path: "/etc/passwd" }, /not a folder/],
    [steps.link, { path: "/etc/passwd", target: "x" }, /force: true/],
    [steps.link, { path: "/home", target: "x" }, /is a folder/],
    [steps.sshInject, { user: "nobody-here", keys: [KEY] }, /no such user/],
    [steps.password, { user: "nobody-here", password: "x" }, /no such user/],
    [steps.users, { users: [{ name: "a", groups: ["nope"] }] }, /nope: no such group/],
    [steps.users, { users: [{ name: "a", shell: "/bin/zsh" }] }, /no such shell/],
    [steps.users, { users: [{ name: "root", uid: 5 }] }, /exists with uid 0/],
    [steps.service, { name: "nothing" }, /no such unit/],
    [steps.service, { name: "static" }, /no \[Install\]/],
    [steps.line, { path: "/etc/nope", line: "x", create: false }, /no such file/],
    [steps.selinuxRelabel, {}, /no SELinux/],
    [steps.bootloader, { type: "grub" }, /no grub-install/],
  ] as const)("%#", async (step: StepSpec, args, message) => {
    await expect(debian().plan(step, args)).rejects.toThrow(message);
  });
});

describe("secrets", () => {
  it("never leaves the password in what is planned, and marks the hash", async () => {
    const planned = await debian().plan(steps.password, { user: "root", password: new Secret("hunter2 hunter2") });

    expect(planned).toHaveLength(1);
    expect(planned[0]?.secretArgs).toEqual(["content"]);
    expect(Buffer.from(planned[0]?.args["content"] as Uint8Array).toString()).toMatch(/^root:\$6\$rounds=100000\$/);
    expect(
      JSON.stringify(planned.map(({ args }) => Buffer.from(args["content"] as Uint8Array).toString())),
    ).not.toContain("hunter2");
  });

  it("shows no secret in the line of the step", () => {
    expect(steps.password.describe({ user: "root", password: new Secret("hunter2") })).toBe("root");
    expect(steps.line.describe({ path: "/x", line: new Secret("hunter2") })).not.toContain("hunter2");
  });
});
