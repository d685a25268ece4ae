/** A side of a comparison in memory: one filesystem, mounted on `/`. No client, no daemon. */
import { createHash } from "node:crypto";

import { fileTypeOf, type Files, type GuestFile } from "../../../engine/diff/entry.ts";
import type { Scope, Side } from "../../../engine/diff/side.ts";
import { covers, Volumes } from "../../../engine/diff/volumes.ts";
import { bytesFromText } from "../../../schemas/index.ts";

export const DEVICE = "/dev/sda1";

/** What matters of a file; the rest is as of any. `born` makes it one that can be moved. */
export interface Sketch extends Partial<Omit<GuestFile, "sha256" | "xattrs" | "volume">> {
  readonly content?: string | Uint8Array;
  readonly xattrs?: Readonly<Record<string, string | Uint8Array>>;
}

export type Sketches = Readonly<Record<string, Sketch>>;

const anyFile: GuestFile = {
  volume: DEVICE,
  dev: 1n,
  ino: 1n,
  nlink: 1,
  mode: 0o100644,
  uid: 0,
  gid: 0,
  rdev: "0:0",
  size: 0,
  mtime: 1n,
  ctime: 1n,
  born: 0n,
  target: "",
  xattrs: new Map(),
};

const bytesOf = (content: string | Uint8Array = ""): Uint8Array =>
  typeof content === "string" ? bytesFromText(content) : content;

export function filesOf(sketches: Sketches): Files {
  return new Map(
    Object.entries(sketches).map(([path, { content, xattrs = {}, ...rest }]) => {
      const type = rest.target === undefined ? 0o100644 : 0o120777;
      const values = Object.entries(xattrs).map(([name, value]) => [name, bytesOf(value)] as const);
      const file = { ...anyFile, mode: type, size: bytesOf(content).length, ...rest, xattrs: new Map(values) };
      return [path, file];
    }),
  );
}

export function oneVolume(): Volumes {
  const volumes = new Volumes();
  volumes.add([{ device: DEVICE, mountpoint: "/", prefix: "/", type: "ext4" }]);
  return volumes;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** @param reads told which contents and digests are asked for */
export function fakeSide(sketches: Sketches, reads: string[] = []): Side {
  const files = filesOf(sketches);
  const contentOf = (path: string): Uint8Array => {
    reads.push(path);
    return bytesOf(sketches[path]?.content);
  };
  return {
    async read(scope: Scope) {
      const part = scope.get(DEVICE);
      const found = [...files].filter(([path]) => covers(part, path));
      if (part?.digests !== true) return new Map(found);
      const digest = (path: string): string => sha256(bytesOf(sketches[path]?.content));
      return new Map(
        found.map(([path, file]) => [path, fileTypeOf(file) === "file" ? { ...file, sha256: digest(path) } : file]),
      );
    },
    namesOf: async (wanted) =>
      [...files]
        .filter(([, file]) => wanted.some(({ ino }) => ino === file.ino))
        .map(([path]) => ({ device: DEVICE, path })),
    contents: async (paths) => new Map(paths.map((path) => [path, contentOf(path)])),
    digests: async (paths) => new Map(paths.map((path) => [path, sha256(contentOf(path))])),
  };
}
