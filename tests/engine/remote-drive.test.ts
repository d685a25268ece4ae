/** Drives of other machines: mistakes, and what qemu is told of them. */
import { expect, test } from "vitest";

import { blockNode, checkDrive, drivePlug, type AddDrive } from "../../engine/drive.ts";

const server = ["example.com"];

test.each([
  [
    { filename: "/disk", protocol: "nbd", server: ["example.com:1234"] },
    { driver: "nbd", server: { type: "inet", host: "example.com", port: "1234" }, export: "disk" },
  ],
  [
    { filename: "", protocol: "nbd", server: ["unix:/run/nbd"] },
    { driver: "nbd", server: { type: "unix", path: "/run/nbd" } },
  ],
  [
    { filename: "x", protocol: "nbd", server: ["tcp:[::1]"] },
    { driver: "nbd", server: { type: "inet", host: "::1", port: "10809" }, export: "x" },
  ],
  [
    { filename: "/images/a.img", protocol: "ssh", server, username: "me" },
    { driver: "ssh", server: { host: "example.com", port: "22" }, path: "/images/a.img", user: "me" },
  ],
  [
    { filename: "pool/image", protocol: "rbd", server: ["a", "b:1"], username: "u" },
    {
      driver: "rbd",
      pool: "pool",
      image: "image",
      server: [
        { host: "a", port: "6789" },
        { host: "b", port: "1" },
      ],
      user: "u",
    },
  ],
  [
    { filename: "/pool/image", protocol: "rbd", server: [] },
    { driver: "rbd", pool: "pool", image: "image" },
  ],
  [
    { filename: "volume/a/b", protocol: "gluster", server: ["h", "unix:/s"] },
    {
      driver: "gluster",
      volume: "volume",
      path: "a/b",
      server: [
        { type: "inet", host: "h", port: "24007" },
        { type: "unix", path: "/s" },
      ],
    },
  ],
  [
    { filename: "iqn.2001-04.com.example/3", protocol: "iscsi", server: ["h:99"] },
    { driver: "iscsi", transport: "tcp", portal: "h:99", target: "iqn.2001-04.com.example", lun: 3 },
  ],
  [
    { filename: "/a b/c?d", protocol: "https", server: ["h:8443"], username: "u", readonly: true },
    { driver: "https", url: "https://h:8443/a%20b/c%3Fd", username: "u" },
  ],
  [
    { filename: "x", protocol: "http", server: ["[::1]"], readonly: true },
    { driver: "http", url: "http://[::1]/x" },
  ],
] satisfies [Omit<AddDrive, "format">, Record<string, unknown>][])("%j", (source, file) => {
  const drive: AddDrive = { ...source, format: "raw" };
  if (drive.filename !== "") checkDrive(drive);

  expect(blockNode(drive)).toEqual({ driver: "raw", file });
});

test("a secret is an object of qemu's that the node names, never on the command line", () => {
  const drive: AddDrive = { filename: "p/i", format: "raw", protocol: "rbd", server: [], secret: "c2VjcmV0" };
  checkDrive(drive);

  const { secret, ...rest } = drive;
  const { objects, node } = drivePlug({ ...rest, secretFile: "/tmp/x/secret2" }, 2);

  expect(objects).toEqual([{ "qom-type": "secret", id: "hd2-secret", file: "/tmp/x/secret2" }]);
  expect(node).toMatchObject({ file: { "key-secret": "hd2-secret" } });
  expect(JSON.stringify([objects, node])).not.toContain(secret);
});

test("copy-on-read is a node over the drive's", () => {
  const backing = { filename: "/dev/null", format: "raw" } as const;
  const { node } = drivePlug({ filename: "/dev/null", format: "qcow2", backing, copyonread: true }, 0);

  expect(node).toMatchObject({ driver: "copy-on-read", "node-name": "hd0", file: { driver: "qcow2" } });
});

test.each([
  ["no server", { protocol: "nbd", server: [] }],
  ["two servers", { protocol: "ssh", server: ["a", "b"] }],
  ["a server with a path", { protocol: "nbd", server: ["a/b"] }],
  ["a server with an option", { protocol: "nbd", server: ["a,b=c"] }],
  ["a Unix socket where there is none", { protocol: "ssh", server: ["unix:/x"] }],
  ["a user where there is none", { protocol: "nbd", server, username: "u" }],
  ["a secret where there is none", { protocol: "nbd", server, secret: "s" }],
  ["a web server that would be written", { protocol: "http", server }],
  ["rbd without an image", { protocol: "rbd", server, filename: "pool" }],
  ["iscsi without a number", { protocol: "iscsi", server, filename: "target" }],
  ["a server without protocol", { server }],
  ["a secret without protocol", { secret: "s" }],
  ["copy-on-read with nothing to keep it in", { copyonread: true }],
  ["a byte overlay", { protocol: "nbd", server, overlay: "/x" }],
] satisfies [string, Partial<AddDrive>][])("refuses %s", (_what, source) => {
  expect(() => checkDrive({ filename: "f", format: "raw", ...source })).toThrow(
    expect.objectContaining({ code: "bad-argument" }),
  );
});

test("refuses a protocol nobody knows", () => {
  // As a program in JavaScript would.
  const drive = { filename: "f", format: "raw", protocol: "toString", server } as unknown as AddDrive;

  expect(() => checkDrive(drive)).toThrow(/protocol toString: not known/);
});
