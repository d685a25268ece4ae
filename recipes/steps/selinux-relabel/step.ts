/** Step `selinux-relabel`: SELinux labels as the guest's own policy wants them. Sets labels only where they are wrong. */
import { call, closed, defineStep, flag, guestPath } from "../../../schemas/index.ts";
import { readGuestText } from "../../guest-file.ts";
import { linuxOnly } from "../traits.ts";

const CONFIG = "/etc/selinux/config";

export const selinuxRelabel = defineStep({
  name: "selinux-relabel",
  summary: "set SELinux labels",
  description:
    "Gives every file the label that the guest's own policy (SELINUXTYPE in /etc/selinux/config) says; files with the right " +
    "label are not touched. Best as the last step, so that files made by the others are labelled too.",
  traits: { reads: true, writes: true, runsGuestPrograms: false, network: false, idempotent: true },
  schema: closed(
    {
      path: guestPath("Folder or file to label, with all below it. Default: /."),
      force: flag("Also reset labels that the policy leaves to the administrator. Default: false."),
    },
    [],
  ),
  supports: linuxOnly,
  describe: ({ path }) => path ?? "/",
  observe: async ({ g }) => {
    const config = await readGuestText(g, CONFIG);
    if (config === undefined) {
      throw new Error(`selinux-relabel: ${CONFIG}: no such file, the guest has no SELinux (install its policy first)`);
    }
    const specfile = fileContexts(policyType(config));
    if (!(await g.is_file({ path: specfile, followsymlinks: true }))) {
      throw new Error(`selinux-relabel: ${specfile}: no such file, the policy of ${CONFIG} is not installed`);
    }
    return { specfile };
  },
  lower: ({ path, force }, observed) => [
    call("selinux_relabel", {
      specfile: observed?.specfile ?? fileContexts("default"),
      path: path ?? "/",
      ...(force === undefined ? {} : { force }),
    }),
  ],
});

/** SELINUXTYPE of /etc/selinux/config; "targeted" when it is not set, as libselinux has it. */
export function policyType(config: string): string {
  return /^\s*SELINUXTYPE\s*=\s*([A-Za-z0-9_-]+)/m.exec(config)?.[1] ?? "targeted";
}

function fileContexts(type: string): string {
  return `/etc/selinux/${type}/contexts/files/file_contexts`;
}
