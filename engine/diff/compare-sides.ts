/** Two sides of a guest to the list of files that differ: what is read of each, in which order, and what follows from it. */
import { textFromBytes, type BlockChange, type FileChange } from "../../schemas/index.ts";
import { addAugeasTrees } from "./augeas.ts";
import { compareFiles, type Details } from "./compare.ts";
import type { Files, GuestFile } from "./entry.ts";
import { findHardLinks, relinked, withMissingNames } from "./hard-links.ts";
import { FSTAB, mountChanges } from "./mount-changes.ts";
import { comparePackageDatabases, type PackagesResult } from "./package-databases.ts";
import { pairFiles } from "./pairs.ts";
import { planReading, type Reading } from "./reading.ts";
import type { Redactor } from "./redact.ts";
import type { Part, Scope, Side } from "./side.ts";
import { TEXT_MAX } from "./text.ts";
import { extended, type Touched } from "./touched.ts";
import { covers, type Volumes } from "./volumes.ts";

export interface SidesInput {
  readonly before: Side;
  readonly after: Side;
  readonly scope: Scope;
  readonly volumes: Volumes;
  /** What was watched; absent where everything is compared. */
  readonly touched?: Touched | undefined;
  readonly redactor: Redactor;
  /** Files that the recipe's actions named. */
  readonly named: ReadonlySet<string>;
  /** Files whose times the recipe set. */
  readonly timesSet: ReadonlySet<string>;
  /** Files that were edited through Augeas, and with which lens. */
  readonly lenses: ReadonlyMap<string, string>;
}

export interface SidesResult extends PackagesResult {
  /** By path; paths that the guest does not show among them (see volumes.ts). */
  readonly files: readonly FileChange[];
  /** What a changed /etc/fstab means. */
  readonly mounts: readonly BlockChange[];
}

export async function compareSides(input: SidesInput): Promise<SidesResult> {
  const { before, after, redactor, named, timesSet } = input;
  const { was, now, touched } = await readBoth(input);
  const links = { before: findHardLinks(was, now), after: findHardLinks(now, was) };
  const pairing = pairFiles(was, now, touched, relinked(links.before, links.after));
  const reading = planReading(pairing, now, touched, named);
  const [beforeDetails, afterDetails] = await Promise.all([
    detailsOf(before, reading.before, links.before),
    detailsOf(after, reading.after, links.after),
  ]);
  const sides = { before: was, after: now, beforeDetails, afterDetails };
  const compared = compareFiles({ pairing, ...sides, redactor, touched, timesSet });
  const files = await addAugeasTrees(compared, {
    parsers: { before: before.augeasTree ?? after.augeasTree, after: after.augeasTree ?? before.augeasTree },
    lenses: input.lenses,
    before: beforeDetails.contents,
    after: afterDetails.contents,
    redactor,
  });
  const packages = await comparePackageDatabases(before, after, files);
  const mounts = await readMounts(input, files);
  return { files, mounts, ...packages };
}

/** Whole on both sides: the file may have been moved to where it is, or be too long to be shown. */
async function readMounts(
  { before, after, redactor }: SidesInput,
  files: readonly FileChange[],
): Promise<BlockChange[]> {
  if (!files.some(({ path, from }) => path === FSTAB || from === FSTAB)) return [];
  const textOn = async (side: Side): Promise<string> => {
    const content = (await side.contents([FSTAB], TEXT_MAX)).get(FSTAB);
    return content === undefined ? "" : textFromBytes(content);
  };
  return mountChanges(await textOn(before), await textOn(after), redactor);
}

interface BothSides {
  readonly was: Files;
  readonly now: Files;
  /** Paths whose files may have changed although their metadata are the same. */
  readonly touched: ReadonlySet<string>;
}

/**
 * A file may have names that no event told of, and that have changed with it. So all names of what was read are found, on both
 * sides, until there are no new ones.
 */
async function readBoth(input: SidesInput): Promise<BothSides> {
  const { before, after, volumes, touched: watched } = input;
  const was = new Map<string, GuestFile>();
  const now = new Map<string, GuestFile>();
  const touched = new Set<string>();
  for (const [device, { paths }] of watched?.files ?? []) {
    for (const path of paths.keys()) touched.add(volumes.pathOf({ device, path }));
  }
  const nameless = [...(watched?.files ?? [])].flatMap(([volume, { inodes }]) =>
    inodes.map((ino) => ({ volume, ino })),
  );
  const known = new Map<string, Part>();
  let next = input.scope;
  while (next.size > 0) {
    const [old, fresh] = await Promise.all([before.read(next), after.read(next)]);
    for (const [path, file] of old) was.set(path, file);
    for (const [path, file] of fresh) now.set(path, file);
    for (const [device, part] of next) known.set(device, joined(known.get(device), part));
    const [oldNames, newNames] = await Promise.all([
      before.namesOf(withMissingNames(was)),
      after.namesOf([...withMissingNames(now), ...nameless.splice(0)]),
    ]);
    for (const place of newNames) touched.add(volumes.pathOf(place));
    const missing = [...oldNames, ...newNames].filter(({ device, path }) => !covers(known.get(device), path));
    next = extended(new Map(), missing);
  }
  return { was, now, touched };
}

function joined(a: Part | undefined, b: Part): Part {
  if (a === undefined) return b;
  return { paths: [...a.paths, ...b.paths], trees: [...a.trees, ...b.trees], digests: a.digests || b.digests };
}

async function detailsOf(side: Side, reading: Reading, hardLinks: Details["hardLinks"]): Promise<Details> {
  const contents = reading.contents.length === 0 ? new Map() : await side.contents(reading.contents, TEXT_MAX);
  const digests = reading.digests.length === 0 ? new Map() : await side.digests(reading.digests);
  return { contents, digests, hardLinks };
}
