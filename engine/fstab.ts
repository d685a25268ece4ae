/** Reads /etc/fstab (fstab(5)). Pure; what the names in it mean is mounts.ts's. */

export interface FstabEntry {
  /** `UUID=...`, `/dev/...`, `tmpfs`, ... */
  readonly spec: string;
  /** Absolute path, `none`, `swap`. */
  readonly mountpoint: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** More lines than any honest guest has. */
const ENTRIES_MAX = 256;

/** Filesystem types that are on no disk of the guest, or no part of the system. */
const pseudoTypes: ReadonlySet<string> = new Set(
  (
    "swap tmpfs ramfs proc sysfs devpts devtmpfs cgroup cgroup2 overlay none auto.master " +
    "nfs nfs4 cifs smbfs smb3 ceph glusterfs 9p virtiofs sshfs afs debugfs " +
    "tracefs efivarfs hugetlbfs mqueue bpf securityfs pstore configfs binfmt_misc iso9660 udf"
  ).split(" "),
);

/** Every line that is an entry; what cannot be read is left out. */
export function parseFstab(text: string): FstabEntry[] {
  const entries: FstabEntry[] = [];
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const [spec, mountpoint, type, options] = trimmed.split(/[ \t]+/u).map(unescape);
    if (spec === undefined || mountpoint === undefined || type === undefined) continue;
    entries.push({ spec, mountpoint, type, options: (options ?? "defaults").split(",") });
    if (entries.length === ENTRIES_MAX) break;
  }
  return entries;
}

/** Whether an entry is a filesystem on a disk that belongs to the guest at run time. */
export function isDiskMount(entry: FstabEntry): boolean {
  if (!entry.mountpoint.startsWith("/")) return false;
  if (entry.options.includes("noauto") || entry.options.some((option) => /^r?bind$/u.test(option))) return false;
  if (pseudoTypes.has(entry.type) || entry.type.startsWith("fuse")) return false;
  return entry.spec.startsWith("/dev/") || /^(UUID|LABEL|PARTUUID|PARTLABEL)=/u.test(entry.spec);
}

/** `\040` and the like. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/gu, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
