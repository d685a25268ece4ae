/** Daemon side of schemas/actions/inspect-windows.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { keptRoot } from "../inspect/roots.ts";
import type { WindowsFacts } from "../inspect/system.ts";

export const inspectWindows = {
  inspect_get_windows_systemroot: of(({ systemroot }) => systemroot),
  inspect_get_windows_software_hive: of(({ softwareHive }) => softwareHive),
  inspect_get_windows_system_hive: of(({ systemHive }) => systemHive),
  inspect_get_windows_current_control_set: of(({ controlSet }) => controlSet),
  inspect_get_windows_group_policy: of(({ hasGroupPolicy }) => hasGroupPolicy),
  inspect_get_drive_mappings: ({ root }, context) => keptRoot(root, context).drives,
} satisfies HandlersOf<(typeof families)["inspect-windows"], Context>;

/** A handler that tells something of a Windows. */
function of<T>(
  tell: (windows: WindowsFacts) => T | undefined,
): (args: { readonly root: string }, context: Context) => T {
  return ({ root }, context) => {
    const { windows } = keptRoot(root, context);
    const told = windows === undefined ? undefined : tell(windows);
    if (told !== undefined) return told;
    throw new ActionError(`${context.devices.toApi(root)}: not a Windows, or it does not say`);
  };
}
