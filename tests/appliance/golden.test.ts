/** The image built from a recipe alone: it boots, and programs that are not ours find in it what the recipe says. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { bootUntil } from "./support/boot.ts";
import { goldenHost, goldenImage } from "./support/golden-image.ts";
import { debianGuestfish, libguestfsEnv, mustRun } from "./support/program.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-golden-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const BOOT_LIMIT_MS = 600_000;
const LABELLED = [
  "/etc/passwd",
  "/etc/shadow",
  "/etc/hostname",
  "/etc/fstab",
  "/etc/ssh/sshd_config",
  "/usr/bin/passwd",
  "/usr/sbin/sshd",
  "/home/deploy/.ssh/authorized_keys",
  "/var/log",
  "/boot/grub/grub.cfg",
];
const CONTEXTS = "/etc/selinux/default/contexts/files/file_contexts";

test("boots under qemu to its login prompt, with the host name of the recipe", async () => {
  const overlay = join(folder, "boot.qcow2");

  const console = await bootUntil(goldenImage, overlay, new RegExp(`${goldenHost} login:`), BOOT_LIMIT_MS);

  expect(console).toContain("Debian GNU/Linux 12");
});

test("qemu-img finds no fault in it", async () => {
  const report = await mustRun("qemu-img", ["check", "-f", "qcow2", goldenImage]);

  expect(report).toContain("No errors were found");
});

describe("read by Debian's guestfish on Debian's appliance", () => {
  const answers = new Map<string, string>();

  // One launch for all questions: it costs ten seconds under emulation.
  beforeAll(async () => {
    const contexts = join(folder, "file_contexts");
    const questions: Record<string, string> = {
      hostname: "cat /etc/hostname",
      fstab: "cat /etc/fstab",
      sshd: "cat /etc/ssh/sshd_config",
      timezone: "readlink /etc/localtime",
      lvs: "lvs",
      sudoersMode: "stat /etc/sudoers.d/deploy",
      deployKeys: "cat /home/deploy/.ssh/authorized_keys",
      deployKeysStat: "stat /home/deploy/.ssh/authorized_keys",
      deploy: "sh 'id deploy; grep ^deploy: /etc/shadow; grep ^root: /etc/shadow'",
      bootType: "vfs-type /dev/sda2",
      swap: "vfs-type /dev/vg0/swap",
      parttype: "part-get-parttype /dev/sda",
      sshEnabled: "is-symlink /etc/systemd/system/multi-user.target.wants/ssh.service",
      ...Object.fromEntries(LABELLED.map((path) => [`label ${path}`, `lgetxattr ${path} security.selinux`])),
    };
    const script = Object.entries(questions).map(([name, command]) => `echo "== ${name}"\n${command}\necho ""\n`);
    const downloads = ["", ".homedirs"].map((ending) => `download ${CONTEXTS}${ending} ${contexts}${ending}\n`);
    const output = await debianGuestfish(goldenImage, [...script, ...downloads].join(""));
    for (const section of output.split(/^== /m).slice(1)) {
      const end = section.indexOf("\n");
      answers.set(section.slice(0, end), section.slice(end + 1).trim());
    }
  });

  const answer = (name: string): string => answers.get(name) ?? `(no answer to ${name})`;

  test("files hold what the recipe says", () => {
    expect(answer("hostname")).toBe(goldenHost);
    expect(answer("timezone")).toMatch(/zoneinfo\/Europe\/Prague$/);
    expect(answer("sshd")).toMatch(/^PermitRootLogin no$/m);
    expect(answer("sshd")).toMatch(/^PasswordAuthentication no$/m);
    expect(answer("fstab")).toMatch(/^UUID=\S+\s+\/\s+ext4/m);
    expect(answer("fstab")).toMatch(/^UUID=\S+\s+\/boot\s+ext4/m);
    expect(answer("fstab")).toMatch(/^UUID=\S+\s+none\s+swap/m);
    expect(answer("sshEnabled")).toBe("true");
  });

  test("the user is there, in its group, without a password, with its key", () => {
    expect(answer("deploy")).toMatch(/uid=1000\(deploy\).*\(sudo\)/);
    expect(answer("deploy")).toMatch(/^deploy:[!*]/m);
    expect(answer("deploy")).toMatch(/^root:[!*]/m);
    expect(answer("deployKeys")).toMatch(/^ssh-/);
    expect(answer("deployKeysStat")).toMatch(/^mode: 33152$/m); // 0100600
    expect(answer("deployKeysStat")).toMatch(/^uid: 1000$/m);
    expect(answer("sudoersMode")).toMatch(/^mode: 33056$/m); // 0100440
  });

  test("partitions, volumes and filesystems are those of the layout", () => {
    expect(answer("parttype")).toBe("gpt");
    expect(answer("lvs").split("\n")).toEqual(["/dev/vg0/root", "/dev/vg0/swap"]);
    expect(answer("bootType")).toBe("ext4");
    expect(answer("swap")).toBe("swap");
  });

  test("SELinux labels are those that the guest's policy has for ten files", async () => {
    const list = join(folder, "paths");
    writeFileSync(list, LABELLED.join("\n"));
    const expected = await mustRun("matchpathcon", ["-n", "-f", join(folder, "file_contexts"), ...LABELLED]);

    const found = LABELLED.map((path) => answer(`label ${path}`).replace(/\0$/, ""));

    expect(found).toEqual(expected.trim().split("\n"));
  });
});

test("virt-inspector knows it", async () => {
  const xml = await mustRun("virt-inspector", ["--format=qcow2", "-a", goldenImage], { env: libguestfsEnv() });

  expect(xml).toContain("<distro>debian</distro>");
  expect(xml).toContain("<major_version>12</major_version>");
  expect(xml).toContain(`<hostname>${goldenHost}</hostname>`);
  expect(xml).toContain("<name>openssh-server</name>");
});
