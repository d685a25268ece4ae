/** Daemon side of schemas/actions/ntfs.ts. */
import { textFromBytes, type families, type HandlersOf } from "../../schemas/index.ts";
import { failed } from "../command.ts";
import type { Commands, Context } from "../context.ts";
import { ActionError } from "../errors.ts";

/** Above what ntfs-3g.probe tells; 127 and more are no answer. */
const PROBE_STATUS_MAX = 126;
/** The first lines of every program of NTFS: its version, and what the filesystem is like. */
const CHATTER = /^(ntfs\w+ v|Mounting volume\.\.\.|Device name|NTFS volume version|Cluster size|Current |New )/;

export const ntfs = {
  ntfs_3g_probe({ rw, device }, { command }) {
    const argv = ["ntfs-3g.probe", rw ? "--readwrite" : "--readonly", device];
    const result = command.run(argv);
    if (result.status > PROBE_STATUS_MAX) throw failed(argv, result);
    return result.status;
  },

  ntfsfix({ device, clearbadsectors }, { command }) {
    run(command, ["ntfsfix", ...(clearbadsectors === true ? ["-b"] : []), device]);
  },

  ntfsresize({ device, size, force }, { command }) {
    resize(command, device, size, force === true);
  },

  ntfsresize_size({ device, size }, { command }) {
    resize(command, device, size, false);
  },

  ntfs_chmod({ device, mode, path, recursive }, { command }) {
    if ((mode & ~0o7777) !== 0) throw new ActionError(`${mode}: mode must be between 0 and 07777`, "EINVAL");
    const options = recursive === true ? ["-r"] : [];
    run(command, ["ntfssecaudit", ...options, device, mode.toString(8).padStart(4, "0"), path]);
  },
} satisfies HandlersOf<typeof families.ntfs, Context>;

function resize(command: Commands, device: string, size: bigint | undefined, force: boolean): void {
  if (size !== undefined && size <= 0n) throw new ActionError("size is zero or negative", "EINVAL");
  const options = [...(force ? ["--force"] : []), ...(size === undefined ? [] : ["--size", String(size)])];
  run(command, ["ntfsresize", "-P", ...options, device]);
}

/** These programs complain on both streams. */
function run(command: Commands, argv: readonly string[]): void {
  const result = command.run(argv);
  if (result.status === 0) return;
  const lines = `${textFromBytes(result.stdout)}\n${result.stderr}`.split("\n").filter((line) => !CHATTER.test(line));
  throw failed(argv, { ...result, stderr: lines.join("\n").trim() });
}
