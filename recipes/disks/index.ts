/**
 * `disks:` as the engine runs it: the layout before all steps, fstab once the guest has a system, and the tags for the
 * steps between.
 */
import type {
  PlannedAction,
  RecipeLayout,
  RecipeStep,
  SourceRange,
  StepContext,
  StepTraits,
} from "../../schemas/index.ts";
import { rewriteText } from "../guest-content.ts";
import { readGuestText } from "../guest-file.ts";
import { compareLayout } from "./compare.ts";
import { DiskError, type At } from "./disk-error.ts";
import { fstabText, type FstabMount } from "./fstab.ts";
import { contentsOf, deviceTags, diskName, layOut, type Layout } from "./layout.ts";
import { clearActions, makeActions, mountActions } from "./lower.ts";
import { observeDisks, observeSizes } from "./observe.ts";
import type { Disks } from "./schema.ts";
import { parseBytes } from "./size.ts";

export { checkDisks } from "./check.ts";
export { DiskError } from "./disk-error.ts";
export { deviceTags } from "./layout.ts";
export { disksSchema, type Disks } from "./schema.ts";

/** Place in the recipe of a part of `disks:`. */
export type SourceOf = (at: At) => SourceRange;

/** The layout with what else the recipe gets of it. */
export interface DisksPlan extends RecipeLayout {
  /** Writes /etc/fstab; nothing where there is no /etc or the layout mounts no root. */
  readonly fstab: RecipeStep;
  /** Device of each tag. */
  readonly tags: Readonly<Record<string, string>>;
}

const FSTAB = "/etc/fstab";
/** Offline, a disk of unknown size is taken to be this large. Bytes. */
const OFFLINE_SIZE = 64 * 1024 ** 3;
const LAYOUT_TRAITS: StepTraits = {
  reads: true,
  writes: true,
  runsGuestPrograms: false,
  network: false,
  idempotent: true,
};
/** Steps and actions that fill the guest with files of their own, fstab perhaps among them. */
const FILLING: ReadonlySet<string> = new Set(["tar-in", "copy-in", "tar_in", "tgz_in", "txz_in"]);

/** @param source place of `disks:`; `sourceOf` finds places in it */
export function makeLayout(disks: Disks, source: SourceRange, sourceOf: SourceOf = () => source): DisksPlan {
  const parts = disks.map(({ partitions }) => partitions.length).reduce((sum, count) => sum + count, 0);
  return {
    diskSizes: disks.map(({ size }) => (size === undefined ? undefined : BigInt(parseBytes(size)))),
    tags: deviceTags(disks),
    make: {
      number: 0,
      name: "disks",
      summary: `lay out ${counted(disks.length, "disk")}, ${counted(parts, "partition")}`,
      source,
      traits: LAYOUT_TRAITS,
      lower: (context) => located(sourceOf, () => lowerLayout(disks, context)),
      lowerOffline: () => {
        const layout = layOutOffline(disks);
        return [...makeActions(layout), ...mountActions(layout, new Map())];
      },
    },
    fstab: {
      number: 0,
      name: "fstab",
      summary: `${FSTAB} of the layout`,
      source,
      traits: LAYOUT_TRAITS,
      lower: (context) => located(sourceOf, () => lowerFstab(disks, context)),
      lowerOffline: () => {
        const mounts = contentsOf(layOutOffline(disks)).map(({ spec }) => ({ uuid: "...", spec }));
        return rewriteText(FSTAB, undefined, fstabText(undefined, mounts.filter(inFstab)));
      },
    },
  };
}

/**
 * The steps with the fstab step among them, after the last one that fills the guest (tar-in, copy-in) or, where none does,
 * at the end (a step may make /etc), and with the tags in every step's context.
 */
export function placeInSteps(steps: readonly RecipeStep[], plan: DisksPlan): readonly RecipeStep[] {
  const filled = steps.findLastIndex(({ name }) => FILLING.has(name)) + 1;
  const place = filled === 0 ? steps.length : filled;
  const { tags } = plan;
  const tagged = steps.map((step): RecipeStep => ({ ...step, lower: (context) => step.lower({ ...context, tags }) }));
  return tagged.toSpliced(place, 0, plan.fstab);
}

async function lowerLayout(disks: Disks, { g, wipe }: StepContext): Promise<readonly PlannedAction[]> {
  const sizes = await observeSizes(g, disks.length);
  const layout = layOut(disks, sizes);
  const state = await observeDisks(g, sizes);
  const compared = compareLayout(layout, state);
  switch (compared.kind) {
    case "same":
      return mountActions(layout, state.mounted);
    case "blank":
      return [...makeActions(layout), ...mountActions(layout, new Map())];
    case "different": {
      if (wipe === true)
        return [...clearActions(layout, state), ...makeActions(layout), ...mountActions(layout, new Map())];
      const texts = compared.differences.map(({ text }) => text).join("; ");
      throw new DiskError(
        compared.differences[0]?.at ?? [],
        `the disk is not blank and has another layout: ${texts} (--wipe lays it out anew, and all on it is lost)`,
      );
    }
  }
}

async function lowerFstab(disks: Disks, { g }: StepContext): Promise<readonly PlannedAction[]> {
  const layout = layOut(disks, await observeSizes(g, disks.length));
  const contents = contentsOf(layout).filter(inFstab);
  if (!contents.some(({ spec }) => spec.mount === "/")) return [];
  if (!(await g.is_dir({ path: "/etc", followsymlinks: true }))) return [];
  const mounts: FstabMount[] = [];
  for (const { at, device, spec } of contents) {
    const uuid = await g.vfs_uuid({ mountable: device });
    if (uuid === "") throw new DiskError(at, `${device}: has no UUID`);
    mounts.push({ uuid, spec });
  }
  const before = await readGuestText(g, FSTAB);
  return rewriteText(FSTAB, before, fstabText(before, mounts));
}

function layOutOffline(disks: Disks): Layout {
  const sizes = disks.map(({ size }, i) => ({
    device: diskName(i),
    size: size === undefined ? OFFLINE_SIZE : parseBytes(size),
  }));
  return layOut(disks, sizes);
}

function inFstab({ spec }: Pick<FstabMount, "spec">): boolean {
  return spec.mount !== undefined || spec.swap === true;
}

/** Gives a DiskError the place in the recipe that it is about. */
async function located<T>(sourceOf: SourceOf, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new DiskError(error.at, error.message.replace(/^disks: /, ""), sourceOf(error.at));
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
