/** Step `timezone`: /etc/localtime as a link into the guest's zoneinfo, and on Debian /etc/timezone. */
import { call, closed, defineStep, matching, type PlannedAction } from "../../../schemas/index.ts";
import { rewriteText } from "../../guest-content.ts";
import { readGuestText } from "../../guest-file.ts";
import { labelActions, labelOf } from "../../guest-label.ts";
import { linkTarget, lstatGuest } from "../../guest-stat.ts";
import { FILE_EDIT, isDebianLike, linuxOnly } from "../traits.ts";

const LOCALTIME = "/etc/localtime";
const TIMEZONE = "/etc/timezone";
const ZONEINFO = "/usr/share/zoneinfo";

export const timezone = defineStep({
  name: "timezone",
  summary: "set the time zone",
  description:
    "Points /etc/localtime at the zone's file in the guest's /usr/share/zoneinfo, which must hold it, and writes " +
    "/etc/timezone where the guest has or, as Debian, wants it.",
  traits: FILE_EDIT,
  schema: closed(
    {
      zone: matching(
        "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$",
        'Name of a zone of the tz database, such as "Europe/Prague".',
      ),
    },
    ["zone"],
  ),
  short: "zone",
  supports: linuxOnly,
  describe: ({ zone }) => `time zone ${zone}`,
  observe: async ({ g, guest }, { zone }) => {
    const path = `${ZONEINFO}/${zone}`;
    if (!(await g.is_file({ path, followsymlinks: true }))) {
      throw new Error(`timezone: ${zone}: no such zone in the guest's ${ZONEINFO} (is tzdata installed?)`);
    }
    const text = await readGuestText(g, TIMEZONE);
    return {
      target: await linkTarget(g, LOCALTIME),
      label: await labelOf(g, LOCALTIME),
      present: (await lstatGuest(g, LOCALTIME)) !== undefined,
      text,
      wantsText: isDebianLike(guest) || text !== undefined,
    };
  },
  lower: ({ zone }, observed): readonly PlannedAction[] => {
    const target = `${ZONEINFO}/${zone}`;
    const linked = observed?.target === target || observed?.target === `..${target}`;
    return [
      ...(linked || observed?.present === false ? [] : [call("rm_f", { path: LOCALTIME })]),
      ...(linked ? [] : [call("ln_s", { target, linkname: LOCALTIME }), ...labelActions(LOCALTIME, observed?.label)]),
      ...(observed?.wantsText === false ? [] : rewriteText(TIMEZONE, observed?.text, `${zone}\n`)),
    ];
  },
});
