/** Tar archives in and out (upstream daemon/tar.c). */
import { defineAction } from "../action.ts";
import { bool, fileIn, fileOut, pathname, string, stringList } from "../field.ts";
import { none } from "../result.ts";

const xattrs = bool("Take extended attributes along. Default false.");
const selinux = bool("Take SELinux labels along. Default false.");
const acls = bool("Take POSIX access control lists along. Default false.");
const unpackTo = pathname("Directory to unpack in; must exist.");
const NOT_A_TAR = "this is no archive, and it is longer than one block of an archive is: ".repeat(16);

/** A tar file needs binary test data, which tests-as-data cannot hold. */
const TESTED_IN = "tests/guestfsd/actions/tar.test.ts";

export const tar_in = defineAction({
  proc: 69,
  summary: "unpack a tar archive of the host in the guest",
  description:
    "Unpacks an archive into a directory, with modes, times, and owners by their numbers. A leading slash is dropped from names, names with `..` are refused. Every symbolic link on the way resolves inside the guest.",
  args: { tarfile: fileIn("Archive to read."), directory: unpackTo },
  optargs: {
    compress: string("How it is compressed: compress, gzip, bzip2, xz, lzop, lzma or zstd. Default: not at all."),
    xattrs,
    selinux,
    acls,
    keepdirlink: bool("Keep existing symbolic links to directories instead of replacing them. Default false."),
  },
  ret: none(),
  effect: "write",
  errors: ["EINVAL"],
  since: "1.0.3",
  tests: [
    { init: "scratch", calls: [["tar_in", { tarfile: NOT_A_TAR, directory: "/" }]], expect: { errno: "" } },
    {
      init: "scratch",
      calls: [["tar_in", { tarfile: "", directory: "/", compress: "zip" }]],
      expect: { errno: "EINVAL" },
    },
    { init: "scratch", calls: [["tar_in", { tarfile: "", directory: "/missing" }]], expect: { errno: "ENOENT" } },
  ],
  testedIn: TESTED_IN,
});

export const tar_out = defineAction({
  proc: 70,
  summary: "pack a directory of the guest in a tar archive on the host",
  description:
    "Packs what is in a directory, names relative to it; user and group names are those of the guest. The directory itself may be a symbolic link; those in it are packed as such.",
  args: { directory: string("Directory to pack."), tarfile: fileOut("Archive to write.") },
  optargs: {
    compress: string("How to compress it: compress, gzip, bzip2, xz, lzop, lzma or zstd. Default: not at all."),
    numericowner: bool("Store numbers only, no user and group names. Default false."),
    excludes: stringList("Glob patterns of names to leave out."),
    xattrs,
    selinux,
    acls,
  },
  ret: none(),
  effect: "read",
  errors: ["EINVAL", "ENOENT", "ENOTDIR"],
  since: "1.0.3",
  tests: [
    {
      init: "scratch",
      calls: [
        ["mkdir", { path: "/d" }],
        ["upload", { filename: "text in a file", remotefilename: "/d/file" }],
        ["tar_out", { directory: "/d" }],
      ],
      expect: { contains: "text in a file" },
    },
    { init: "scratch", calls: [["tar_out", { directory: "/missing" }]], expect: { errno: "ENOENT" } },
    {
      init: "scratch",
      calls: [
        ["upload", { filename: "", remotefilename: "/file" }],
        ["tar_out", { directory: "/file" }],
      ],
      expect: { errno: "ENOTDIR" },
    },
  ],
});

export const tgz_in = defineAction({
  proc: 71,
  summary: "unpack a gzipped tar archive of the host in the guest",
  description: "As `tar_in` with gzip. Kept for existing callers.",
  args: { tarball: fileIn("Archive to read."), directory: unpackTo },
  ret: none(),
  effect: "write",
  errors: [],
  since: "1.0.3",
  tests: [{ init: "scratch", calls: [["tgz_in", { tarball: NOT_A_TAR, directory: "/" }]], expect: { errno: "" } }],
  testedIn: TESTED_IN,
});

export const tgz_out = defineAction({
  proc: 72,
  summary: "pack a directory of the guest in a gzipped tar archive on the host",
  description: "As `tar_out` with gzip. Kept for existing callers.",
  args: { directory: pathname("Directory to pack."), tarball: fileOut("Archive to write.") },
  ret: none(),
  effect: "read",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.0.3",
  tests: [
    { init: "scratch", calls: [["tgz_out", { directory: "/" }]], expect: { succeeds: true } },
    { init: "scratch", calls: [["tgz_out", { directory: "/missing" }]], expect: { errno: "ENOENT" } },
  ],
});

export const txz_in = defineAction({
  proc: 229,
  summary: "unpack an xz-compressed tar archive of the host in the guest",
  description: "As `tar_in` with xz. Kept for existing callers.",
  args: { tarball: fileIn("Archive to read."), directory: unpackTo },
  ret: none(),
  effect: "write",
  group: "xz",
  errors: [],
  since: "1.3.2",
  tests: [{ init: "scratch", calls: [["txz_in", { tarball: NOT_A_TAR, directory: "/" }]], expect: { errno: "" } }],
  testedIn: TESTED_IN,
});

export const txz_out = defineAction({
  proc: 230,
  summary: "pack a directory of the guest in an xz-compressed tar archive on the host",
  description: "As `tar_out` with xz. Kept for existing callers.",
  args: { directory: pathname("Directory to pack."), tarball: fileOut("Archive to write.") },
  ret: none(),
  effect: "read",
  group: "xz",
  errors: ["ENOENT", "ENOTDIR"],
  since: "1.3.2",
  tests: [
    { init: "scratch", calls: [["txz_out", { directory: "/" }]], expect: { succeeds: true } },
    { init: "scratch", calls: [["txz_out", { directory: "/missing" }]], expect: { errno: "ENOENT" } },
  ],
});
