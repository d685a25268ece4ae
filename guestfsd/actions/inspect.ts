/** Daemon side of schemas/actions/inspect.ts. What systems look like is in ../inspect. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { DeviceProbes } from "../device-probes.ts";
import { inspectDisks } from "../inspect/disks.ts";
import { keepRoots, keptRoot, keptRoots } from "../inspect/roots.ts";
import type { Root } from "../inspect/system.ts";
import { listFilesystems } from "./listfs.ts";
import { mountDevice, unmountAll } from "./mount.ts";

const UNKNOWN = "unknown";

export const inspect = {
  inspect_os(_args, context) {
    keepRoots(context, []);
    const probes = new DeviceProbes();
    const roots = inspectDisks({
      ...context,
      probes,
      filesystems: listFilesystems(context, probes),
      mount: (mountable, mountpoint, options, type) => mountDevice(context, mountable, mountpoint, options, type),
      unmountAll: () => unmountAll(context),
    });
    keepRoots(context, roots);
    return namesOf(roots);
  },

  inspect_get_roots: (_args, context) => namesOf(keptRoots(context)),

  inspect_get_type: of(({ type }) => type),
  inspect_get_distro: of(({ distro = UNKNOWN }) => distro),
  inspect_get_major_version: of(({ version }) => version?.major ?? 0),
  inspect_get_minor_version: of(({ version }) => version?.minor ?? 0),
  inspect_get_product_name: of(({ productName = UNKNOWN }) => productName),
  inspect_get_product_variant: of(({ productVariant = UNKNOWN }) => productVariant),
  inspect_get_build_id: of(({ buildId = UNKNOWN }) => buildId),
  inspect_get_arch: of(({ arch = UNKNOWN }) => arch),
  inspect_get_hostname: of(({ hostname = UNKNOWN }) => hostname),
  inspect_get_package_format: of(({ packages }) => packages?.format ?? UNKNOWN),
  inspect_get_package_management: of(({ packages }) => packages?.management ?? UNKNOWN),
  inspect_get_mountpoints: of(({ mounts }) => mounts.map(({ mountpoint, mountable }) => [mountpoint, mountable])),
  inspect_get_filesystems: of(({ mounts, swaps }) => [
    ...new Set([...mounts.map(({ mountable }) => mountable), ...swaps]),
  ]),

  inspect_get_format: of(() => "installed"),
  inspect_is_live: of(() => false),
  inspect_is_netinst: of(() => false),
  inspect_is_multipart: of(() => false),
} satisfies HandlersOf<typeof families.inspect, Context>;

const namesOf = (roots: readonly Root[]): readonly string[] => roots.map(({ root }) => root);

/** A handler that tells something of a root. */
function of<T>(tell: (root: Root) => T): (args: { readonly root: string }, context: Context) => T {
  return ({ root }, context) => tell(keptRoot(root, context));
}
