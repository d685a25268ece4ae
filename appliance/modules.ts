/**
 * Which kernel modules go where: a few, loaded by the initrd before the root is there, and the rest in the root for modprobe.
 * Holds names and the arithmetic of modules.dep; does not touch the disk.
 */

/** Loaded in the initrd, with what they depend on, in this order; then the init looks for the disks. */
export const INITRD_MODULES: readonly string[] = [
  "virtio_pci",
  "virtio_console",
  "virtio_blk",
  "crc32c_generic",
  "ext4",
  "overlay",
  "virtio_scsi",
  "sd_mod",
];

/** Directories and single modules of the kernel package that stay in the root, relative to lib/modules/VERSION/kernel. */
export const ROOT_MODULES: readonly string[] = [
  "arch/x86/crypto",
  "crypto",
  "drivers/block/brd.ko",
  "drivers/block/loop.ko",
  "drivers/block/nbd.ko",
  "drivers/block/virtio_blk.ko",
  "drivers/block/zram",
  "drivers/char/hw_random/virtio-rng.ko",
  "drivers/md",
  "drivers/net/virtio_net.ko",
  "drivers/scsi/sr_mod.ko",
  "fs/btrfs",
  "fs/erofs",
  "fs/exfat",
  "fs/ext4",
  "fs/f2fs",
  "fs/fat",
  "fs/fuse",
  "fs/hfs",
  "fs/hfsplus",
  "fs/isofs",
  "fs/jbd2",
  "fs/jfs",
  "fs/minix",
  "fs/nilfs2",
  "fs/nls",
  "fs/overlayfs",
  "fs/reiserfs",
  "fs/romfs",
  "fs/squashfs",
  "fs/sysv",
  "fs/udf",
  "fs/ufs",
  "fs/xfs",
];

/** modules.dep as a map: a module's path, relative to lib/modules/VERSION, to the paths it needs directly or indirectly. */
export type ModuleDependencies = ReadonlyMap<string, readonly string[]>;

/**
 * Reads the text of modules.dep.
 * @param text lines `kernel/a.ko: kernel/b.ko kernel/c.ko`
 */
export function parseModulesDep(text: string): ModuleDependencies {
  const dependencies = new Map<string, readonly string[]>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === -1) continue;
    dependencies.set(
      line.slice(0, colon),
      line
        .slice(colon + 1)
        .split(" ")
        .filter((word) => word !== ""),
    );
  }
  return dependencies;
}

/** The name a module is loaded by: its file name without `.ko`, hyphens as underscores. */
export function moduleName(path: string): string {
  return path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/\.ko$/, "")
    .replaceAll("-", "_");
}

/**
 * The files to load for the given modules, each after everything it needs, none twice.
 * A name that modules.dep lacks is built into the kernel (or gone): it is left out when `builtin` has it.
 * @throws Error for a name that is neither a module nor built in
 */
export function loadOrder(
  names: readonly string[],
  dependencies: ModuleDependencies,
  builtin: ReadonlySet<string>,
): readonly string[] {
  const byName = new Map([...dependencies.keys()].map((path) => [moduleName(path), path]));
  const order: string[] = [];
  const visit = (path: string): void => {
    if (order.includes(path)) return;
    for (const needed of dependencies.get(path) ?? []) visit(needed);
    if (!order.includes(path)) order.push(path);
  };
  for (const name of names) {
    const path = byName.get(name);
    if (path !== undefined) visit(path);
    else if (!builtin.has(name)) throw new Error(`load_order: ${name}: no such module in this kernel`);
  }
  return order;
}

/**
 * The modules that stay in the root: those below ROOT_MODULES, those of the initrd, and all that these need.
 * @returns paths relative to lib/modules/VERSION
 */
export function keptModules(
  wanted: readonly string[],
  loaded: readonly string[],
  dependencies: ModuleDependencies,
): ReadonlySet<string> {
  const kept = new Set<string>(loaded);
  for (const [path, needs] of dependencies) {
    const inside = path.replace(/^kernel\//, "");
    if (!wanted.some((entry) => inside === entry || inside.startsWith(`${entry}/`))) continue;
    kept.add(path);
    for (const needed of needs) kept.add(needed);
  }
  return kept;
}
