/**
 * Where the appliance's ingredients are read from and where the results go.
 * Only names paths; creates nothing.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Ingredients that come with the package (or the checkout). Absolute paths. */
export interface Ingredients {
  /** Directory with guestfsd.cjs and koffi's native file; copied into the root as it is. */
  readonly daemonDirectory: string;
  /** C: the library that makes the guest a program's root. */
  readonly enterRootSource: string;
  /** C: the program around a program of the guest. */
  readonly guestInitSource: string;
  /** Directory of C files: the library that reads trees. */
  readonly treeDirectory: string;
  /** Directory of C files: PID 1. */
  readonly initDirectory: string;
  readonly leaseScript: string;
}

/** What may be given instead of the usual ingredients. */
export interface IngredientChoices {
  readonly daemonDirectory?: string | undefined;
}

/**
 * Finds the ingredients beside this module, in the checkout (appliance/) or in the package (dist/appliance/).
 * @throws Error naming the first missing file and how to make it
 */
export function findIngredients(choices: IngredientChoices = {}): Ingredients {
  const here = dirname(fileURLToPath(import.meta.url));
  const packed = existsSync(join(here, "enter-root.c"));
  const found: Ingredients = {
    daemonDirectory: choices.daemonDirectory ?? join(here, packed ? "../guestfsd" : "../dist/guestfsd"),
    enterRootSource: join(here, packed ? "enter-root.c" : "../guestfsd/native/enter-root.c"),
    guestInitSource: join(here, packed ? "guest-init.c" : "../guestfsd/native/guest-init.c"),
    treeDirectory: join(here, packed ? "tree" : "../guestfsd/native/tree"),
    initDirectory: join(here, "init"),
    leaseScript: join(here, "udhcpc.sh"),
  };
  const { daemonDirectory: _, initDirectory, ...files } = found;
  const needed = [join(found.daemonDirectory, "guestfsd.cjs"), join(initDirectory, "init.c"), ...Object.values(files)];
  for (const file of needed) {
    if (!existsSync(file)) throw new Error(`find_ingredients: ${file}: no such file (in a checkout: npm run build)`);
  }
  return found;
}

/** The cache of gild, from the environment: GILD_CACHEDIR, else XDG_CACHE_HOME/gild, else HOME/.cache/gild. */
export function cacheDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment["GILD_CACHEDIR"];
  if (own !== undefined && own !== "") return own;
  const shared = environment["XDG_CACHE_HOME"];
  if (shared !== undefined && shared !== "") return join(shared, "gild");
  const home = environment["HOME"];
  if (home === undefined || home === "") throw new Error("cache_directory: HOME: not set (set HOME or GILD_CACHEDIR)");
  return join(home, ".cache", "gild");
}
