/** Daemon side of schemas/actions/clevis-luks.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { checkMapName } from "../map-name.ts";

export const clevisLuks = {
  clevis_luks_unlock({ device, mapname }, { command }) {
    checkMapName(mapname);
    command.check(["clevis-luks-unlock", "-d", device, "-n", mapname]);
  },
} satisfies HandlersOf<(typeof families)["clevis-luks"], Context>;
