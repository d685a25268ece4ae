import { expect, test } from "vitest";

import { diffText } from "../../../cli/render/diff.ts";
import { createStyle } from "../../../cli/render/style.ts";
import { diffSummary } from "../../../cli/render/words.ts";
import type { Diff, FileState } from "../../../schemas/index.ts";

const file = (mode: string, more: Partial<FileState> = {}): FileState => ({
  type: "file",
  mode,
  uid: 0,
  gid: 0,
  size: 3,
  ...more,
});

const diff: Diff = {
  formatVersion: 1,
  blocks: [
    { kind: "filesystem", name: "/dev/sda1", change: "changed", fields: [{ name: "label", before: "a", after: "b" }] },
  ],
  files: [
    { path: "/etc/motd", change: "changed", type: "file", before: file("0644"), after: file("0600"), what: ["mode"] },
    { path: "/etc/new", change: "added", type: "file", after: file("0644"), what: [], text: "@@ -0,0 +1 @@\n+hi\n" },
    {
      path: "/etc/shadow",
      change: "changed",
      type: "file",
      before: file("0640"),
      after: file("0640"),
      what: ["content"],
      secret: true,
    },
  ],
};

test("prints blocks, files with their changes, hunks, and no secret", () => {
  expect(diffText(diff, createStyle(false)).split("\n")).toEqual([
    "~ filesystem /dev/sda1: label a -> b",
    "~ /etc/motd  mode 0644 -> 0600",
    "+ /etc/new  0644 0:0, 3 bytes",
    "    @@ -0,0 +1 @@",
    "    +hi",
    "~ /etc/shadow  content",
    "    (secret content is not shown)",
    "",
  ]);
});

test("sums up", () => {
  expect(diffSummary(diff)).toBe("1 filesystem changed, 1 file added, 2 files changed");
  expect(diffSummary({ ...diff, blocks: [], files: [] })).toBe("nothing to change");
});

test("shows control characters of a hostile guest instead of sending them to the terminal", () => {
  const hostile: Diff = {
    ...diff,
    blocks: [],
    files: [
      { path: "/a\u001B[2J\u202E", change: "added", type: "file", after: file("0644"), what: [], text: "+\u0007\n" },
    ],
  };

  const text = diffText(hostile, createStyle(false));

  expect(text).toContain("/a\\x1b[2J\\u202e");
  expect(text).toContain("+\\x07");
});

test("a name with a line feed stays in its line, and an empty file has no text", () => {
  const forged = "/a\n- /etc/shadow  0640 0:42\t";
  const files: Diff["files"] = [
    { path: forged, change: "added", type: "file", after: file("0644", { size: 0 }), what: [], text: "" },
    { path: "/l", change: "added", type: "symlink", after: file("0777", { target: forged }), what: [] },
  ];
  const blocks: Diff["blocks"] = [{ kind: "mount", name: forged, change: "removed", fields: [] }];

  const lines = diffText({ ...diff, blocks, files }, createStyle(false))
    .trimEnd()
    .split("\n");

  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain("/a\\n- /etc/shadow  0640 0:42\\t");
});

test("tells moves, hard links, access control lists, capabilities and packages as a person would", () => {
  const rich: Diff = {
    ...diff,
    blocks: [],
    packages: [
      { name: "curl", arch: "amd64", before: "7.1", after: "7.2" },
      { name: "nginx", arch: "amd64", after: "1.22.1-9" },
      { name: "old", arch: "all", before: "1" },
    ],
    packagesUnread: [{ path: "/var/lib/rpm/Packages.db", side: "before", reason: "no\u0007" }],
    files: [
      { path: "/a", change: "added", type: "file", after: file("0644", { hardLink: "/0" }), what: [] },
      {
        path: "/b",
        change: "changed",
        type: "file",
        before: file("0644", { acl: "user::rw-" }),
        after: file("0644", { defaultAcl: "user::r--", capabilities: "cap_net_raw=ep" }),
        what: ["acl", "capabilities"],
      },
      {
        path: "/new",
        from: "/old",
        change: "moved",
        type: "file",
        before: file("0644"),
        after: file("0600", { hardLink: "/c" }),
        what: ["mode", "hard-link"],
      },
    ],
  };

  expect(diffText(rich, createStyle(false)).split("\n")).toEqual([
    "~ package curl 7.1 -> 7.2 (amd64)",
    "+ package nginx 1.22.1-9 (amd64)",
    "- package old 1 (all)",
    "~ package database /var/lib/rpm/Packages.db: packages are not compared, cannot be read before the change: no\\x07",
    "+ /a  0644 0:0, 3 bytes, hard link to /0",
    "~ /b  acl user::rw- -> default user::r--, capabilities (none) -> cap_net_raw=ep",
    "> /new  from /old, mode 0644 -> 0600, hard link to (none) -> /c",
    "",
  ]);
  expect(diffSummary(rich)).toBe(
    "1 package added, 1 package changed, 1 package removed, packages not compared, 1 file added, 1 file changed, 1 file moved",
  );
});
