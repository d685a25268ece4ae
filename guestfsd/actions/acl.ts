/** Daemon side of schemas/actions/acl.ts. Text is made and read outside of the guest: names in it are not the guest's. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { ACL_TYPE_ACCESS, ACL_TYPE_DEFAULT, loadAcl } from "../native/acl.ts";

export const acl = {
  acl_get_file({ path, acltype }, { sysroot }) {
    const type = typeOf(acltype);
    const lib = loadAcl();
    const list = about(path, () => sysroot.inside(() => lib.acl_get_file(path, type)));
    try {
      return about(path, () => lib.acl_to_text(list));
    } finally {
      lib.acl_free(list);
    }
  },

  acl_set_file({ path, acltype, acl }, { sysroot }) {
    const type = typeOf(acltype);
    const lib = loadAcl();
    const list = about(acl, () => lib.acl_from_text(acl));
    try {
      about(path, () => {
        sysroot.inside(() => lib.acl_set_file(path, type, list));
      });
    } finally {
      lib.acl_free(list);
    }
  },

  acl_delete_def_file({ dir }, { sysroot }) {
    const lib = loadAcl();
    about(dir, () => {
      sysroot.inside(() => lib.acl_delete_def_file(dir));
    });
  },
} satisfies HandlersOf<typeof families.acl, Context>;

function typeOf(acltype: string): number {
  if (acltype === "access") return ACL_TYPE_ACCESS;
  if (acltype === "default") return ACL_TYPE_DEFAULT;
  throw new ActionError(`invalid acltype parameter: ${acltype}`, "EINVAL");
}
