/** Step `hostname`: the guest's static host name in /etc/hostname. Leaves /etc/hosts alone. */
import { bytesFromText, call, closed, defineStep, matching } from "../../../schemas/index.ts";
import { readGuestText } from "../../guest-file.ts";

const HOSTNAME = "/etc/hostname";

export const hostname = defineStep({
  name: "hostname",
  summary: "set the host name",
  description: "Writes the static host name to /etc/hostname.",
  traits: { reads: true, writes: true, runsGuestPrograms: false, network: false, idempotent: true },
  schema: closed(
    {
      name: matching(
        "^[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))*$",
        "Host name, or fully qualified name: letters, digits, hyphens and dots.",
      ),
    },
    ["name"],
  ),
  short: "name",
  supports: (guest) =>
    guest.os === "linux" ? undefined : `no host name in /etc/hostname on ${guest.os || "this guest"}`,
  describe: ({ name }) => `host name ${name}`,
  observe: async ({ g }) => (await readGuestText(g, HOSTNAME))?.trim(),
  lower: ({ name }, observed) =>
    observed === name ? [] : [call("internal_write", { path: HOSTNAME, content: bytesFromText(`${name}\n`) })],
});
