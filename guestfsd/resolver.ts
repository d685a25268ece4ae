/**
 * The guest's /etc/resolv.conf for the time of a command, when the appliance has a network: the guest's own file is put
 * aside, the appliance's is copied in its place, and put back afterwards. Failures are ignored: a guest without /etc or on a
 * read-only disk runs the command without it.
 */
import { readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";

import type { Sysroot } from "./context.ts";

const RESOLV_CONF = "/etc/resolv.conf";
const ASIDE = "/etc/.resolv.conf.gild-aside";

/** @param source the appliance's own file */
export function withResolver<T>(sysroot: Sysroot, body: () => T, source = RESOLV_CONF): T {
  const undo = placeResolver(sysroot, source);
  try {
    return body();
  } finally {
    undo();
  }
}

/** Puts the appliance's file in place; what it gives takes it away again. */
export function placeResolver(sysroot: Sysroot, source = RESOLV_CONF): () => void {
  const ours = readIfThere(source);
  if (ours === undefined) return () => undefined;
  const [aside, created] = sysroot.inside(() => [
    succeeds(() => renameSync(RESOLV_CONF, ASIDE)),
    succeeds(() => writeFileSync(RESOLV_CONF, ours, { flag: "wx", mode: 0o644 })),
  ]);
  return () => {
    sysroot.inside(() => {
      if (created) succeeds(() => unlinkSync(RESOLV_CONF));
      if (aside) succeeds(() => renameSync(ASIDE, RESOLV_CONF));
    });
  };
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function succeeds(body: () => void): boolean {
  try {
    body();
    return true;
  } catch {
    return false;
  }
}
