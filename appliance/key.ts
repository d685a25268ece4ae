/**
 * The names of the two cached artefacts: a digest over everything that goes into them.
 * scripts/build.ts writes them to dist/appliance/key.json, from which the engine knows where the appliance is.
 * Does not build anything. Debian package versions are not part of the key (they are in manifest.json): the key must be
 * known without a network, and `gild appliance build --force` takes newer packages.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { INITRD_MODULES, ROOT_MODULES } from "./modules.ts";
import { NODE_VERSION } from "./node-binary.ts";
import { KEPT, KERNEL_PACKAGE, PACKAGES, REMOVED, SUITE } from "./packages.ts";
import { findIngredients, type IngredientChoices, type Ingredients } from "./paths.ts";

/** Raised when the build changes what it makes from the same ingredients. */
const BUILD_FORMAT = 1;
const KEY_CHARACTERS = 32;

/** The keys of one build. */
export interface ApplianceKeys {
  /** Names the finished appliance: <cache>/appliance/<key>. Lower-case hexadecimal, 32 characters. */
  readonly key: string;
  /** Names the unpacked Debian packages it starts from: <cache>/appliance-base/<baseKey>. */
  readonly baseKey: string;
}

/** Everything the keys depend on, as text; order and names are part of the digest. */
export interface KeyInputs {
  readonly base: Readonly<Record<string, string>>;
  readonly own: Readonly<Record<string, string>>;
}

/** Digests the inputs. Pure. */
export function keysOf(inputs: KeyInputs): ApplianceKeys {
  const baseKey = digest(inputs.base);
  return { key: digest({ ...inputs.own, base: baseKey }), baseKey };
}

/** Reads the inputs: the lists in this folder, the sources, and the daemon bundle's files. */
export function readKeyInputs(ingredients: Ingredients): KeyInputs {
  return {
    base: {
      format: String(BUILD_FORMAT),
      suite: SUITE,
      kernel: KERNEL_PACKAGE,
      packages: PACKAGES.join("\n"),
      removed: REMOVED.join("\n"),
      kept: KEPT.join("\n"),
      modules: ROOT_MODULES.join("\n"),
      initrdModules: INITRD_MODULES.join("\n"),
    },
    own: {
      format: String(BUILD_FORMAT),
      init: digestDirectory(ingredients.initDirectory),
      lease: hash(readFileSync(ingredients.leaseScript)),
      enterRoot: hash(readFileSync(ingredients.enterRootSource)),
      guestInit: hash(readFileSync(ingredients.guestInitSource)),
      tree: digestDirectory(ingredients.treeDirectory),
      node: NODE_VERSION,
      daemon: digestDirectory(ingredients.daemonDirectory),
    },
  };
}

/** The keys of the appliance that would be built now. @throws Error when an ingredient is missing */
export function currentKeys(choices: IngredientChoices = {}): ApplianceKeys {
  return keysOf(readKeyInputs(findIngredients(choices)));
}

function digestDirectory(directory: string): string {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => statSync(join(directory, name)).isFile());
  return digest(Object.fromEntries(files.map((name) => [name, hash(readFileSync(join(directory, name)))])));
}

function digest(values: Readonly<Record<string, string>>): string {
  return hash(JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)))).slice(0, KEY_CHARACTERS);
}

function hash(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
