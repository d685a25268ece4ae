/**
 * Turns a base and the ingredients into the three files of an appliance: kernel, initrd, root.
 * Takes seconds, so that a new daemon is tried quickly. Needs no root: owners become 0 in a user namespace or by fakeroot.
 */
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { cpioArchive, type CpioEntry } from "./cpio.ts";
import { baseParts } from "./base.ts";
import type { Ingredients } from "./paths.ts";
import { run, RunError } from "./run.ts";

const INSTALL_DIRECTORY = "usr/lib/gild";
const BLOCK_BYTES = 4096;
/** Free space of the root. It is mounted read-only, so this only covers file system structures that the estimate misses. */
const SLACK_BYTES = 12 * 1024 * 1024;
const SPARE_INODES = 64;
const C_WARNINGS = ["-Wall", "-Wextra", "-Werror"];

/** How the daemon is started, as the init reads it: one argument a line. */
const DAEMON_ARGV = [`/${INSTALL_DIRECTORY}/node`, `/${INSTALL_DIRECTORY}/guestfsd/guestfsd.cjs`];

/** What comes with gild, and the Node that runs the daemon. */
export interface RootIngredients extends Ingredients {
  readonly node: string;
}

/** Writes kernel, initrd and root into a directory. */
export async function makeRoot(
  directory: string,
  base: string,
  ingredients: RootIngredients,
  say: (text: string) => void,
): Promise<void> {
  const parts = baseParts(base);
  const work = await mkdtemp(join(directory, "work-"));
  try {
    say("compiling what is written in C");
    const init = join(work, "init");
    await compileProgram(init, await sourcesIn(ingredients.initDirectory));
    await copyFile(parts.kernel, join(directory, "kernel"));
    await writeFile(join(directory, "initrd"), await initrd(init, parts.modules));
    const tree = join(work, "tree");
    // Hard links: the base stays as it is, because everything added here is a new file.
    await run(["cp", "--archive", "--link", parts.tree, tree]);
    await addOwnFiles(tree, ingredients);
    say("making the root file system");
    await makeFileSystem(tree, join(directory, "root"));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Static, so that it starts quickly and runs where no library is. */
async function compileProgram(target: string, sources: readonly string[]): Promise<void> {
  await run(["gcc", "-static", "-Os", "-s", ...C_WARNINGS, "-o", target, ...sources]);
}

/** Its own functions before those of the program that loads it, whatever their names. */
async function compileLibrary(target: string, sources: readonly string[]): Promise<void> {
  await run(["gcc", "-shared", "-fPIC", "-O2", "-s", "-Wl,-Bsymbolic", ...C_WARNINGS, "-o", target, ...sources]);
}

async function sourcesIn(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".c")).sort();
  return names.map((name) => join(directory, name));
}

async function initrd(init: string, modules: string): Promise<Buffer> {
  const entries: CpioEntry[] = [
    { kind: "directory", path: "dev" },
    { kind: "character", path: "dev/console", major: 5, minor: 1 },
    { kind: "file", path: "init", mode: 0o755, data: await readFile(init) },
    { kind: "directory", path: "modules" },
  ];
  for (const name of (await readdir(modules)).sort()) {
    entries.push({ kind: "file", path: `modules/${name}`, mode: 0o644, data: await readFile(join(modules, name)) });
  }
  return cpioArchive(entries);
}

async function addOwnFiles(tree: string, ingredients: RootIngredients): Promise<void> {
  const own = join(tree, INSTALL_DIRECTORY);
  await mkdir(own, { recursive: true });
  await run(["strip", "-o", join(own, "node"), ingredients.node]);
  await chmod(join(own, "node"), 0o755);
  await cp(ingredients.daemonDirectory, join(own, "guestfsd"), { recursive: true });
  await compileLibrary(join(own, "enter-root.so"), [ingredients.enterRootSource]);
  await compileProgram(join(own, "guest-init"), [ingredients.guestInitSource]);
  await compileLibrary(join(own, "tree.so"), await sourcesIn(ingredients.treeDirectory));
  await copyFile(ingredients.leaseScript, join(own, "udhcpc"));
  await chmod(join(own, "udhcpc"), 0o755);
  await writeFile(join(own, "daemon"), `${DAEMON_ARGV.join("\n")}\n`);
  // Every VM has its own, in memory.
  await rm(join(tree, "etc/machine-id"), { force: true });
  await symlink("../run/machine-id", join(tree, "etc/machine-id"));
}

async function makeFileSystem(tree: string, image: string): Promise<void> {
  const { blocks, inodes } = await measure(tree);
  const bytes = blocks * BLOCK_BYTES + inodes * 512 + SLACK_BYTES;
  // Written once and mounted read-only: no journal, nothing for growing, no checksums to verify under emulation.
  const features = "^has_journal,^resize_inode,^metadata_csum,^64bit,^orphan_file";
  const options = `-q -F -t ext4 -L gild-appliance -m 0 -b ${BLOCK_BYTES} -N ${inodes + SPARE_INODES} -I 256 -O ${features}`;
  const argv = [...options.split(" "), "-E", "lazy_itable_init=1,root_owner=0:0", "-d", tree, image];
  await asRoot(["/sbin/mke2fs", ...argv, `${Math.ceil(bytes / 1024)}k`]);
}

/** Runs a program that shall see every file as owned by 0:0. */
async function asRoot(argv: readonly [string, ...string[]]): Promise<void> {
  if (process.getuid?.() === 0) return void (await run(argv));
  try {
    await run(["unshare", "--user", "--map-root-user", "true"]);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return void (await run(["fakeroot", ...argv])); // user namespaces are forbidden here
  }
  await run(["unshare", "--user", "--map-root-user", ...argv]);
}

async function measure(tree: string): Promise<{ readonly blocks: number; readonly inodes: number }> {
  const sizes = (await run(["find", tree, "-printf", "%y %s %i\\n"])).toString().trimEnd().split("\n");
  const seen = new Set<string>();
  let blocks = 0;
  for (const line of sizes) {
    const [type, size = "0", inode = ""] = line.split(" ");
    if (seen.has(inode)) continue;
    seen.add(inode);
    blocks += type === "l" ? 0 : Math.max(1, Math.ceil(Number(size) / BLOCK_BYTES));
  }
  return { blocks, inodes: sizes.length };
}
