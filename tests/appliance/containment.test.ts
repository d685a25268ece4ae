/**
 * Every action that takes a path, in the appliance, on a guest whose links lead to the appliance's own files: none of those
 * is read or changed. The calls come from the table; where actions need no VM, ../guestfsd/containment.test.ts does more.
 */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";

import { GuestfsError, openGuestfs, type Handle } from "../../engine/index.ts";
import { actions, isStream, type AnyAction } from "../../schemas/index.ts";
import { pathAttacks } from "../guestfsd/path-attacks.ts";

const MiB = 1024 ** 2;
const SECRET = "secret of the appliance";
/** A directory of the appliance that no program of it uses. */
const OUTSIDE = "/run/outside";
/** Links of the guest, and what they lead to in a daemon that follows them: in the appliance, and in what its /proc shows. */
const LINKS = { absolute: OUTSIDE, climbing: `${"../".repeat(10)}proc/self/root${OUTSIDE}` };
/** Below every link: what is there, and what is not. */
const PLACES = ["", "/secret", "/new"];
/** Actions between two looks at what lies outside, which cost a shell of the appliance. */
const GROUP = 8;

const folder = mkdtempSync(join(tmpdir(), "gild-containment-"));
let handle: Handle;

beforeAll(async () => {
  for (const name of ["guest.img", "spare.img"]) {
    writeFileSync(join(folder, name), "");
    truncateSync(join(folder, name), 64 * MiB);
  }
  handle = await openGuestfs({ env: process.env }, [
    { filename: join(folder, "guest.img"), format: "raw" },
    { filename: join(folder, "spare.img"), format: "raw" },
  ]);
  await inAppliance(`mkdir -p ${OUTSIDE}/dir && echo ${SECRET} >${OUTSIDE}/secret && echo ${SECRET} >${OUTSIDE}/dir/x`);
});

afterAll(async () => {
  await handle.close();
  rmSync(folder, { recursive: true });
});

test.each(Object.keys(LINKS))("no action leaves the guest through its %s link", async (link) => {
  const attacks = pathAttacks("/data/file");
  const before = await outsideState();
  const left: string[] = [];

  for (let start = 0; start < attacks.length; start += GROUP) {
    const group = attacks.slice(start, start + GROUP);
    for (const { action, argument, args } of group) {
      await makeGuest();
      for (const place of PLACES) {
        const answer = await answerOf(action, args(`/${link}${place}`));
        if (answer.includes(SECRET)) left.push(`${action}: ${argument}: read ${link}${place}`);
      }
    }
    if ((await outsideState()) !== before) left.push(`changed: ${group.map(({ action }) => action).join(" or ")}`);
  }

  expect(new Set(attacks.map(({ action }) => action)).size).toBeGreaterThan(200);
  expect(left).toEqual([]);
});

/** Whatever the call before did, the guest is mounted, has its links, and one file. */
async function makeGuest(): Promise<void> {
  const { g } = handle;
  const wanted = Object.entries(LINKS);
  const names = wanted.map(([name]) => name);
  const have = await g.readlinklist({ path: "/", names }).catch(() => undefined);
  if (have === undefined) {
    await g.umount_all();
    await g.mkfs({ fstype: "ext4", device: "/dev/sda" });
    await g.mount({ mountable: "/dev/sda", mountpoint: "/" });
  }
  for (const [index, [linkname, target]] of wanted.entries()) {
    if (have?.[index] === target) continue;
    await g.rm_rf({ path: `/${linkname}` });
    await g.ln_s({ target, linkname: `/${linkname}` });
  }
  if (!(await g.is_file({ path: "/data/file" }))) await g.rm_rf({ path: "/data" });
  await g.mkdir_p({ path: "/data" });
  await g.write({ path: "/data/file", content: "of the guest\n" });
}

/** All that a call gives, as text. */
async function answerOf(action: string, args: Readonly<Record<string, unknown>>): Promise<string> {
  const table: Readonly<Record<string, AnyAction>> = actions;
  const pieces: Buffer[] = [];
  const given: Record<string, unknown> = { ...args };
  for (const [name, field] of Object.entries(table[action]?.args ?? {})) {
    if (!isStream(field)) continue;
    given[name] =
      field.direction === "in" ? Buffer.from("made") : (bytes: Uint8Array) => pieces.push(Buffer.from(bytes));
  }
  const method: unknown = Reflect.get(handle.g, action);
  if (typeof method !== "function") throw new Error(`no action ${action}`);
  const result: unknown = await Promise.resolve(Reflect.apply(method, handle.g, [given])).catch((error: unknown) => {
    if (error instanceof GuestfsError) return undefined;
    throw error;
  });
  const text = result instanceof Uint8Array ? Buffer.from(result).toString("latin1") : inspect(result, { depth: 5 });
  return text + Buffer.concat(pieces).toString("latin1");
}

/** Names, contents, modes, owners, times and attributes of what lies outside. */
async function outsideState(): Promise<string> {
  return inAppliance(
    `cd ${OUTSIDE} && find . -printf '%p %y %m %U %G %n %s %T@ %C@\\n' | sort && cat secret dir/x && mount | grep -c ${OUTSIDE}; true`,
  );
}

const inAppliance = (command: string): Promise<string> => handle.g.debug({ subcmd: "sh", extraargs: [command] });
