/**
 * Extended attributes that the kernel gives a meaning: SELinux label, access control lists, capabilities; as people write them.
 * One that has another form than the kernel's stays among the others. Pure.
 */
import type { Xattrs } from "./entry.ts";

export interface Attributes {
  /** SELinux label. */
  readonly label?: string;
  /** As getfacl's short form: `user::rw-,user:1000:r--,group::r--,mask::r--,other::---`. */
  readonly acl?: string;
  /** Likewise, for what is made in a directory. */
  readonly defaultAcl?: string;
  /** As setcap takes them: `cap_net_raw=ep`. */
  readonly capabilities?: string;
  /** The others, values in base64, sorted by name. */
  readonly xattrs: Readonly<Record<string, string>>;
}

const decoders: Readonly<Record<string, readonly [keyof Attributes, (value: Buffer) => string | undefined]>> = {
  "security.selinux": ["label", (value) => value.toString("latin1").replace(/\0+$/u, "")],
  "system.posix_acl_access": ["acl", aclText],
  "system.posix_acl_default": ["defaultAcl", aclText],
  "security.capability": ["capabilities", capabilityText],
};

export function attributesOf(xattrs: Xattrs): Attributes {
  const known: Record<string, string> = {};
  const others: [string, string][] = [];
  for (const [name, bytes] of [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const value = Buffer.from(bytes);
    const [field, decode] = (Object.hasOwn(decoders, name) ? decoders[name] : undefined) ?? [];
    const text = decode?.(value);
    if (field === undefined || text === undefined) others.push([name, value.toString("base64")]);
    else known[field] = text;
  }
  return { ...known, xattrs: Object.fromEntries(others) };
}

const ACL_VERSION = 2;
const ACL_ENTRY_SIZE = 8;
const aclTags: Readonly<Record<number, string>> = {
  0x01: "user:",
  0x02: "user:",
  0x04: "group:",
  0x08: "group:",
  0x10: "mask:",
  0x20: "other:",
};
const ACL_NAMED = 0x02 | 0x08;

/** version:u32, then `tag:u16 permissions:u16 id:u32` for each entry, all little-endian. */
function aclText(value: Buffer): string | undefined {
  if (value.length < 4 || (value.length - 4) % ACL_ENTRY_SIZE !== 0 || value.readUInt32LE(0) !== ACL_VERSION) {
    return undefined;
  }
  const entries: string[] = [];
  for (let at = 4; at < value.length; at += ACL_ENTRY_SIZE) {
    const tag = value.readUInt16LE(at);
    const name = aclTags[tag];
    if (name === undefined) return undefined;
    const id = (tag & ACL_NAMED) === 0 ? "" : String(value.readUInt32LE(at + 4));
    entries.push(`${name}${id}:${permissions(value.readUInt16LE(at + 2))}`);
  }
  return entries.join(",");
}

function permissions(bits: number): string {
  return `${(bits & 4) === 0 ? "-" : "r"}${(bits & 2) === 0 ? "-" : "w"}${(bits & 1) === 0 ? "-" : "x"}`;
}

/** In the order of their numbers, capabilities(7). */
const capabilityNames: readonly string[] = [
  "chown",
  "dac_override",
  "dac_read_search",
  "fowner",
  "fsetid",
  "kill",
  "setgid",
  "setuid",
  "setpcap",
  "linux_immutable",
  "net_bind_service",
  "net_broadcast",
  "net_admin",
  "net_raw",
  "ipc_lock",
  "ipc_owner",
  "sys_module",
  "sys_rawio",
  "sys_chroot",
  "sys_ptrace",
  "sys_pacct",
  "sys_admin",
  "sys_boot",
  "sys_nice",
  "sys_resource",
  "sys_time",
  "sys_tty_config",
  "mknod",
  "lease",
  "audit_write",
  "audit_control",
  "setfcap",
  "mac_override",
  "mac_admin",
  "syslog",
  "wake_alarm",
  "block_suspend",
  "audit_read",
  "perfmon",
  "bpf",
  "checkpoint_restore",
];

/** Revision -> words of each set, and whether the user of a namespace follows. */
const capabilityForms: Readonly<Record<number, { readonly words: number; readonly user: boolean }>> = {
  1: { words: 1, user: false },
  2: { words: 2, user: false },
  3: { words: 2, user: true },
};

/** `magic:u32` (revision in the top byte, "effective" in bit 0), then `permitted:u32 inheritable:u32` for each word, little-endian. */
function capabilityText(value: Buffer): string | undefined {
  if (value.length < 4) return undefined;
  const magic = value.readUInt32LE(0);
  const form = capabilityForms[magic >>> 24];
  if (form === undefined || value.length !== 4 + 8 * form.words + (form.user ? 4 : 0)) return undefined;
  const sets = new Map<string, string[]>();
  for (let number = 0; number < 32 * form.words; number++) {
    const at = 4 + 8 * (number >>> 5);
    const has = (offset: number): boolean => ((value.readUInt32LE(at + offset) >>> (number & 31)) & 1) === 1;
    const flags = `${has(0) && (magic & 1) === 1 ? "e" : ""}${has(4) ? "i" : ""}${has(0) ? "p" : ""}`;
    if (flags === "") continue;
    sets.set(flags, [...(sets.get(flags) ?? []), `cap_${capabilityNames[number] ?? number}`]);
  }
  const text = [...sets].map(([flags, names]) => `${names.join(",")}=${flags}`).join(" ");
  const user = form.user ? value.readUInt32LE(value.length - 4) : 0;
  return user === 0 ? text : `${text} [rootid=${user}]`;
}
