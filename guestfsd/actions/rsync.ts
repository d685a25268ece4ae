/**
 * Daemon side of schemas/actions/rsync.ts: the appliance's rsync with the guest as its root. Names are looked up before, and
 * a remote shell is refused: in the guest's root rsync would ask the guest's files, and start the guest's ssh.
 */
import { lstatSync } from "node:fs";

import type { families, HandlersOf } from "../../schemas/index.ts";
import { failed } from "../command.ts";
import type { Context } from "../context.ts";
import { about, ActionError } from "../errors.ts";
import { fsPath } from "../file-name.ts";
import { addressOf } from "../native/host-address.ts";

interface Options {
  readonly archive?: boolean | undefined;
  readonly deletedest?: boolean | undefined;
}

/** rsync://[USER@]HOST[:PORT]/MODULE/PATH; HOST may be an IPv6 address in brackets. */
const URL_FORM = /^(rsync:\/\/(?:[^@/]*@)?)(\[[^\]/]+\]|[^:/@[]+)((?::\d+)?(?:\/.*)?)$/is;
/** [USER@]HOST::MODULE/PATH. */
const DOUBLE_COLON_FORM = /^((?:[^@/:]*@)?)(\[[^\]/]+\]|[^:/@[]+)(::.*)$/s;

/**
 * Without these rsync would read the guest's openssl.cnf, and ask for a password at the guest's /dev/tty.
 * An empty OPENSSL_CONF means no configuration.
 */
const ENVIRONMENT = { OPENSSL_CONF: "", RSYNC_PASSWORD: "" } as const;

export const rsync = {
  rsync({ src, dest, ...options }, context) {
    requirePresent(src, context);
    copy(src, dest, options, context);
  },

  rsync_in({ remote, dest, ...options }, context) {
    copy(byAddress(remote), dest, options, context);
  },

  rsync_out({ src, remote, ...options }, context) {
    requirePresent(src, context);
    copy(src, byAddress(remote), options, context);
  },
} satisfies HandlersOf<typeof families.rsync, Context>;

function copy(from: string, to: string, { archive, deletedest }: Options, { command }: Context): void {
  // Numbers: names would be those of the guest's passwd on one side only.
  const argv = ["rsync", "--numeric-ids"];
  if (archive === true) argv.push("--archive");
  if (deletedest === true) argv.push("--delete");
  argv.push("--", from, to);
  const result = command.run(argv, { root: "walk", env: ENVIRONMENT });
  if (result.status !== 0) throw new ActionError(`${from} to ${to}: ${failed(argv, result).message}`);
}

/** rsync itself tells no errno. */
function requirePresent(src: string, { sysroot }: Context): void {
  about(src, () => sysroot.inside(() => lstatSync(fsPath(src))));
}

/** The remote with the address of its host in place of the name. */
function byAddress(remote: string): string {
  const [, before = "", host = "", after = ""] = URL_FORM.exec(remote) ?? DOUBLE_COLON_FORM.exec(remote) ?? [];
  if (host === "") {
    throw new ActionError(
      `${remote}: not the module of an rsync server (rsync://HOST/MODULE); other hosts need a remote shell, which the appliance lacks`,
      "ENOTSUP",
    );
  }
  if (host.startsWith("[")) return remote;
  const address = about(host, () => addressOf(host));
  return `${before}${address.includes(":") ? `[${address}]` : address}${after}`;
}
