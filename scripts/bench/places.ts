/** Files and programs that the rows use. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const work = join(root, ".cache", "bench");
export const golden = join(root, ".cache", "tests", "golden.qcow2");
export const gild: readonly string[] = [process.execPath, join(root, "dist", "gild.js")];

/** Both sides run under software emulation, so that machines with and without a working KVM compare. */
export const ownEnv = { GILD_BACKEND_SETTINGS: "force_tcg" };
export const peerEnv = { LIBGUESTFS_BACKEND: "direct", LIBGUESTFS_BACKEND_SETTINGS: "force_tcg" };
