/** Which Augeas lens reads a well-known file, so that one lens need be compiled and not two hundred. Pure. */

const LENSES: readonly (readonly [pattern: RegExp, lens: string])[] = [
  [/^\/etc\/ssh\/sshd_config(\.d\/[^/]+\.conf)?$/, "Sshd.lns"],
  [/^\/etc\/ssh\/ssh_config(\.d\/[^/]+\.conf)?$/, "Ssh.lns"],
  [/^\/etc\/hosts$/, "Hosts.lns"],
  [/^\/etc\/fstab$/, "Fstab.lns"],
  [/^\/etc\/(sysctl\.conf|sysctl\.d\/[^/]+\.conf)$/, "Sysctl.lns"],
  [/^\/etc\/(sudoers|sudoers\.d\/[^/]+)$/, "Sudoers.lns"],
  [/^\/etc\/(default\/[^/]+|environment|locale\.conf|vconsole\.conf|selinux\/config)$/, "Shellvars.lns"],
  [/^\/etc\/systemd\/[^/]+\.conf$/, "Systemd.lns"],
  [/^\/etc\/systemd\/system\/[^/]+\.(service|socket|timer|mount|path|target)$/, "Systemd.lns"],
  [/^\/etc\/nginx\/nginx\.conf$/, "Nginx.lns"],
  [/^\/etc\/resolv\.conf$/, "Resolv.lns"],
  [/^\/etc\/nsswitch\.conf$/, "Nsswitch.lns"],
  [/^\/etc\/login\.defs$/, "Login_defs.lns"],
  [/^\/etc\/security\/limits(\.conf|\.d\/[^/]+\.conf)$/, "Limits.lns"],
  [/^\/etc\/pam\.d\/[^/]+$/, "Pam.lns"],
  [/^\/etc\/(crontab|cron\.d\/[^/]+)$/, "Cron.lns"],
  [/^\/etc\/logrotate\.d\/[^/]+$/, "Logrotate.lns"],
  [/^\/etc\/apt\/sources\.list$/, "Aptsources.lns"],
  [/^\/etc\/network\/interfaces$/, "Interfaces.lns"],
  [/^\/etc\/chrony\/chrony\.conf$/, "Chrony.lns"],
  [/^\/etc\/postfix\/main\.cf$/, "Postfix_main.lns"],
];

/** The lens of a file; undefined when Augeas must be asked. */
export function knownLens(file: string): string | undefined {
  return LENSES.find(([pattern]) => pattern.test(file))?.[1];
}

/** A path in Augeas' tree: characters that path expressions give a meaning are escaped. */
export function treePath(file: string): string {
  return `/files${file.replace(/[\s[\](),!=*|\\]/g, "\\$&")}`;
}

/** A value as a literal of a path expression; undefined when it holds both kinds of quotes. */
export function literal(value: string): string | undefined {
  if (!value.includes("'")) return `'${value}'`;
  return value.includes('"') ? undefined : `"${value}"`;
}
