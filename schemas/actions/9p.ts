/** 9p filesystems, which libguestfs gave up in 1.48 (upstream daemon/9p.c). */
import { defineAction } from "../action.ts";
import { string } from "../field.ts";
import { none, rStringList } from "../result.ts";

const gone = { errors: ["ENOTSUP"], since: "1.11.12", testExcuse: "it always fails" } as const;

export const list_9p = defineAction({
  ...gone,
  proc: 285,
  summary: "list 9p filesystems, which are gone",
  description: "Fails: libguestfs 1.48 took 9p out, and so nothing is attached that way.",
  args: {},
  ret: rStringList("mounttags"),
  effect: "read",
  tests: [{ init: "none", calls: [["list_9p"]], expect: { errno: "ENOTSUP" } }],
});

export const mount_9p = defineAction({
  ...gone,
  proc: 286,
  summary: "mount a 9p filesystem, which are gone",
  description: "Fails: libguestfs 1.48 took 9p out.",
  args: { mounttag: string("Tag of the filesystem."), mountpoint: string("Directory of the guest.") },
  optargs: { options: string("Mount options.") },
  ret: none(),
  effect: "config",
  tests: [{ init: "none", calls: [["mount_9p", { mounttag: "tag", mountpoint: "/" }]], expect: { errno: "ENOTSUP" } }],
});
