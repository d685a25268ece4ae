/** Makes hives of the Windows registry with the daemon's own hivex actions. */
import { bytesFromText } from "../../../schemas/index.ts";
import { sampleHive } from "../../../schemas/sample-hive.ts";

/** Keys below a key, by name; what begins with `=` is a value: text, number (REG_DWORD) or bytes. */
export interface HiveTree {
  readonly [name: string]: HiveTree | string | number | Uint8Array;
}

/** Makes one call of the daemon, which must succeed. */
export type HiveCall = (name: string, args: Readonly<Record<string, unknown>>) => Promise<unknown>;

const REG_SZ = 1n;
const REG_BINARY = 3n;
const REG_DWORD = 4n;

/** Writes a hive file into the guest that is mounted. */
export async function makeHive(call: HiveCall, path: string, tree: HiveTree): Promise<void> {
  await call("internal_write", { path, content: bytesFromText(sampleHive()) });
  await call("hivex_open", { filename: path, write: true });
  await fill(call, await call("hivex_root", {}), tree);
  await call("hivex_commit", { filename: null });
  await call("hivex_close", {});
}

async function fill(call: HiveCall, node: unknown, tree: HiveTree): Promise<void> {
  for (const [name, content] of Object.entries(tree)) {
    if (name.startsWith("=")) {
      await call("hivex_node_set_value", { nodeh: node, key: name.slice(1), ...valueOf(content) });
    } else if (typeof content === "object" && !(content instanceof Uint8Array)) {
      await fill(call, await call("hivex_node_add_child", { parent: node, name }), content);
    }
  }
}

function valueOf(content: HiveTree[string]): { t: bigint; val: Uint8Array } {
  if (typeof content === "string") return { t: REG_SZ, val: Buffer.from(`${content}\0`, "utf16le") };
  if (content instanceof Uint8Array) return { t: REG_BINARY, val: content };
  const val = Buffer.alloc(4);
  val.writeUInt32LE(Number(content));
  return { t: REG_DWORD, val };
}

/** HKLM\SOFTWARE of a Windows 10. */
export const SOFTWARE: HiveTree = {
  Microsoft: {
    "Windows NT": {
      CurrentVersion: {
        "=ProductName": "Windows 10 Pro",
        "=CurrentVersion": "6.3",
        "=CurrentMajorVersionNumber": 10,
        "=CurrentMinorVersionNumber": 0,
        "=CurrentBuildNumber": "19045",
        "=InstallationType": "Client",
      },
    },
    Windows: {
      CurrentVersion: {
        "Group Policy": { History: { "{guid}": {} } },
        Uninstall: {
          "7-Zip": {
            "=DisplayName": "7-Zip 22.01 (x64)",
            "=DisplayVersion": "22.01",
            "=Publisher": "Igor Pavlov",
            "=InstallLocation": "C:\\Program Files\\7-Zip\\",
          },
          Hidden: { "=SystemComponent": 1 },
        },
      },
    },
  },
  WOW6432Node: {
    Microsoft: { Windows: { CurrentVersion: { Uninstall: { Old: { "=DisplayName": "Old", "=Comments": "x" } } } } },
  },
};

/** HKLM\SYSTEM of it. @param devices values of MountedDevices */
export const system = (devices: HiveTree): HiveTree => ({
  Select: { "=Current": 2 },
  ControlSet002: { Services: { Tcpip: { Parameters: { "=Hostname": "win10" } } } },
  MountedDevices: devices,
});
