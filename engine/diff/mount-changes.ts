/** What a changed /etc/fstab means: mounts and swap that come, go or change. Pure. */
import type { BlockChange } from "../../schemas/index.ts";
import { parseFstab, type FstabEntry } from "../fstab.ts";
import { compareBlocks, type BlockState } from "./block.ts";
import type { Redactor } from "./redact.ts";

export const FSTAB = "/etc/fstab";

/** @param before, after text of the file, "" where there is none */
export function mountChanges(before: string, after: string, redactor: Redactor): BlockChange[] {
  return compareBlocks(stateOf(before, redactor), stateOf(after, redactor));
}

function stateOf(text: string, redactor: Redactor): BlockState {
  return new Map(
    parseFstab(text).map(({ spec, mountpoint, type, options }: FstabEntry) => {
      const isPlace = mountpoint.startsWith("/");
      const name = isPlace ? mountpoint : spec;
      const fields = { ...(isPlace ? { device: spec } : {}), type, options: options.join(",") };
      const shown = Object.entries(fields).map(([field, value]) => [field, redactor.hide(value)] as const);
      return [`mount ${redactor.hide(name)}`, Object.fromEntries(shown)];
    }),
  );
}
