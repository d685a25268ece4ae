/** What the appliance can do, and what mountables are made of. */
import type { CallOptions, Guestfs } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";

type Groups = { readonly groups: readonly string[] };
type Mountable = { readonly mountable: string };

/** `im_type` of a btrfs subvolume. */
const SUBVOLUME = 1;

export interface FeatureFunctions {
  /** Checks that the appliance has these groups of features. @throws GuestfsError ENOTSUP, EINVAL for a name it does not know */
  available(args: Groups, options?: CallOptions): Promise<void>;
  /** Whether the appliance has all of these groups. @throws GuestfsError EINVAL for a name it does not know */
  feature_available(args: Groups, options?: CallOptions): Promise<boolean>;
  /** Device of a mountable. */
  mountable_device(args: Mountable, options?: CallOptions): Promise<string>;
  /** Btrfs subvolume of a mountable. @throws GuestfsError EINVAL for a plain device */
  mountable_subvolume(args: Mountable, options?: CallOptions): Promise<string>;
}

export function featureFunctions(g: Guestfs): FeatureFunctions {
  return {
    async available({ groups }, options) {
      for (const group of groups) {
        if (!(await hasGroup(g, "available", group, options))) {
          throw new GuestfsError("available", "ENOTSUP", `${group}: feature group is not available`);
        }
      }
    },
    async feature_available({ groups }, options) {
      for (const group of groups) {
        if (!(await hasGroup(g, "feature_available", group, options))) return false;
      }
      return true;
    },
    async mountable_device({ mountable }, options) {
      return (await g.internal_parse_mountable({ mountable }, options)).im_device;
    },
    async mountable_subvolume({ mountable }, options) {
      const { im_type, im_volume } = await g.internal_parse_mountable({ mountable }, options);
      if (im_type === SUBVOLUME) return im_volume;
      throw new GuestfsError("mountable_subvolume", "EINVAL", `${mountable}: not a btrfs subvolume`);
    },
  };
}

async function hasGroup(g: Guestfs, action: string, group: string, options?: CallOptions): Promise<boolean> {
  const state = await g.internal_feature_available({ group }, options);
  if (state === 0) return true;
  if (state === 1) return false;
  throw new GuestfsError(action, "EINVAL", `${group}: unknown feature group`);
}
