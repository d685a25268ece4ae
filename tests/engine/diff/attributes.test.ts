import { expect, test } from "vitest";

import { attributesOf } from "../../../engine/diff/attributes.ts";

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(" ", ""), "hex");
const one = (name: string, hex: string): ReturnType<typeof attributesOf> => attributesOf(new Map([[name, bytes(hex)]]));

const ACL = "02000000 01000600ffffffff 02000400e8030000 04000400ffffffff 10000400ffffffff 20000000ffffffff";

test("an access control list is told as getfacl does", () => {
  const acl = "user::rw-,user:1000:r--,group::r--,mask::r--,other::---";

  expect(one("system.posix_acl_access", ACL)).toEqual({ acl, xattrs: {} });
  expect(one("system.posix_acl_default", ACL)).toEqual({ defaultAcl: acl, xattrs: {} });
});

test.each([
  ["ping's", "01000002 00200000 00000000 00000000 00000000", "cap_net_raw=ep"],
  ["of two sets", "00000002 01000000 02000000 00000000 00000000", "cap_chown=p cap_dac_override=i"],
  ["above 31", "01000002 00000000 00000000 80000000 00000000", "cap_bpf=ep"],
  ["unknown ones", "01000002 00000000 00000000 00000080 00000000", "cap_63=ep"],
  ["of a namespace", "01000003 00200000 00000000 00000000 00000000 e8030000", "cap_net_raw=ep [rootid=1000]"],
  ["of the first form", "01000001 00040000 00000000", "cap_net_bind_service=ep"],
])("capabilities %s", (_, hex, text) => {
  expect(one("security.capability", hex)).toEqual({ capabilities: text, xattrs: {} });
});

test.each([
  ["system.posix_acl_access", "01000000"],
  ["system.posix_acl_access", "02"],
  ["system.posix_acl_access", "02000000 0300060000000000"],
  ["system.posix_acl_access", "02000000 010006"],
  ["security.capability", ""],
  ["security.capability", "01000009 00000000"],
  ["security.capability", "01000002 00200000"],
  ["user.constructor", "00"],
])("%s of another form stays as it is: %s", (name, hex) => {
  expect(one(name, hex)).toEqual({ xattrs: { [name]: Buffer.from(bytes(hex)).toString("base64") } });
});

test("a label loses its final zero, others are sorted", () => {
  const xattrs = new Map([
    ["user.b", bytes("02")],
    ["security.selinux", bytes("615f7400")],
    ["user.a", bytes("01")],
  ]);

  expect(attributesOf(xattrs)).toEqual({ label: "a_t", xattrs: { "user.a": "AQ==", "user.b": "Ag==" } });
  expect(Object.keys(attributesOf(xattrs).xattrs)).toEqual(["user.a", "user.b"]);
});
