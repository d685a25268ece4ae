/** libguestfs-test-tool, guestfish, virt-rescue and guestmount, unmodified, on our appliance through LIBGUESTFS_PATH. */
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { libguestfsEnv, mustGild, mustRun } from "./support/program.ts";
import { contentIn, debugfs, makeSmallGuest, mustBeClean, namesIn } from "./support/small-guest.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-tools-"));
let env: Record<string, string>;

beforeAll(async () => {
  env = libguestfsEnv((await mustGild(["appliance", "path"])).trim());
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("libguestfs-test-tool passes", async () => {
  const output = await mustRun("libguestfs-test-tool", [], { env });

  expect(output).toContain("===== TEST FINISHED OK =====");
});

test("guestfish partitions, makes LVM and a filesystem, writes and reads", async () => {
  const disk = join(folder, "disk.img");
  writeFileSync(disk, "");
  truncateSync(disk, 256 * 1024 * 1024);
  const script = `run
part-disk /dev/sda gpt
pvcreate /dev/sda1
vgcreate VG /dev/sda1
lvcreate LV VG 100
mkfs ext4 /dev/VG/LV label:fish
mount /dev/VG/LV /
mkdir-p /a/b
write /a/b/c "from guestfish"
cat /a/b/c
vfs-label /dev/VG/LV
list-filesystems
tar-out /a ${join(folder, "a.tar")}
`;

  const output = await mustRun("guestfish", ["--format=raw", "-a", disk], { env, stdin: script });

  expect(output.split("\n").filter((line) => line !== "")).toEqual(["from guestfish", "fish", "/dev/VG/LV: ext4"]);
  expect(await mustRun("tar", ["-tf", join(folder, "a.tar")])).toContain("b/c");
});

test("guestfish at a terminal shows its prompt, completes commands and paths of the guest", async () => {
  const image = join(folder, "terminal.img");
  await makeSmallGuest(image);
  const terminal = new Terminal(`guestfish --format=raw -a ${image} -m /dev/sda1`);
  await terminal.until(FISH);

  const completed = await terminal.ask("cat /etc/ssh/sshd_c\t\n", FISH);
  await terminal.ask('writ\t /srv/typed "by hand\\n"\n', FISH);
  const mistake = await terminal.ask("cat /none\n", FISH);
  const status = await terminal.end("exit\n");

  // A slow call shows its progress between the two.
  expect(completed).toMatch(/cat \/etc\/ssh\/sshd_config [^]*PermitRootLogin yes\r\n/);
  expect(mistake).toContain("/none: No such file or directory");
  expect(status).toBe(0);
  expect(await contentIn(image, "/srv/typed")).toBe("by hand\n");
  await mustBeClean(image);
});

test("virt-rescue gives a shell in the appliance, with the guest mounted", async () => {
  const image = join(folder, "rescued.img");
  await makeSmallGuest(image);
  const terminal = new Terminal(`virt-rescue --format=raw -a ${image} -m /dev/sda1`);
  await terminal.until("escape key");

  await terminal.ask("\n", RESCUE);
  const read = await terminal.ask("cat /sysroot/etc/hostname; tty\n", RESCUE);
  await terminal.ask("echo rescued > /sysroot/srv/rescued\n", RESCUE);
  const status = await terminal.end("exit\n");

  expect(read).toMatch(/\nsmall\r+\n\/dev\/ttyS0\r+\n/);
  expect(status).toBe(0);
  expect(await contentIn(image, "/srv/rescued")).toBe("rescued\n");
  await mustBeClean(image);
});

const FISH = /><fs> $/;
const RESCUE = /><rescue> $/;

/** A program at a terminal: `script` gives it one, and passes on what is typed and shown. */
class Terminal {
  readonly #child;
  #shown = "";

  constructor(command: string) {
    const args = ["--quiet", "--return", "--flush", "--command", command, "/dev/null"];
    this.#child = spawn("script", args, {
      env: { ...process.env, ...env, TERM: "dumb" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#shown += text));
  }

  /** Waits until it is shown; gives everything since the last time. */
  async until(prompt: string | RegExp): Promise<string> {
    await vi.waitUntil(() => this.#shown.search(prompt) !== -1, { timeout: 300_000 });
    const shown = this.#shown;
    this.#shown = "";
    return shown;
  }

  async ask(typed: string, prompt: RegExp): Promise<string> {
    this.#child.stdin.write(typed);
    return this.until(prompt);
  }

  async end(typed: string): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.#child.on("close", resolve));
    this.#child.stdin.write(typed);
    return ended;
  }
}

test("guestmount shows the guest as a folder, and what is done in it is done in the guest", async () => {
  const image = join(folder, "mounted.img");
  await makeSmallGuest(image);
  const mount = join(folder, "mnt");
  mkdirSync(mount);
  const content = Buffer.alloc(700_001, "through fuse ");
  // guestmount goes on in the background when the guest is mounted, and ends some time after guestunmount.
  await mustRun("guestmount", ["--format=raw", "-a", image, "-i", "--pid-file", join(folder, "pid"), mount], { env });
  const pid = readFileSync(join(folder, "pid"), "utf8").trim();

  const read = readFileSync(join(mount, "etc/ssh/sshd_config"), "utf8");
  const names = readdirSync(join(mount, "etc/ssh"));
  mkdirSync(join(mount, "srv/sub"));
  writeFileSync(join(mount, "srv/first"), content);
  renameSync(join(mount, "srv/first"), join(mount, "srv/sub/second"));
  symlinkSync("sub/second", join(mount, "srv/link"));
  chmodSync(join(mount, "srv/sub/second"), 0o640);
  const through = readFileSync(join(mount, "srv/link")).equals(content);
  const { size } = statSync(join(mount, "srv/link"));
  rmSync(join(mount, "root/.bash_history"));
  await mustRun("guestunmount", [mount]);
  await vi.waitUntil(() => !existsSync(`/proc/${pid}`), { timeout: 300_000 });

  expect([read, names.toSorted()]).toEqual(["PermitRootLogin yes\n", ["ssh_host_ed25519_key", "sshd_config"]]);
  expect([through, size]).toEqual([true, content.length]);
  expect(await namesIn(image, "/srv")).toEqual(["link", "sub"]);
  expect(await contentIn(image, "/srv/sub/second")).toBe(content.toString());
  expect(await debugfs(image, "stat /srv/sub/second")).toMatch(/Mode: +0640/);
  expect(await debugfs(image, "stat /srv/link")).toContain('Fast link dest: "sub/second"');
  expect(await namesIn(image, "/root")).toEqual([]);
  await mustBeClean(image);
});
