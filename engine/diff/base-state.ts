/** Brings an appliance on the base to where its files and devices can be compared with those after the steps. */
import type { CallOptions, Guestfs, PlannedAction } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";
import { mountAll } from "../mounts.ts";
import { RunError } from "../run-error.ts";
import type { Calls, Tracker } from "../tracker.ts";

const LUKS = "crypto_LUKS";

/**
 * @param mounted the filesystems are to be mounted as in the guest: a foreign daemon reads them there, and the sizes of filesystems are
 *   known only then
 */
export async function prepareBase({ g }: Calls, tracker: Tracker, mounted: boolean): Promise<void> {
  await openAgain(g, tracker.opening);
  if (!mounted) return;
  try {
    await mountAll(g, tracker.mounts, "rw");
  } catch (error) {
    // There may have been none before.
    if (!(error instanceof GuestfsError)) throw error;
  }
}

/** Opens what the steps have opened: a device that is open already, or was made by them, is none of it. */
export async function openAgain(g: Guestfs, opening: readonly PlannedAction[]): Promise<void> {
  for (const planned of opening) {
    try {
      await methodOf(g, planned)(planned.args);
    } catch (error) {
      if (!(error instanceof GuestfsError)) throw error;
      await refuseClosed(g, planned, error);
    }
  }
}

/** A device that was encrypted before and cannot be opened would look as if it had been empty. */
async function refuseClosed(g: Guestfs, planned: PlannedAction, error: GuestfsError): Promise<void> {
  const { device, mapname } = planned.args;
  if (typeof device !== "string" || typeof mapname !== "string") return;
  const open = await g.list_dm_devices();
  if (open.includes(`/dev/mapper/${mapname}`)) return;
  const type = await g.vfs_type({ mountable: device }).catch(() => "");
  if (type !== LUKS) return;
  throw new RunError("guest-unreadable", `${device}: cannot be opened as it was before: ${error.message}`, {
    cause: error,
  });
}

type Method = (args: PlannedAction["args"], options?: CallOptions) => Promise<unknown>;

function methodOf(g: Guestfs, { action }: PlannedAction): Method {
  // A planned action's arguments were made by call() or by the recipe's own schema of this very action.
  return g[action] as Method;
}
