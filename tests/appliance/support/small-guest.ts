/**
 * A guest small enough to copy for each test: one partition, one ext4, what inspection takes for a Debian, and busybox for its
 * programs. Made on the host without gild, and looked at with debugfs: neither shares code with what is tested.
 */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { mustRun, runProgram } from "./program.ts";

const MiB = 1024 * 1024;
/** Bytes of the disk, and where its filesystem begins. */
export const SMALL_SIZE = 96 * MiB;
export const SMALL_OFFSET = MiB;

const files: Readonly<Record<string, string>> = {
  "boot/initrd.img-6.1.0-1-amd64": "not an initrd\n",
  "boot/vmlinuz-6.1.0-1-amd64": "not a kernel\n",
  "etc/debian_version": "12.0\n",
  "etc/fstab": "LABEL=small / ext4 defaults 0 1\n",
  "etc/group": "root:x:0:\nanna:x:1000:\n",
  "etc/hostname": "small\n",
  "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
  "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
  "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n",
  "etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
  "etc/selinux/targeted/contexts/files/file_contexts":
    "/.*\tsystem_u:object_r:default_t:s0\n/etc(/.*)?\tsystem_u:object_r:etc_t:s0\n" +
    "/etc/shadow\t--\tsystem_u:object_r:shadow_t:s0\n/srv(/.*)?\tsystem_u:object_r:var_t:s0\n",
  "etc/shadow": "root:!:19000:0:99999:7:::\nanna:!:19000:0:99999:7:::\n",
  "etc/ssh/ssh_host_ed25519_key": "not a key\n",
  "etc/ssh/sshd_config": "PermitRootLogin yes\n",
  "root/.bash_history": "history\n",
  "var/lib/dpkg/status": "Package: busybox\nStatus: install ok installed\nVersion: 1:1.35.0-4\nArchitecture: amd64\n\n",
  "var/log/syslog": "small kernel: line one\nsmall kernel: line two\n",
};
const links: Readonly<Record<string, string>> = {
  "bin/cat": "busybox",
  "bin/chmod": "busybox",
  "bin/id": "busybox",
  "bin/ls": "busybox",
  "bin/sh": "busybox",
  "usr/sbin/load_policy": "../../bin/busybox",
};
const folders = ["dev", "home/anna", "proc", "run", "srv", "sys", "tmp", "usr/bin", "var/tmp"];

/** Makes the raw disk image `path`, with MBR and the label `small`. */
export async function makeSmallGuest(path: string): Promise<void> {
  const tree = mkdtempSync(join(tmpdir(), "gild-small-"));
  chmodSync(tree, 0o755);
  const place = (name: string): string => {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    return join(tree, name);
  };
  for (const name of folders) mkdirSync(place(name), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(place(name), content);
  copyFileSync("/bin/busybox", place("bin/busybox"));
  for (const [name, target] of Object.entries(links)) symlinkSync(target, place(name));

  writeFileSync(path, "");
  truncateSync(path, SMALL_SIZE);
  await mustRun("sfdisk", ["-q", path], { stdin: "label: dos\nstart=2048, type=83, bootable\n" });
  const options = ["-q", "-F", "-L", "small", "-d", tree, "-E", `offset=${SMALL_OFFSET},root_owner=0:0`];
  await mustRun("mkfs.ext4", [...options, path, `${(SMALL_SIZE - SMALL_OFFSET) / 1024}k`]);
  rmSync(tree, { recursive: true });
}

/** What debugfs prints for a request to the filesystem at `offset` of a raw image; `write` lets it change the image. */
export async function debugfs(image: string, request: string, write = false): Promise<string> {
  const { stdout } = await runProgram("debugfs", [...(write ? ["-w"] : []), "-R", request, device(image)]);
  return stdout;
}

/** Content of a file, empty when there is none. */
export async function contentIn(image: string, path: string): Promise<string> {
  return debugfs(image, `cat ${path}`);
}

/** Names in a folder, sorted, without `.` and `..`. */
export async function namesIn(image: string, path: string): Promise<string[]> {
  // Each line: /inode/mode/uid/gid/name/size/
  const lines = (await debugfs(image, `ls -p ${path}`)).split("\n");
  const names = lines.map((line) => line.split("/")[5] ?? "");
  return names.filter((name) => !["", ".", ".."].includes(name)).toSorted();
}

/** @throws Error with what e2fsck found, unless the filesystem is clean */
export async function mustBeClean(image: string): Promise<void> {
  await mustRun("e2fsck", ["-fn", device(image)]);
}

/** As programs of e2fsprogs take a filesystem inside a file. */
export function device(image: string): string {
  return `${image}?offset=${SMALL_OFFSET}`;
}
