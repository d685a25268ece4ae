/** Daemon side of schemas/actions/augeas.ts. The one handle is kept under "augeas"; umount_all closes it. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import { AugeasHandle } from "../augeas-handle.ts";
import { takeHandle } from "../augeas-reserve.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { compareBytes } from "../file-name.ts";
import { AUG_NO_LOAD, type AugValue } from "../native/augeas.ts";

const KEPT = "augeas";

export const augeas = {
  aug_init({ root, flags }, { sysroot, kept }) {
    close(kept);
    const handle = takeHandle(kept, sysroot, root, flags);
    kept.set(KEPT, handle);
    if ((flags & AUG_NO_LOAD) === 0) handle.load();
  },

  aug_close(_args, context) {
    current(context);
    close(context.kept);
  },

  aug_load(_args, context) {
    current(context).load();
  },

  aug_save(_args, context) {
    current(context).save();
  },

  aug_get({ augpath }, context) {
    const handle = current(context);
    return found(handle, handle.lib.aug_get(handle.aug, augpath), augpath);
  },

  aug_label({ augpath }, context) {
    const handle = current(context);
    return found(handle, handle.lib.aug_label(handle.aug, augpath), augpath, "no matching nodes found");
  },

  aug_match({ augpath }, context) {
    return match(current(context), augpath);
  },

  aug_ls({ augpath }, context) {
    const handle = current(context);
    if (augpath !== "/" && /[/\]*]$/.test(augpath)) {
      throw new ActionError("don't use aug-ls with a path that ends with / ] *", "EINVAL");
    }
    return [...match(handle, augpath === "/" ? "/*" : `${augpath}/*`)].sort(compareBytes);
  },

  aug_set({ augpath, val }, context) {
    const handle = current(context);
    handle.checked(handle.lib.aug_set(handle.aug, augpath, val), augpath);
  },

  aug_clear({ augpath }, context) {
    const handle = current(context);
    handle.checked(handle.lib.aug_set(handle.aug, augpath, null), augpath);
  },

  aug_setm({ base, sub, val }, context) {
    const handle = current(context);
    return handle.checked(handle.lib.aug_setm(handle.aug, base, sub, val), base);
  },

  aug_insert({ augpath, label, before }, context) {
    const handle = current(context);
    handle.checked(handle.lib.aug_insert(handle.aug, augpath, label, before), augpath);
  },

  aug_rm({ augpath }, context) {
    const handle = current(context);
    return handle.checked(handle.lib.aug_rm(handle.aug, augpath), augpath);
  },

  aug_mv({ src, dest }, context) {
    const handle = current(context);
    handle.checked(handle.lib.aug_mv(handle.aug, src, dest), src);
  },

  aug_defvar({ name, expr }, context) {
    const handle = current(context);
    return handle.checked(handle.lib.aug_defvar(handle.aug, name, expr), expr ?? name);
  },

  aug_defnode({ name, expr, val }, context) {
    const handle = current(context);
    const { nodes, created } = handle.lib.aug_defnode(handle.aug, name, expr, val);
    return { i: handle.checked(nodes, expr), b: created ? 1 : 0 };
  },

  aug_transform({ lens, file, remove = false }, context) {
    const handle = current(context);
    handle.checked(handle.lib.aug_transform(handle.aug, lens, file, remove), file);
  },
} satisfies HandlersOf<typeof families.augeas, Context>;

function current({ kept }: Context): AugeasHandle {
  const handle = kept.get(KEPT);
  if (handle instanceof AugeasHandle) return handle;
  throw new ActionError("you must call 'aug-init' first to initialize Augeas");
}

function close(kept: Context["kept"]): void {
  kept.get(KEPT)?.close();
  kept.delete(KEPT);
}

function match(handle: AugeasHandle, path: string): readonly string[] {
  const { count, paths } = handle.lib.aug_match(handle.aug, path);
  handle.checked(count, path);
  return paths;
}

/** The text of the one node that matched; empty when it has none. */
function found(handle: AugeasHandle, { status, value }: AugValue, path: string, none = "no matching node"): string {
  if (handle.checked(status, path) === 0) throw new ActionError(`${path}: ${none}`);
  return value ?? "";
}
