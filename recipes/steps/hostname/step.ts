/** Step `hostname`: the guest's static host name in /etc/hostname, and on Debian its own line in /etc/hosts. */
import { call, closed, defineStep, matching } from "../../../schemas/index.ts";
import { rewriteText } from "../../guest-content.ts";
import { readGuestText } from "../../guest-file.ts";
import { lstatGuest } from "../../guest-stat.ts";
import { FILE_EDIT, isDebianLike, linuxOnly } from "../traits.ts";

const HOSTNAME = "/etc/hostname";
const HOSTS = "/etc/hosts";
/** The address that Debian gives to a host's own name. */
const OWN_ADDRESS = "127.0.1.1";

export const hostname = defineStep({
  name: "hostname",
  summary: "set the host name",
  description:
    "Writes the static host name to /etc/hostname. On Debian and its relatives the 127.0.1.1 line of /etc/hosts names the " +
    "host too, so that it can resolve itself.",
  traits: FILE_EDIT,
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
  supports: linuxOnly,
  describe: ({ name }) => `host name ${name}`,
  observe: async ({ g, guest }) => ({
    hostname: await readGuestText(g, HOSTNAME),
    hosts: isDebianLike(guest) ? ((await readGuestText(g, HOSTS)) ?? "") : undefined,
    linked: (await lstatGuest(g, HOSTNAME))?.type === "symlink",
  }),
  lower: ({ name }, observed) => [
    ...(observed?.linked === true ? [call("rm_f", { path: HOSTNAME })] : []),
    ...rewriteText(HOSTNAME, observed?.linked === true ? undefined : observed?.hostname, `${name}\n`),
    ...(observed?.hosts === undefined ? [] : rewriteText(HOSTS, observed.hosts, withOwnName(observed.hosts, name))),
  ],
});

/**
 * /etc/hosts in which the 127.0.1.1 line names the host: the full name first when there is a domain. The line is
 * replaced where it stands, else it follows the loopback line.
 */
export function withOwnName(hosts: string, name: string): string {
  const short = name.split(".")[0] ?? name;
  const line = `${OWN_ADDRESS}\t${name === short ? name : `${name}\t${short}`}`;
  const lines = hosts === "" ? ["127.0.0.1\tlocalhost"] : hosts.replace(/\n$/, "").split("\n");

  const own = lines.findIndex((text) => addressOf(text) === OWN_ADDRESS);
  if (own >= 0) {
    if (namesOf(lines[own] ?? "") === namesOf(line)) return hosts;
    return `${lines.with(own, line).join("\n")}\n`;
  }
  const loopback = lines.findIndex((text) => addressOf(text) === "127.0.0.1");
  return `${lines.toSpliced(loopback + 1, 0, line).join("\n")}\n`;
}

function addressOf(line: string): string | undefined {
  return line.trim().split(/\s+/)[0];
}

function namesOf(line: string): string {
  return line.replace(/#.*/, "").trim().split(/\s+/).slice(1).join(" ");
}
