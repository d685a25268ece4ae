/** Daemon side of schemas/actions/btrfs-balance.ts. */
import type { families, HandlersOf, StructOf } from "../../schemas/index.ts";
import { textFromBytes } from "../../schemas/index.ts";
import { failed } from "../command.ts";
import type { Context } from "../context.ts";
import { ActionError } from "../errors.ts";
import { withGuestDirectory } from "../guest-directory.ts";

export const btrfsBalance = {
  btrfs_filesystem_balance({ fs }, context) {
    // Without the option it would wait ten seconds for somebody to change their mind.
    balance(fs, ["start", "--full-balance"], context);
  },

  btrfs_balance_pause({ path }, context) {
    balance(path, ["pause"], context);
  },

  btrfs_balance_cancel({ path }, context) {
    balance(path, ["cancel"], context);
  },

  btrfs_balance_resume({ path }, context) {
    balance(path, ["resume"], context);
  },

  btrfs_balance_status({ path }, { command, sysroot }) {
    const status = withGuestDirectory(sysroot, path, (real) => {
      const argv = ["btrfs", "balance", "status", real];
      const result = command.run(argv);
      // 1 also where a balance runs or is paused.
      return parseBalanceStatus(textFromBytes(result.stdout)) ?? failed(argv, result);
    });
    if (status instanceof ActionError) throw status;
    return status;
  },
} satisfies HandlersOf<(typeof families)["btrfs-balance"], Context>;

/**
 * `No balance found on PATH`, or `Balance on PATH is STATE` and `3 out of about 11 chunks balanced (4 considered),  73% left`.
 * Exported for tests.
 *
 * @returns nothing for other text
 */
export function parseBalanceStatus(text: string): StructOf<"btrfsbalance"> | undefined {
  const status = /^No balance found on /m.test(text) ? "none" : /^Balance on .* is (\w+)/m.exec(text)?.[1];
  if (status === undefined) return undefined;
  const counts = /^(\d+) out of about (\d+) chunks balanced \((\d+) considered\),\s+(\d+)% left/m.exec(text);
  const [balanced, total, considered, left] = (counts?.slice(1) ?? ["0", "0", "0", "0"]).map(BigInt);
  return {
    btrfsbalance_status: status,
    btrfsbalance_total: total ?? 0n,
    btrfsbalance_balanced: balanced ?? 0n,
    btrfsbalance_considered: considered ?? 0n,
    btrfsbalance_left: left ?? 0n,
  };
}

function balance(place: string, argv: readonly string[], { command, sysroot }: Context): void {
  withGuestDirectory(sysroot, place, (path) => command.check(["btrfs", "balance", ...argv, path]));
}
