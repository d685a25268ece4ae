/**
 * What a recipe becomes: steps that can be lowered, and planned actions. Types only; recipes/ makes steps, engine/ runs
 * them.
 */
import type { ActionName, Guestfs } from "./actions/index.ts";
import type { Secret } from "./secret.ts";
import type { StepTraits } from "./step.ts";

/** A place in a recipe. Lines and columns count from 1. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * One guestfs call to make. `args` are the client's arguments (bigint for 64 bit, host path or bytes for FileIn).
 */
export interface PlannedAction {
  readonly action: ActionName;
  readonly args: Readonly<Record<string, unknown>>;
  /** Names of the arguments that must never be shown. */
  readonly secretArgs?: readonly string[];
  /** Made while the step looked at the guest, and its effect is still there: listed like the others, not made again. */
  readonly done?: true;
}

/** What is known of the guest that a step meets. Empty strings where a fact is unknown. */
export interface GuestFacts {
  /** `/dev/...` of the root filesystem; absent where the recipe lays out a blank disk and nothing is installed yet. */
  readonly root?: string;
  /** `linux`, ... */
  readonly os: string;
  /** `debian`, `fedora`, ... (ID of os-release). */
  readonly distro: string;
  readonly version: string;
  readonly arch: string;
  /** `apt`, `dnf`, ... */
  readonly packageManager: string;
}

/** What a step may use while it looks at the guest. */
export interface StepContext {
  /** READY handle with the guest mounted. A step only reads through it; its changes are the planned actions. */
  readonly g: Guestfs;
  /** Facts now (read anew for each step: an earlier step may have installed the guest). */
  readonly guest: GuestFacts;
  /** Folder that relative host paths are resolved against. */
  readonly recipeFolder: string;
  /** Devices by their tag, where the recipe has `disks:`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** A disk that is not blank and has another layout may be laid out anew (`--wipe`). */
  readonly wipe?: boolean;
  /** Told when a step does nothing and says why, or warns. */
  readonly notice?: (notice: StepNotice) => void;
}

/** `skipped`: `when:` is false, or `on-unsupported: skip`. `warning`: `on-unsupported: warn`; nothing was done either. */
export interface StepNotice {
  readonly kind: "skipped" | "warning";
  /** Lower case, no final stop. */
  readonly reason: string;
}

/** A validated step of a recipe. */
export interface RecipeStep {
  /** Position in the recipe, from 1, includes flattened. */
  readonly number: number;
  /** Step or action name as in the recipe. */
  readonly name: string;
  /** One line for progress and plan, without secrets. */
  readonly summary: string;
  readonly source: SourceRange;
  /** What the step does to the guest; absent for steps that are one action. */
  readonly traits?: StepTraits;
  /** Looks at the guest and gives the actions that are missing; empty when the step is already true. */
  readonly lower: (context: StepContext) => Promise<readonly PlannedAction[]>;
  /** The actions when nothing is known of the guest (`--offline`). */
  readonly lowerOffline: () => readonly PlannedAction[];
}

/** `disks:` of a recipe, as the engine runs it. */
export interface RecipeLayout {
  /** Wanted size of each disk in bytes, in order; undefined: as large as the disk is. */
  readonly diskSizes: readonly (bigint | undefined)[];
  /**
   * Runs before the steps, as number 0. Lowers to partitions, LVM, filesystems and their mounts; to the mounts alone when the
   * disk has this layout already. Rejects when it has another one.
   */
  readonly make: RecipeStep;
}

/** What the engine takes of a validated recipe. */
export interface RunRecipe {
  /** The recipe's file, for messages. */
  readonly file: string;
  /** Folder that relative host paths are resolved against. */
  readonly folder: string;
  readonly steps: readonly RecipeStep[];
  readonly layout?: RecipeLayout;
  /** Every secret value of the recipe: replaced wherever it would be shown. */
  readonly secrets?: readonly Secret[];
}
