/** A guest that is quickly inspected and walked: one ext4 without a partition table, which the host's e2fsprogs can judge. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { mustRun, runProgram } from "./program.ts";

/** Makes a raw image. @param size for truncate(1) */
export async function makeTinyGuest(image: string, size: string): Promise<void> {
  const tree = `${image}.tree`;
  for (const path of ["etc", "bin", "dev", "proc", "sys", "tmp"]) mkdirSync(join(tree, path), { recursive: true });
  writeFileSync(join(tree, "etc/os-release"), "ID=debian\nVERSION_ID=12\n");
  writeFileSync(join(tree, "etc/fstab"), "/dev/sda / ext4 defaults 0 1\n");
  await mustRun("truncate", ["-s", size, image]);
  await mustRun("mke2fs", ["-q", "-F", "-t", "ext4", "-d", tree, image]);
  rmSync(tree, { recursive: true });
}

/** Whether e2fsck finds nothing to repair. */
export async function isClean(image: string): Promise<boolean> {
  return (await runProgram("e2fsck", ["-fn", image])).status === 0;
}

/** A file of the guest, as debugfs reads it; undefined where there is none. */
export async function readGuestFile(image: string, path: string): Promise<Buffer | undefined> {
  const copy = `${image}.copy`;
  rmSync(copy, { force: true });
  await mustRun("debugfs", ["-R", `dump ${path} ${copy}`, image]);
  if (!existsSync(copy)) return undefined;
  const content = readFileSync(copy);
  rmSync(copy);
  return content;
}
