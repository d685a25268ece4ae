/** Daemon side of schemas/actions/btrfs-scrub.ts. */
import { structs, textFromBytes, type families, type HandlersOf, type StructOf } from "../../schemas/index.ts";
import { failed } from "../command.ts";
import type { Context } from "../context.ts";
import { withGuestDirectory } from "../guest-directory.ts";

const PREFIX = "btrfsscrub_";

export const btrfsScrub = {
  btrfs_scrub_start({ path }, context) {
    scrub(path, ["start"], context);
  },

  btrfs_scrub_full({ path, readonly }, context) {
    scrub(path, ["start", "-B", ...(readonly === true ? ["-r"] : [])], context);
  },

  btrfs_scrub_cancel({ path }, context) {
    scrub(path, ["cancel"], context);
  },

  btrfs_scrub_resume({ path }, context) {
    scrub(path, ["resume"], context);
  },

  btrfs_scrub_status: ({ path }, context) => parseScrubStatus(scrub(path, ["status", "-R"], context)),
} satisfies HandlersOf<(typeof families)["btrfs-scrub"], Context>;

/** `name: number` lines, names as those of the struct; what is not there is 0. Exported for tests. */
export function parseScrubStatus(text: string): StructOf<"btrfsscrub"> {
  const counts = new Map([...text.matchAll(/^\s*(\w+): (\d+)$/gm)].map(([, name = "", count = ""]) => [name, count]));
  const members = Object.keys(structs.btrfsscrub.members);
  const values = members.map((member) => [member, BigInt(counts.get(member.slice(PREFIX.length)) ?? "0")]);
  // Every member of the struct, each an integer of 64 bits.
  return Object.fromEntries(values) as StructOf<"btrfsscrub">;
}

/** Says why there is nothing to cancel or resume on its standard output. */
function scrub(place: string, argv: readonly string[], { command, sysroot }: Context): string {
  return withGuestDirectory(sysroot, place, (path) => {
    const all = ["btrfs", "scrub", ...argv, path];
    const result = command.run(all);
    const stdout = textFromBytes(result.stdout);
    if (result.status !== 0)
      throw failed(all, { ...result, stderr: result.stderr === "" ? stdout.trim() : result.stderr });
    return stdout;
  });
}
