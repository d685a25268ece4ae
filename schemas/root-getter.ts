/** The common shape of the actions that tell what `inspect_os` found out about one root. Holds no action itself. */
import { defineAction, type ActionInput, type ActionTest } from "./action.ts";
import { mountable, type Field } from "./field.ts";
import type { Json } from "./json.ts";
import type { AnyResult } from "./result.ts";

/** A partition with the few files that make it the root of a Debian, and inspect_os. */
export const INSPECTED_DEBIAN: ActionTest["calls"] = [
  ["mkfs", { fstype: "ext2", device: "/dev/sda1" }],
  ["mount", { mountable: "/dev/sda1", mountpoint: "/" }],
  ["mkdir", { path: "/etc" }],
  ["mkdir", { path: "/bin" }],
  ["internal_write", { path: "/bin/sh", content: "\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0" }],
  ["internal_write", { path: "/etc/fstab", content: "/dev/vda1 / ext2 defaults 0 0\n" }],
  ["internal_write", { path: "/etc/hostname", content: "web1\n" }],
  [
    "internal_write",
    { path: "/etc/os-release", content: 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\nBUILD_ID=7\n' },
  ],
  ["inspect_os"],
];

type Given<R extends AnyResult> = Pick<
  ActionInput<RootArgs, Record<never, Field<unknown>>, R>,
  "proc" | "summary" | "description" | "ret" | "since"
> & {
  /** What it gives for the root of INSPECTED_DEBIAN. */
  readonly ofDebian: Json;
};

interface RootArgs {
  readonly [name: string]: Field<string>;
  readonly root: Field<string>;
}

/** @param name that of the action */
export function rootGetter<R extends AnyResult>(name: string, { ofDebian, description, ...spec }: Given<R>) {
  return defineAction({
    ...spec,
    description: `${description} Asks no disk: \`inspect_os\` must have been called.`,
    args: { root: mountable("Root filesystem, as `inspect_os` gave it.") },
    effect: "read",
    errors: ["ENOENT"],
    tests: [
      { init: "partition", calls: [...INSPECTED_DEBIAN, [name, { root: "/dev/sda1" }]], expect: { result: ofDebian } },
      { init: "partition", calls: [["inspect_os"], [name, { root: "/dev/sda1" }]], expect: { errno: "" } },
    ],
  });
}

/** @param name that of an action that only a Windows has an answer for */
export function windowsGetter<R extends AnyResult>(name: string, { description, ...spec }: Omit<Given<R>, "ofDebian">) {
  return defineAction({
    ...spec,
    description: `${description} Asks no disk: \`inspect_os\` must have been called.`,
    args: { root: mountable("Root filesystem of a Windows, as `inspect_os` gave it.") },
    effect: "read",
    errors: ["ENOENT"],
    tests: [{ init: "partition", calls: [...INSPECTED_DEBIAN, [name, { root: "/dev/sda1" }]], expect: { errno: "" } }],
    testedIn: "tests/appliance/inspect.test.ts",
  });
}
