/** Checks and translations that follow from the kinds of an action's fields. */
import { describe, expect, it } from "vitest";

import { checkArguments, translateResult } from "../../guestfsd/arguments.ts";
import type { Devices, Sysroot } from "../../guestfsd/context.ts";
import {
  defineAction,
  device,
  devOrPath,
  mountable,
  mountableOrPath,
  none,
  pathname,
  rHashtable,
  rString,
  rStringList,
  rStruct,
  rStructList,
  string,
  stringList,
  structs,
  type AnyResult,
} from "../../schemas/index.ts";

/** API names sd<x> are really vd<x>; /dev/VG/LV is real. */
const devices: Devices = {
  labels: () => [],
  list: () => ["/dev/sda"],
  toReal: (name) => name.replace("/dev/sd", "/dev/vd"),
  toApi: (name) => name.replace("/dev/vd", "/dev/sd"),
  isDevice: (name) => name === "/dev/vda1" || name === "/dev/VG/LV",
};
const sysroot: Sysroot = {
  path: "/sysroot",
  standalone: true,
  inside: (body) => body(),
  requireMounted: () => undefined,
};
const around = { sysroot, devices };

const rest = { proc: 1, summary: "x", description: "X.", effect: "read", errors: [], since: "1", tests: [] } as const;
const takes = (field: ReturnType<typeof string> | ReturnType<typeof stringList>) =>
  defineAction({ ...rest, args: { it: field }, ret: none() });
const gives = <R extends AnyResult>(ret: R) => defineAction({ ...rest, args: {}, ret });

describe("arguments", () => {
  it.each([
    [pathname(""), "/etc", "/etc"],
    [device(""), "/dev/sda1", "/dev/vda1"],
    [device(""), "/dev/VG/LV", "/dev/VG/LV"],
    [mountable(""), "/dev/sda1", "/dev/vda1"],
    [mountable(""), "btrfsvol:/dev/sda1/root/a", "btrfsvol:/dev/vda1/root/a"],
    [devOrPath(""), "/dev/sda1", "/dev/vda1"],
    [devOrPath(""), "/dev/sdz", "/dev/sdz"],
    [mountableOrPath(""), "/", "/"],
    [string(""), "/dev/sda1", "/dev/sda1"],
    [stringList("", "Device"), ["/dev/sda1"], ["/dev/vda1"]],
    [stringList("", "Filename"), ["a", "b/c"], ["a", "b/c"]],
  ])("of kind $kind: %j becomes %j", (field, given, checked) => {
    expect(checkArguments(takes(field), { it: given }, around)).toEqual({ it: checked });
  });

  it.each([
    [pathname(""), "etc", "EINVAL"],
    [device(""), "/dev/sdz", "ENOENT"],
    [device(""), "sda", "ENOENT"],
    [device(""), "/etc/passwd", "ENOENT"],
    [mountable(""), "btrfsvol:/dev/sdz/root", "ENOENT"],
    [mountable(""), "/nothing", "ENOENT"],
    [devOrPath(""), "relative", "EINVAL"],
    [stringList("", "Device"), ["/dev/sda1", "/dev/sdz"], "ENOENT"],
    [stringList("", "Pathname"), ["/a", "b"], "EINVAL"],
    [string(""), "a\0b", "EINVAL"],
    [stringList(""), ["a\0b"], "EINVAL"],
  ])("of kind $kind: %j is refused", (field, given, errno) => {
    expect(() => checkArguments(takes(field), { it: given }, around)).toThrow(expect.objectContaining({ errno }));
  });

  it("name the device as the caller did", () => {
    expect(() => checkArguments(takes(device("")), { it: "/dev/sdz" }, around)).toThrow(
      "/dev/sdz: No such file or directory",
    );
  });
});

describe("results", () => {
  const pv = { pv_name: "/dev/vda1", pv_fmt: "/dev/vda1" };

  it.each([
    [gives(rString("x", "RDevice")), "/dev/vda1", "/dev/sda1"],
    [gives(rString("x")), "/dev/vda1", "/dev/vda1"],
    [gives(rStringList("x", "RMountable")), ["/dev/vda1"], ["/dev/sda1"]],
    [gives(rHashtable("x", "RMountable", "RPlainString")), [["/dev/vda1", "/dev/vda1"]], [["/dev/sda1", "/dev/vda1"]]],
    [gives(rStruct("x", structs.lvm_pv)), pv, { ...pv, pv_name: "/dev/sda1" }],
    [gives(rStructList("x", structs.lvm_pv)), [pv], [{ ...pv, pv_name: "/dev/sda1" }]],
    [gives(none()), undefined, undefined],
  ])("have their devices named as the API does", (action, result, translated) => {
    expect(translateResult(action, result, devices)).toEqual(translated);
  });
});
