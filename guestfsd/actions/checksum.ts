/** Daemon side of schemas/actions/checksum.ts. */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import { Cksum } from "../cksum.ts";
import type { Context } from "../context.ts";
import { about, ActionError, failure } from "../errors.ts";
import { openDevice, openFile, pieces } from "../file-reader.ts";
import { fsPath } from "../file-name.ts";
import { TreeWalk } from "../tree-walk.ts";

const HASHES: readonly string[] = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];

interface Sum {
  readonly digest: string;
  readonly sizeBytes: number;
}

export const checksum = {
  checksum({ csumtype, path }, { sysroot }) {
    requireType(csumtype);
    return about(path, () => sum(csumtype, openFile(sysroot, path)).digest);
  },

  checksum_device({ csumtype, device }) {
    requireType(csumtype);
    return about(device, () => sum(csumtype, openDevice(device)).digest);
  },

  *checksums_out({ csumtype, directory }, { sysroot }) {
    requireType(csumtype);
    const isDirectory = about(directory, () => sysroot.inside(() => statSync(fsPath(directory)).isDirectory()));
    if (!isDirectory) throw failure(directory, "ENOTDIR");
    const walk = new TreeWalk(sysroot, directory);
    while (!walk.done) {
      for (const { path, kind } of about(directory, () => walk.next())) {
        if (kind !== "file") continue;
        const name = path.toString("latin1");
        yield Buffer.from(
          about(directory, () => line(csumtype, sum(csumtype, walk.open(path)), name)),
          "latin1",
        );
      }
    }
  },
} satisfies HandlersOf<typeof families.checksum, Context>;

function requireType(csumtype: string): void {
  if (csumtype === "crc" || HASHES.includes(csumtype)) return;
  throw new ActionError(`unknown checksum type, expecting crc|${HASHES.join("|")}`, "EINVAL");
}

function sum(csumtype: string, fd: number): Sum {
  if (csumtype === "crc") {
    const crc = new Cksum();
    for (const piece of pieces(fd)) crc.update(piece);
    return { sizeBytes: crc.length, digest: crc.digest() };
  }
  const hash = createHash(csumtype);
  let sizeBytes = 0;
  for (const piece of pieces(fd)) {
    sizeBytes += piece.length;
    hash.update(piece);
  }
  return { sizeBytes, digest: hash.digest("hex") };
}

/** A line of cksum(1), which never escapes, or of md5sum(1) and its like, which mark an escaped name at the start. */
function line(csumtype: string, { digest, sizeBytes }: Sum, name: string): string {
  if (csumtype === "crc") return `${digest} ${sizeBytes} ./${name}\n`;
  const escaped = name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `${escaped === name ? "" : "\\"}${digest}  ./${escaped}\n`;
}
