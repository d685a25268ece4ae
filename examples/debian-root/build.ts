/**
 * Program: makes a small real Debian 12 root, rootfs.tar, that recipes unpack on a disk (`tar-in`). Kept in the cache under
 * a digest of this file, so it is made once.
 *
 *     npx tsx examples/debian-root/build.ts [--force] [--path]
 *
 * Prints the tar file's path; with --path it only does that, and fails when the file is not there. It makes no image and no
 * boot loader: that is a recipe's work. Owners, modes and xattrs are those of a Debian installation, also without root.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import {
  aptSources,
  aptTransportOptions,
  archiveCacheHooks,
  artefact,
  cacheDirectory,
  hostRelease,
  optionFlags,
  run,
} from "../../appliance/index.ts";

const SUITE = "bookworm";

/** Beside what mmdebstrap's minbase variant installs. */
const PACKAGES: readonly string[] = [
  "e2fsprogs",
  "grub-pc-bin",
  "grub2-common",
  "initramfs-tools",
  "iproute2",
  "linux-image-cloud-amd64",
  "lvm2",
  "netbase",
  "openssh-server",
  "policycoreutils",
  "selinux-policy-default",
  "selinux-utils",
  "sudo",
  "systemd-sysv",
  "zstd",
];

/** Left out while unpacking, to keep the file small; no package notices. */
const EXCLUDED: readonly string[] = [
  "/usr/share/doc/*",
  "/usr/share/info/*",
  "/usr/share/locale/*",
  "/usr/share/man/*",
  "/usr/share/lintian/*",
  "/usr/share/bug/*",
  "/lib/udev/hwdb.d/*",
  "/usr/lib/x86_64-linux-gnu/perl/*/CORE/*",
  "/usr/lib/x86_64-linux-gnu/perl/*/auto/Encode/??/*",
  "/usr/lib/x86_64-linux-gnu/perl/*/auto/Unicode/*",
  "/usr/share/perl/*/Unicode/*",
  "/usr/share/perl/*/pod/*",
  ...["arch/x86/kvm", "drivers/comedi", "drivers/infiniband", "drivers/target", "drivers/net/ethernet/mellanox"].map(
    (directory) => `/lib/modules/*/kernel/${directory}/*`,
  ),
  ...["fs/ceph", "fs/gfs2", "fs/nfs", "fs/nfsd", "fs/ocfs2", "fs/smb", "net/ceph", "net/sunrpc"].map(
    (directory) => `/lib/modules/*/kernel/${directory}/*`,
  ),
];

/** Before packages are configured: the initrd must not wait for a disk to resume from. */
const SETUP = `
  mkdir -p "$1/etc/initramfs-tools/conf.d"
  echo RESUME=none > "$1/etc/initramfs-tools/conf.d/resume"
`;

const HOST_KEY_UNIT = `[Unit]
Description=Make the SSH host key of this machine
Before=ssh.service
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -q -N "" -t ed25519 -f /etc/ssh/ssh_host_ed25519_key

[Install]
WantedBy=multi-user.target
`;

/** Nothing of the machine that built it, nothing that two machines must not share. */
const CUSTOMIZE = `
  rm -f "$1/etc/ssh/"ssh_host_*_key* "$1/etc/resolv.conf" "$1/etc/apt/apt.conf.d/99mmdebstrap" \\
    "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$1/var/lib/systemd/random-seed" "$1/var/lib/dbus/machine-id"
  rm -rf "$1/var/log/"* "$1/var/cache/debconf/"*-old
  if [ -e "$1/etc/apt/sources.list.d/0000sources.list" ]; then
    mv "$1/etc/apt/sources.list.d/0000sources.list" "$1/etc/apt/sources.list"
  fi
  chown 0:0 "$1/var/cache/apt/archives"
  : > "$1/etc/machine-id"
  echo debian > "$1/etc/hostname"
  printf '127.0.0.1 localhost\\n::1 localhost ip6-localhost ip6-loopback\\n' > "$1/etc/hosts"
  printf 'LANG=C.UTF-8\\n' > "$1/etc/default/locale"
  printf '%s' '${HOST_KEY_UNIT}' > "$1/etc/systemd/system/ssh-host-key.service"
  chroot "$1" systemctl enable ssh-host-key.service
`;

async function makeRoot(directory: string, debs: string): Promise<void> {
  await mkdir(debs, { recursive: true });
  const lines = aptSources(SUITE, "/etc/apt", hostRelease());
  const sources = join(directory, "sources.list");
  await writeFile(sources, `${lines.join("\n")}\n`);
  await run([
    "mmdebstrap",
    "--variant=minbase",
    "--architectures=amd64",
    `--include=${PACKAGES.join(",")}`,
    ...optionFlags("aptopt", ['Acquire::Languages "none"', ...(await aptTransportOptions())]),
    ...optionFlags(
      "dpkgopt",
      EXCLUDED.map((pattern) => `path-exclude=${pattern}`),
    ),
    ...archiveCacheHooks(debs, "customize"),
    `--setup-hook=${SETUP}`,
    `--customize-hook=${CUSTOMIZE}`,
    SUITE,
    join(directory, "rootfs.tar"),
    ...(lines.length > 0 ? [sources] : []),
  ]);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { force: { type: "boolean" }, path: { type: "boolean" } } });
  const cache = cacheDirectory(process.env);
  const parent = join(cache, "guest-root");
  const key = createHash("sha256")
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest("hex")
    .slice(0, 32);
  const tar = join(parent, key, "rootfs.tar");
  if (values.path !== true) {
    const force = values.force === true;
    await artefact({
      parent,
      key,
      force,
      make: async (directory) => {
        console.error("debian-root: installing Debian packages into a directory (about a minute)");
        await makeRoot(directory, join(cache, "debs", "debian-root"));
      },
    });
    console.error(`debian-root: ${(statSync(tar).size / 1024 / 1024).toFixed(0)} MiB`);
  } else if (!existsSync(tar)) {
    throw new Error(`${tar}: not made yet (run: npx tsx examples/debian-root/build.ts)`);
  }
  console.log(tar);
}

try {
  await main();
} catch (error) {
  console.error(`debian-root: ${error instanceof Error ? error.message : String(error)}`);
  if (process.getuid?.() !== 0) {
    console.error("debian-root: without root it needs sub-ids: an entry for this user in /etc/subuid and /etc/subgid");
  }
  process.exitCode = 1;
}
