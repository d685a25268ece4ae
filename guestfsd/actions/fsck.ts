/** Daemon side of schemas/actions/fsck.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import { failed } from "../command.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { isInstalled } from "../optgroups.ts";

/** The sum of all that fsck(8) lists; above is a shell's way to tell of signals. */
const STATUS_MAX = 127;

export const fsck = {
  fsck({ fstype, device }, { command }) {
    // fsck itself takes a type without a checker for one that needs none.
    if (!/^[\w.+-]+$/.test(fstype) || !isInstalled(`fsck.${fstype}`)) {
      throw new ActionError(`${fstype}: the appliance has no checker for it`, "ENOTSUP");
    }
    const argv = ["fsck", "-a", "-t", fstype, device];
    const result = command.run(argv);
    if (result.status >= STATUS_MAX) throw failed(argv, result);
    return result.status;
  },
} satisfies HandlersOf<typeof families.fsck, Context>;
