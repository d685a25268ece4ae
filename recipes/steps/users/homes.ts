/** Home folders of users: what the guest has, and the actions that make one from /etc/skel. */
import { dirname } from "node:path/posix";

import { lstatGuest } from "../../guest-stat.ts";
import { call, textFromBytes, type Guestfs, type PlannedAction } from "../../../schemas/index.ts";

const SKEL = "/etc/skel";

/** What new homes are made of. */
export interface Skeleton {
  /** Paths below /etc/skel, parents before children; undefined when there is no /etc/skel. */
  readonly entries: readonly string[] | undefined;
  /** HOME_MODE of the guest's login.defs, else 0700. Octal string. */
  readonly mode: string;
}

export async function observeSkeleton(g: Guestfs, loginDefs: string | undefined): Promise<Skeleton> {
  const mode = /^\s*HOME_MODE\s+([0-7]{3,4})\b/m.exec(loginDefs ?? "")?.[1] ?? "0700";
  if ((await lstatGuest(g, SKEL))?.type !== "directory") return { entries: undefined, mode };
  const pieces: Uint8Array[] = [];
  await g.find0({
    directory: SKEL,
    files: (bytes) => {
      pieces.push(bytes.slice());
    },
  });
  const names = textFromBytes(Buffer.concat(pieces)).split("\0");
  return { entries: names.filter((name) => name !== "" && name !== ".").toSorted(), mode };
}

/** Makes a home that does not exist: a copy of /etc/skel that belongs to the user. */
export function homeActions(home: string, uid: number, gid: number, skeleton: Skeleton): readonly PlannedAction[] {
  const owned = (path: string): PlannedAction => call("lchown", { owner: uid, group: gid, path });
  return [
    call("mkdir_p", { path: skeleton.entries === undefined ? home : dirname(home) }),
    ...(skeleton.entries === undefined ? [] : [call("cp_a", { src: SKEL, dest: home })]),
    owned(home),
    ...(skeleton.entries ?? []).map((name) => owned(`${home}/${name}`)),
    call("chmod", { mode: Number.parseInt(skeleton.mode, 8), path: home }),
  ];
}
