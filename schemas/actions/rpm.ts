/** The database of rpm (upstream daemon/rpm.ml). */
import { defineAction } from "../action.ts";
import { rStructList } from "../result.ts";
import { structs } from "../structs.ts";

export const internal_list_rpm_applications = defineAction({
  proc: 510,
  summary: "installed rpm packages",
  description:
    "Gives what the guest's rpm database says is installed, from /usr/lib/sysimage/rpm or /var/lib/rpm: SQLite, or Berkeley DB; " +
    "nothing where there is none. A private copy is read, so that the guest stays as it is. Text that a package lacks is `(none)`. " +
    "ENOTSUP: the database is in NDB. EFBIG: it is larger than what is read.",
  args: {},
  ret: rStructList("applications2", structs.application2),
  effect: "read",
  errors: ["EFBIG", "ENOTSUP"],
  since: "1.45.3",
  tests: [],
  testedIn: "tests/guestfsd/actions/rpm.test.ts",
});
