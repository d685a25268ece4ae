/**
 * Chooses the accelerator. KVM is used only after it was seen to run guest code within two seconds: a /dev/kvm that is
 * absent, forbidden, crashes qemu or hangs means TCG. What was seen is remembered per boot of the host and per qemu binary.
 */
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";

import type { RunGuest } from "./launch-direct.ts";
import { PROBE_STATUS, probeFirmware } from "./probe-code.ts";

export interface Accelerator {
  readonly name: "kvm" | "tcg";
  /** Why, for `doctor` and the verbose log. */
  readonly reason: string;
}

export interface AccelOptions {
  /** Absolute path of the qemu binary. */
  readonly hv: string;
  /** From GILD_BACKEND_SETTINGS: no probe then. */
  readonly forced: "kvm" | "tcg" | undefined;
  readonly cachedir: string;
  readonly tmpdir: string;
  /** Runs qemu and gives its exit status, undefined when it was killed at the limit. */
  readonly runGuest: RunGuest;
  /** Default /dev/kvm. */
  readonly device?: string;
  /** Default 2,000 ms. */
  readonly limitMs?: number;
}

/** What is remembered of a probe. */
interface Remembered {
  readonly identity: string;
  readonly works: boolean;
  readonly reason: string;
}

/** Never throws for a KVM that does not work. */
export async function chooseAccelerator(options: AccelOptions): Promise<Accelerator> {
  const { forced, device = "/dev/kvm" } = options;
  if (forced !== undefined) return { name: forced, reason: `forced by the setting force_${forced}` };
  const refusal = deviceRefusal(device);
  if (refusal !== undefined) return { name: "tcg", reason: refusal };

  const identity = probeIdentity(options.hv, device);
  const file = join(
    options.cachedir,
    "accelerator",
    `${createHash("sha256").update(options.hv).digest("hex").slice(0, 16)}.json`,
  );
  const remembered = recall(file, identity);
  if (remembered !== undefined) return accelerator(remembered, " (remembered)");

  const seen = { identity, ...(await probe(options)) };
  remember(file, seen);
  return accelerator(seen, "");
}

function accelerator({ works, reason }: Omit<Remembered, "identity">, note: string): Accelerator {
  return { name: works ? "kvm" : "tcg", reason: reason + note };
}

function deviceRefusal(device: string): string | undefined {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    const absent = error instanceof Error && "code" in error && error.code === "ENOENT";
    return absent ? `${device} is not there` : `${device} may not be opened by this user`;
  }
}

async function probe({ hv, tmpdir, runGuest, limitMs = 2000 }: AccelOptions): Promise<Omit<Remembered, "identity">> {
  const folder = mkdtempSync(join(tmpdir, "gild-probe-"));
  try {
    const firmware = join(folder, "firmware");
    writeFileSync(firmware, probeFirmware());
    const status = await runGuest([hv, ...probeArguments(firmware)], limitMs);
    if (status === PROBE_STATUS) return { works: true, reason: "KVM runs guest code" };
    if (status === undefined) return { works: false, reason: `KVM ran no guest code within ${limitMs / 1000} s` };
    return { works: false, reason: `qemu with KVM ended with status ${status}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function probeArguments(firmware: string): string[] {
  const machine = "-nodefaults -no-user-config -display none -machine pc -accel kvm -cpu max -m 16 -no-reboot";
  return [...machine.split(" "), "-bios", firmware, "-device", "isa-debug-exit,iobase=0xf4,iosize=1"];
}

/** Changes with the boot, the qemu binary, and the device node. */
function probeIdentity(hv: string, device: string): string {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  const binary = statSync(hv, { bigint: true });
  const node = statSync(device, { bigint: true });
  return [boot, hv, binary.size, binary.mtimeNs, node.rdev, node.ino].join(" ");
}

function recall(file: string, identity: string): Remembered | undefined {
  try {
    // Written by remember(); anything else fails the checks below and is probed anew.
    const value = JSON.parse(readFileSync(file, "utf8")) as Partial<Remembered>;
    if (value.identity !== identity || typeof value.works !== "boolean" || typeof value.reason !== "string")
      return undefined;
    return { identity, works: value.works, reason: value.reason };
  } catch {
    return undefined;
  }
}

/** A cache that cannot be written costs the next launch a probe, nothing else. */
function remember(file: string, seen: Remembered): void {
  const folder = join(file, "..");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const part = mkdtempSync(join(folder, ".part-"));
    writeFileSync(join(part, "new"), `${JSON.stringify(seen)}\n`, { mode: 0o600 });
    renameSync(join(part, "new"), file);
    rmSync(part, { recursive: true });
  } catch {
    // see above
  }
}
