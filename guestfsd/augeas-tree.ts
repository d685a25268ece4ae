/** The tree that Augeas makes of a text, without any file: what an edit through Augeas meant is told by two of them. */
import { GILD_AUGEAS_NODES_MAX, textFromBytes } from "../schemas/index.ts";
import type { AugeasHandle } from "./augeas-handle.ts";
import { ActionError } from "./errors.ts";

const TEXT = "/gild/text";
const TREE = "/gild/tree";
/** Comments move with every edit and say nothing of what is set. */
const COMMENT = /\/#comment(?:\[\d+\])?$/u;

/**
 * Pairs of path and value; closes the handle.
 *
 * @throws ActionError EINVAL, E2BIG
 */
export function augeasTree(handle: AugeasHandle, lens: string, content: Uint8Array): string[] {
  try {
    const { lib, aug } = handle;
    handle.readModule(lens, lens.split(".", 1)[0] ?? "");
    handle.checked(lib.aug_set(aug, TEXT, textFromBytes(content)), lens);
    const stored = lib.aug_text_store(aug, lens, TEXT, TREE);
    if (stored < 0 || lib.aug_match(aug, `/augeas/text${TREE}/error`).count > 0) {
      throw new ActionError(`${lens}: the lens does not understand the text`, "EINVAL");
    }
    const { count, paths } = lib.aug_match(aug, `${TREE}//*`);
    if (handle.checked(count, lens) > GILD_AUGEAS_NODES_MAX) throw new ActionError(`${lens}: ${count} nodes`, "E2BIG");
    return paths
      .filter((path) => !COMMENT.test(path))
      .flatMap((path) => [path.slice(TREE.length + 1), lib.aug_get(aug, path).value ?? ""]);
  } finally {
    handle.close();
  }
}
