/** Runs xfs_admin, a shell script that puts label, UUID and device into a line for a shell to read again. */
import { textFromBytes } from "../schemas/index.ts";
import { kernelName } from "./block-sysfs.ts";
import { failed } from "./command.ts";
import type { Commands } from "./context.ts";
import { ActionError } from "./errors.ts";
import { refuseLong, XFS_LABEL_BYTES } from "./label-length.ts";

const UUID = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|generate|rewrite|restore|nil)$/i;

/** What to say of label and UUID; nothing for one that is not given. @throws ActionError EINVAL */
export function identityOptions(label: string | undefined, uuid: string | undefined): readonly string[] {
  if (label !== undefined && !/^[\w.:+@%-]*$/.test(label)) {
    throw new ActionError(`${label}: letters, digits and . : + @ % _ - make a label of xfs`, "EINVAL");
  }
  if (label !== undefined) refuseLong("xfs", label, XFS_LABEL_BYTES);
  if (uuid !== undefined && !UUID.test(uuid)) throw new ActionError(`${uuid}: not a UUID`, "EINVAL");
  return [
    ...(label === undefined ? [] : ["-L", label === "" ? "--" : label]),
    ...(uuid === undefined ? [] : ["-U", uuid]),
  ];
}

/**
 * The device goes by its kernel name: that of a volume is the guest's choice.
 *
 * @throws ActionError with what the programs said, on either stream
 */
export function xfsAdmin(command: Commands, options: readonly string[], device: string): void {
  const argv = ["xfs_admin", ...options, `/dev/${kernelName(device)}`];
  const result = command.run(argv);
  const said = `${result.stderr}\n${textFromBytes(result.stdout)}`.trim();
  if (result.status !== 0) throw failed(argv, { ...result, stderr: said });
}
