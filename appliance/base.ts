/**
 * The unpacked Debian packages an appliance starts from: tree/ (what becomes the root), kernel, modules/ (for the initrd, in
 * loading order) and packages.json. Made once per package list; a changed daemon does not touch it.
 * Runs no maintainer script and needs neither root nor namespaces: packages are only unpacked.
 */
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { aptSources, aptTransportOptions, hostRelease } from "./apt-sources.ts";
import { extractKernel } from "./kernel.ts";
import { INITRD_MODULES, keptModules, loadOrder, moduleName, parseModulesDep, ROOT_MODULES } from "./modules.ts";
import { archiveCacheHooks, optionFlags, quoted } from "./mmdebstrap.ts";
import { KEPT, PACKAGES, REMOVED, SUITE } from "./packages.ts";
import { run } from "./run.ts";

const SIGNATURE_MARK = "~Module signature appended~\n";
const SIGNATURE_HEADER_BYTES = 12;

/** Where the parts of a base lie. */
export interface BaseParts {
  readonly tree: string;
  readonly kernel: string;
  /** Directory of NN-name.ko, to be loaded in that order. */
  readonly modules: string;
  /** JSON: { kernelVersion, packages: { name: version } }. */
  readonly packages: string;
}

/** Names the parts of a base directory. */
export function baseParts(directory: string): BaseParts {
  return {
    tree: join(directory, "tree"),
    kernel: join(directory, "kernel"),
    modules: join(directory, "modules"),
    packages: join(directory, "packages.json"),
  };
}

/**
 * Fills a directory with a base.
 * @param debs directory where downloaded packages are kept for the next time
 */
export async function makeBase(directory: string, debs: string, say: (text: string) => void): Promise<void> {
  const parts = baseParts(directory);
  say("unpacking Debian packages");
  const packages = await unpackPackages(parts.tree, directory, debs);
  const kernelVersion = await onlyKernel(parts.tree);
  say(`taking the kernel ${kernelVersion} and its modules`);
  await writeFile(
    parts.kernel,
    await extractKernel(await readFile(join(parts.tree, "boot", `vmlinuz-${kernelVersion}`))),
  );
  await sortModules(parts, kernelVersion);
  const kept = new Set(KEPT.map((path) => join(parts.tree, path)));
  for (const pattern of REMOVED) {
    for (const path of matches(parts.tree, pattern.split("/"))) {
      if (!kept.has(path)) await rm(path, { recursive: true, force: true });
    }
  }
  await removeUselessScripts(parts.tree);
  await fillTree(parts.tree);
  await writeFile(parts.packages, `${JSON.stringify({ kernelVersion, packages }, null, 2)}\n`);
}

/** Removes the scripts of an interpreter that the appliance lacks (Perl, Python, bash). */
async function removeUselessScripts(tree: string): Promise<void> {
  for (const directory of ["bin", "sbin", "usr/bin", "usr/sbin"]) {
    for (const entry of await readdir(join(tree, directory), { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(tree, directory, entry.name);
      const interpreter = /^#! *\/(\S+)/.exec((await readFile(path)).toString("latin1", 0, 128))?.[1];
      if (interpreter !== undefined && !existsSync(join(tree, interpreter))) await rm(path);
    }
  }
}

/** Gives the version of each package. */
async function unpackPackages(
  tree: string,
  directory: string,
  debs: string,
): Promise<Readonly<Record<string, string>>> {
  const lines = aptSources(SUITE, "/etc/apt", hostRelease());
  const sources = join(directory, "sources.list");
  const list = join(directory, "packages.txt");
  await mkdir(debs, { recursive: true });
  await writeFile(sources, `${lines.join("\n")}\n`);
  const options = ['Acquire::Languages "none"', ...(await aptTransportOptions())];
  // What apt would install is what was unpacked: there is no record of it in the tree.
  const simulate = `APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get --simulate install ${PACKAGES.join(" ")}`;
  await run([
    "mmdebstrap",
    "--mode=chrootless",
    "--variant=extract",
    "--format=directory",
    "--architectures=amd64",
    `--include=${PACKAGES.join(",")}`,
    ...optionFlags("aptopt", options),
    `--extract-hook=${simulate} | sed -n 's/^Inst \\([^ ]*\\) (\\([^ ]*\\) .*/\\1 \\2/p' > ${quoted(list)}`,
    ...archiveCacheHooks(debs, "extract"),
    SUITE,
    tree,
    ...(lines.length > 0 ? [sources] : []),
  ]);
  const packages = (await readFile(list, "utf8")).trimEnd().split("\n").sort().map(nameAndVersion);
  await rm(sources);
  await rm(list);
  await removeOtherArchives(debs, packages);
  return Object.fromEntries(packages);
}

function nameAndVersion(line: string): readonly [string, string] {
  const [name = "", version = ""] = line.split(" ");
  return [name, version];
}

/** Else every update of the kernel would stay in the cache. apt names archives PACKAGE_VERSION_ARCH.deb, a colon as %3a. */
async function removeOtherArchives(debs: string, packages: readonly (readonly [string, string])[]): Promise<void> {
  const wanted = new Set(packages.map(([name, version]) => `${name}_${version.replaceAll(":", "%3a")}`));
  for (const file of await readdir(debs)) {
    if (!wanted.has(file.slice(0, file.lastIndexOf("_")))) await rm(join(debs, file));
  }
}

async function onlyKernel(tree: string): Promise<string> {
  const versions = await readdir(join(tree, "lib/modules"));
  const [version] = versions;
  if (version === undefined || versions.length > 1) {
    throw new Error(`make_base: lib/modules: ${versions.length} kernels where one was expected`);
  }
  return version;
}

async function sortModules(parts: BaseParts, kernelVersion: string): Promise<void> {
  const all = join(parts.tree, "lib/modules", kernelVersion);
  await run(["/sbin/depmod", "--basedir", parts.tree, kernelVersion]);
  const dependencies = parseModulesDep(await readFile(join(all, "modules.dep"), "utf8"));
  const builtin = (await readFile(join(all, "modules.builtin"), "utf8")).split("\n").map(moduleName);
  const loaded = loadOrder(INITRD_MODULES, dependencies, new Set(builtin));
  await mkdir(parts.modules);
  for (const [index, path] of loaded.entries()) {
    const number = String(index).padStart(2, "0");
    const module = await readFile(join(all, path));
    await writeFile(join(parts.modules, `${number}-${moduleName(path)}.ko`), withoutSignature(module));
  }
  const kept = join(parts.tree, "lib/modules/kept");
  for (const path of keptModules(ROOT_MODULES, loaded, dependencies)) {
    await mkdir(join(kept, path, ".."), { recursive: true });
    await writeFile(join(kept, path), withoutSignature(await readFile(join(all, path))));
  }
  for (const name of ["modules.builtin", "modules.builtin.modinfo", "modules.order"]) {
    await rename(join(all, name), join(kept, name));
  }
  await rm(all, { recursive: true });
  await rename(kept, all);
  await run(["/sbin/depmod", "--basedir", parts.tree, kernelVersion]);
}

/**
 * Removes a module's signature, since checking it takes a quarter of the loading time under emulation, and Debian's kernel does
 * not insist on one. At the end of the file: signature, 8 bytes, its length as u32 (big-endian), SIGNATURE_MARK.
 */
export function withoutSignature(module: Buffer): Buffer {
  const mark = Buffer.from(SIGNATURE_MARK);
  const end = module.length - mark.length - SIGNATURE_HEADER_BYTES;
  if (end < 0 || !module.subarray(-mark.length).equals(mark)) return module;
  return module.subarray(0, end - module.readUInt32BE(end + SIGNATURE_HEADER_BYTES - 4));
}

const LVM_CONFIGURATION = `# No udev, no daemons, no devices file: what is attached is what is scanned.
activation {
  udev_sync = 0
  udev_rules = 0
  monitoring = 0
  verify_udev_operations = 0
}
backup {
  backup = 0
  archive = 0
}
devices {
  use_devicesfile = 0
  obtain_device_list_from_udev = 0
  external_device_info_source = "none"
  scan_lvs = 0
  multipath_component_detection = 0
  md_component_detection = 1
}
global {
  event_activation = 0
  use_lvmpolld = 0
  use_lvmlockd = 0
  system_id_source = "none"
}
`;

/** What maintainer scripts would have made, as far as it is needed, and the directories that the init mounts on. */
async function fillTree(tree: string): Promise<void> {
  for (const directory of [
    "dev",
    "proc",
    "sys",
    "run",
    "tmp",
    "sysroot",
    "root",
    "mnt",
    "var/tmp",
    "var/lib/btrfs",
    "var/log",
    "var/cache",
    "usr/lib/gild",
    "etc/lvm",
  ]) {
    await mkdir(join(tree, directory), { recursive: true });
  }
  for (const [link, target] of [
    ["etc/mtab", "/proc/mounts"],
    ["var/run", "/run"],
    ["var/lock", "/run/lock"],
    ["usr/bin/awk", "mawk"],
  ] as const) {
    await rm(join(tree, link), { recursive: true, force: true });
    await symlink(target, join(tree, link));
  }
  const files: Readonly<Record<string, string>> = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
    "etc/group": "root:x:0:\ntty:x:5:\ndisk:x:6:\nnogroup:x:65534:\n",
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/hostname": "gild\n",
    "etc/resolv.conf": "",
    "etc/fstab": "",
    "etc/mke2fs.conf": await readFile(join(tree, "etc/mke2fs.conf"), "utf8"),
    "etc/lvm/lvm.conf": LVM_CONFIGURATION,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(tree, name), text);
}

/** Existing paths below a directory that match a pattern, given as its segments. (Node 20 has no glob.) */
function matches(directory: string, [segment, ...rest]: readonly string[]): readonly string[] {
  if (segment === undefined) return [directory];
  if (!segment.includes("*")) {
    const path = join(directory, segment);
    return existsSync(path) ? matches(path, rest) : [];
  }
  const pattern = new RegExp(`^${segment.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return names.filter((name) => pattern.test(name)).flatMap((name) => matches(join(directory, name), rest));
}
