/** Reads of one side (the guest after the steps, or the base) what classify.ts asks for. */
import type { Guestfs } from "../../schemas/index.ts";
import type { ReadRequest } from "./classify.ts";
import { readContent, readDigests, readTargets, readXattrs } from "./contents.ts";
import type { Xattrs } from "./entry.ts";
import { TEXT_MAX } from "./text.ts";

/** What was read, by path. */
export interface Details {
  readonly xattrs: ReadonlyMap<string, Xattrs>;
  readonly targets: ReadonlyMap<string, string>;
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** SHA-256, hex. */
  readonly digests: ReadonlyMap<string, string>;
}

export const noDetails: Details = { xattrs: new Map(), targets: new Map(), contents: new Map(), digests: new Map() };

export async function gatherDetails(g: Guestfs, request: ReadRequest, signal?: AbortSignal): Promise<Details> {
  const contents = new Map<string, Uint8Array>();
  for (const path of request.contents) {
    signal?.throwIfAborted();
    contents.set(path, await readContent(g, path, TEXT_MAX));
  }
  return {
    xattrs: await readXattrs(g, request.xattrs),
    targets: await readTargets(g, request.targets),
    contents,
    digests: await readDigests(g, request.digests),
  };
}
