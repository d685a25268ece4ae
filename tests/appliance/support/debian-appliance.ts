/**
 * Debian's own libguestfs appliance as a fixed one, made once and kept in gild's cache: a real libguestfs daemon for our
 * client to talk to.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { cacheDirectory, runHostCommand } from "../../../engine/index.ts";

/** @returns a directory for GILD_PATH @throws HostCommandError when libguestfs-tools is not installed */
export async function debianAppliance(): Promise<string> {
  const env = { ...process.env, LIBGUESTFS_BACKEND: "direct", LIBGUESTFS_BACKEND_SETTINGS: "force_tcg" };
  const { stdout } = await runHostCommand(["dpkg-query", "-W", "-f", "${Version}", "libguestfs0"], { env });
  const version = Buffer.from(stdout)
    .toString()
    .replaceAll(/[^A-Za-z0-9.+~-]/g, "-");
  const folder = join(cacheDirectory(process.env), "interop");
  const wanted = join(folder, `debian-${version}`);
  if (existsSync(wanted)) return wanted;

  mkdirSync(folder, { recursive: true });
  const part = mkdtempSync(join(folder, "part-"));
  try {
    await runHostCommand(["libguestfs-make-fixed-appliance", join(part, "new")], { env, timeoutMs: 600_000 });
    renameSync(join(part, "new"), wanted);
  } catch (error) {
    if (!existsSync(wanted)) throw error;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return wanted;
}
