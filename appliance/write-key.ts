/**
 * Program: writes the keys of the appliance to a file, for those who look for it without building it.
 *
 *     npx tsx appliance/write-key.ts dist/appliance/key.json
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { currentKeys } from "./key.ts";

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error("usage: write-key.ts FILE");
  process.exitCode = 2;
} else {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(currentKeys())}\n`);
}
