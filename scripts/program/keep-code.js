// `keep-code.js NAME.cjs ARGUMENTS...`: runs the program and writes the code that V8 compiled for this run to NAME.code.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";

const [, , filename] = process.argv;
process.argv.splice(1, 1);
const script = new Script(readFileSync(filename, "utf8"), { filename });
process.once("exit", () => {
  writeFileSync(filename.replace(/cjs$/, "code"), script.createCachedData());
});
script.runInThisContext()(createRequire(filename), pathToFileURL(filename).href);
