/** Where this gild is installed, and what it is: from the package.json above the bundle. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface PackageInfo {
  /** Folder of package.json. */
  readonly folder: string;
  readonly version: string;
}

/** @throws Error when no package.json is above this file: the installation is broken */
export function packageInfo(): PackageInfo {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (!existsSync(file)) continue;
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof content === "object" && content !== null && "version" in content) {
      return { folder, version: String(content.version) };
    }
  }
  throw new Error(`${start}: no package.json above: this gild is not installed completely`);
}
