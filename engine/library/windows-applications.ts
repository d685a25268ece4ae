/** Programs that a mounted Windows has installed, by its registry's keys for removing them. */
import { structs, type CallOptions, type Guestfs, type StructOf } from "../../schemas/index.ts";
import { GuestfsError } from "../errors.ts";

type Application = StructOf<"application2">;

/** Programs of the system's own word size, and of 32 bits on 64. */
const PLACES: readonly (readonly string[])[] = [
  ["Microsoft", "Windows", "CurrentVersion", "Uninstall"],
  ["WOW6432Node", "Microsoft", "Windows", "CurrentVersion", "Uninstall"],
];

export async function windowsApplications(g: Guestfs, root: string, options?: CallOptions): Promise<Application[]> {
  const filename = await g.inspect_get_windows_software_hive({ root }, options);
  // A hive of a guest is damaged more often than not; what can be read of it counts.
  await g.hivex_open({ filename, unsafe: true }, options);
  try {
    const found: Application[] = [];
    for (const place of PLACES) found.push(...(await programsAt(g, place, options)));
    return found;
  } finally {
    await g.hivex_close({}, options);
  }
}

async function programsAt(g: Guestfs, place: readonly string[], options?: CallOptions): Promise<Application[]> {
  let node = await g.hivex_root({}, options);
  for (const name of place) {
    node = await g.hivex_node_get_child({ nodeh: node, name }, options);
    if (node === 0n) return [];
  }
  const found: Application[] = [];
  for (const { hivex_node_h: nodeh } of await g.hivex_node_children({ nodeh: node }, options)) {
    const text = async (key: string): Promise<string> => await valueOf(g, nodeh, key, options);
    const app2_display_name = await text("DisplayName");
    if (app2_display_name === "") continue;
    found.push({
      ...structs.application2.filler,
      app2_name: await g.hivex_node_name({ nodeh }, options),
      app2_display_name,
      app2_version: await text("DisplayVersion"),
      app2_install_path: await text("InstallLocation"),
      app2_publisher: await text("Publisher"),
      app2_url: await text("URLInfoAbout"),
      app2_description: await text("Comments"),
    });
  }
  return found;
}

/** Empty where there is none, or no text. */
async function valueOf(g: Guestfs, nodeh: bigint, key: string, options?: CallOptions): Promise<string> {
  try {
    const valueh = await g.hivex_node_get_value({ nodeh, key }, options);
    return valueh === 0n ? "" : await g.hivex_value_string({ valueh }, options);
  } catch (error) {
    if (error instanceof GuestfsError) return "";
    throw error;
  }
}
