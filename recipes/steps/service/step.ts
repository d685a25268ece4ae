/** Step `service`: whether a systemd unit starts at boot. Sets links as systemctl does; runs nothing, starts nothing. */
import { dirname } from "node:path/posix";

import { call, choice, closed, defineStep, matching, type PlannedAction } from "../../../schemas/index.ts";
import { FILE_EDIT, linuxOnly } from "../traits.ts";
import { NOWHERE, UNIT_LINKS, observeService, type ServiceObserved } from "./observe.ts";
import { unitName } from "./unit.ts";

export const service = defineStep({
  name: "service",
  summary: "enable, disable or mask a systemd unit",
  description:
    "Makes and removes the links in /etc/systemd/system that the [Install] section of the unit asks for, as `systemctl " +
    "enable`, `disable`, `mask` and `unmask` do, without running anything in the guest.",
  traits: FILE_EDIT,
  schema: closed(
    {
      name: matching("^[A-Za-z0-9:_.\\\\@-]+$", "Name of the unit; `.service` may be left out."),
      state: choice(["enabled", "disabled", "masked", "unmasked"], "What the unit is to be. Default: enabled."),
    },
    ["name"],
  ),
  short: "name",
  supports: linuxOnly,
  describe: ({ name, state }) => `${name} ${state ?? "enabled"}`,
  observe: async ({ g }, { name, state }) => {
    const observed = await observeService(g, name);
    const reason = refusal(observed, state ?? "enabled");
    if (reason !== undefined) throw new Error(`service: ${observed.unit}: ${reason}`);
    return observed;
  },
  lower: ({ name, state }, observed): readonly PlannedAction[] => {
    if (observed === undefined) return offline(unitName(name), state ?? "enabled");
    const mask = `${UNIT_LINKS}/${observed.unit}`;
    switch (state ?? "enabled") {
      case "enabled":
        return observed.wanted
          .filter(({ path }) => !observed.present.includes(path))
          .flatMap(({ path, target }) => linkActions(path, target));
      case "disabled":
        return observed.enabling.map((path) => call("rm_f", { path }));
      case "masked":
        return observed.masked ? [] : linkActions(mask, NOWHERE);
      case "unmasked":
        return observed.masked ? [call("rm_f", { path: mask })] : [];
    }
  },
});

function refusal(observed: ServiceObserved, state: "enabled" | "disabled" | "masked" | "unmasked"): string | undefined {
  if (state === "enabled") return observed.masked ? "is masked; unmask it first" : observed.cannotEnable;
  if (state === "masked" && observed.localFile) return `a unit file of its own is in ${UNIT_LINKS}; delete it first`;
  return undefined;
}

function linkActions(path: string, target: string): readonly PlannedAction[] {
  return [call("mkdir_p", { path: dirname(path) }), call("rm_f", { path }), call("ln_s", { target, linkname: path })];
}

/** The usual case: a service that multi-user.target wants. */
function offline(unit: string, state: "enabled" | "disabled" | "masked" | "unmasked"): readonly PlannedAction[] {
  const link = `${UNIT_LINKS}/multi-user.target.wants/${unit}`;
  switch (state) {
    case "enabled":
      return linkActions(link, `/lib/systemd/system/${unit}`);
    case "disabled":
      return [call("rm_f", { path: link })];
    case "masked":
      return linkActions(`${UNIT_LINKS}/${unit}`, NOWHERE);
    case "unmasked":
      return [call("rm_f", { path: `${UNIT_LINKS}/${unit}` })];
  }
}
