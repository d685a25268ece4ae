/** Boots a disk image as a real machine would and reads its serial console. Software emulation, no network. */
import { spawn } from "node:child_process";

import { mustRun } from "./program.ts";

/**
 * Boots a qcow2 image on a throw-away overlay until the console shows `wanted`, then ends the machine.
 *
 * @param overlay path of the overlay to make
 * @param timeoutMs then rejects with the last lines of the console
 * @returns everything the console showed
 */
export async function bootUntil(image: string, overlay: string, wanted: RegExp, timeoutMs: number): Promise<string> {
  await mustRun("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image, overlay]);
  const args = [
    "-nodefaults",
    "-no-user-config",
    "-display",
    "none",
    "-machine",
    "pc,accel=tcg",
    "-m",
    "1024",
    "-no-reboot",
  ];
  args.push("-smp", "2", "-serial", "stdio", "-device", "virtio-scsi-pci", "-device", "scsi-hd,drive=hd0");
  args.push(
    "-drive",
    `file=${overlay},format=qcow2,if=none,id=hd0,cache=unsafe`,
    "-object",
    "rng-random,id=rng0,filename=/dev/urandom",
  );
  args.push("-device", "virtio-rng-pci,rng=rng0");
  return new Promise((resolve, reject) => {
    const machine = spawn("qemu-system-x86_64", args, { stdio: ["ignore", "pipe", "pipe"] });
    let console = "";
    let found = false;
    const timer = setTimeout(() => machine.kill("SIGKILL"), timeoutMs);
    const read = (text: string): void => {
      console += text;
      if (found || !wanted.test(console)) return;
      found = true;
      machine.kill("SIGTERM");
    };
    machine.stdout.setEncoding("utf8").on("data", read);
    machine.stderr.setEncoding("utf8").on("data", read);
    machine.on("error", reject);
    machine.on("close", () => {
      clearTimeout(timer);
      if (found) resolve(console);
      else reject(new Error(`${image}: console never showed ${String(wanted)}; its end:\n${console.slice(-3000)}`));
    });
  });
}
