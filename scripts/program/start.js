#!/usr/bin/env node
// Starts the program beside this file, NAME.cjs, with the code that V8 made of it at build time, NAME.code: without that a
// third of a short command's time is V8's compiler. Another V8 refuses the code by itself, and compiles anew.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const self = fileURLToPath(import.meta.url);
const filename = self.replace(/js$/, "cjs");
const script = new Script(readFileSync(filename, "utf8"), {
  filename,
  cachedData: keptCode(self.replace(/js$/, "code")),
});
script.runInThisContext()(createRequire(self), import.meta.url);

function keptCode(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
