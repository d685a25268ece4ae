/** How systemd units stand in a guest: unit files, and the links in /etc/systemd/system. Only reads. */
import { basename } from "node:path/posix";

import { readGuestText } from "../../guest-file.ts";
import { linkTarget, lstatGuest } from "../../guest-stat.ts";
import { textFromBytes, type Guestfs } from "../../../schemas/index.ts";
import { installLinks, parseInstall, unitFileName, unitName } from "./unit.ts";

export const UNIT_LINKS = "/etc/systemd/system";
const UNIT_FOLDERS = ["/usr/local/lib/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system"];
export const NOWHERE = "/dev/null";

export interface ServiceObserved {
  readonly unit: string;
  readonly masked: boolean;
  /** A unit file of its own stands in /etc/systemd/system, where the mask would be. */
  readonly localFile: boolean;
  /** Links that enable the unit and those named by `Also=`: path and what they must say. */
  readonly wanted: readonly { readonly path: string; readonly target: string }[];
  /** Those of them that are there and lead to the unit. */
  readonly present: readonly string[];
  /** Every link in /etc/systemd/system that enables the unit now, for disabling. */
  readonly enabling: readonly string[];
  /** Why the unit cannot be enabled; undefined when it can. */
  readonly cannotEnable: string | undefined;
}

/** Looks at one unit. */
export async function observeService(g: Guestfs, name: string): Promise<ServiceObserved> {
  const unit = await realName(g, unitName(name));
  const own = `${UNIT_LINKS}/${unit}`;
  const masked = (await linkTarget(g, own)) === NOWHERE;
  const wanted = await wantedLinks(g, unit, new Set());
  const present: string[] = [];
  for (const { path } of wanted) {
    const target = await linkTarget(g, path);
    if (target !== undefined && basename(target) === unitFileName(basename(targetOf(wanted, path)))) present.push(path);
  }
  return {
    unit,
    masked,
    localFile: (await lstatGuest(g, own))?.type === "file",
    wanted,
    present,
    enabling: await enablingLinks(
      g,
      unit,
      wanted.map(({ path }) => path),
    ),
    cannotEnable: await reasonNotToEnable(g, unit, wanted.length),
  };
}

/** The unit that a name stands for: a unit file that is a link to another one is an alias. */
async function realName(g: Guestfs, unit: string): Promise<string> {
  const file = await findUnitFile(g, unit);
  const target = file === undefined ? undefined : await linkTarget(g, file);
  if (target === undefined || target === NOWHERE) return unit;
  return basename(target) === unitFileName(unit) ? unit : basename(target);
}

async function findUnitFile(g: Guestfs, unit: string): Promise<string | undefined> {
  for (const folder of [UNIT_LINKS, ...UNIT_FOLDERS]) {
    const path = `${folder}/${unitFileName(unit)}`;
    const found = await lstatGuest(g, path);
    if (found === undefined) continue;
    if (found.type !== "symlink" || (await linkTarget(g, path)) !== NOWHERE) return path;
  }
  return undefined;
}

async function wantedLinks(g: Guestfs, unit: string, seen: Set<string>): Promise<ServiceObserved["wanted"]> {
  if (seen.has(unit)) return [];
  seen.add(unit);
  const file = await findUnitFile(g, unit);
  const text = file === undefined ? undefined : await readGuestText(g, file);
  if (file === undefined || text === undefined) return [];
  const install = parseInstall(text);
  const links = installLinks(unit, install).map((link) => ({ path: `${UNIT_LINKS}/${link}`, target: file }));
  for (const other of install.also) links.push(...(await wantedLinks(g, other, seen)));
  return links;
}

/** Links of the unit in any .wants, .requires or .upholds folder, and those of its aliases that exist. */
async function enablingLinks(g: Guestfs, unit: string, own: readonly string[]): Promise<readonly string[]> {
  if ((await lstatGuest(g, UNIT_LINKS))?.type !== "directory") return [];
  const pieces: Uint8Array[] = [];
  await g.find0({
    directory: UNIT_LINKS,
    files: (bytes) => {
      pieces.push(bytes.slice());
    },
  });
  const names = textFromBytes(Buffer.concat(pieces)).split("\0");
  const isLink = (name: string): boolean => /\.(wants|requires|upholds)\//.test(name) && basename(name) === unit;
  const paths = names.filter(isLink).map((name) => `${UNIT_LINKS}/${name}`);
  const found = new Set<string>();
  for (const path of [...paths, ...own]) if ((await linkTarget(g, path)) !== undefined) found.add(path);
  return [...found].toSorted();
}

async function reasonNotToEnable(g: Guestfs, unit: string, links: number): Promise<string | undefined> {
  if (links > 0) return undefined;
  if ((await findUnitFile(g, unit)) !== undefined)
    return "its unit file has no [Install] section, nothing can enable it";
  const script = `/etc/init.d/${unit.replace(/\.service$/, "")}`;
  return (await lstatGuest(g, script)) === undefined
    ? "no such unit in the guest"
    : `only ${script} is there; gild enables systemd units`;
}

function targetOf(wanted: ServiceObserved["wanted"], path: string): string {
  return wanted.find((link) => link.path === path)?.target ?? "";
}
