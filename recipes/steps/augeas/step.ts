/** Step `augeas`: values in a configuration file, edited through the Augeas lens of the file. */
import {
  call,
  closed,
  defineStep,
  eitherOf,
  integer,
  listOf,
  mapOf,
  anyText,
  matching,
  text,
  type Guestfs,
  type PlannedAction,
} from "../../../schemas/index.ts";
import { labelActions, labelOf } from "../../guest-label.ts";
import { FILE_EDIT } from "../traits.ts";
import { knownLens, literal, treePath } from "./lenses.ts";

/** Flags of aug_init: load no files; do not compile every lens either. */
const NO_LOAD = 32;
const NO_LENSES = 64;

interface Observed {
  /** Keys of `set` that do not have their value yet. */
  readonly missing: readonly string[];
  /** Keys of those that are new entries of the file itself. */
  readonly fresh: readonly string[];
  /** Entries of `remove` that are there. */
  readonly surplus: readonly string[];
  /** sshd_config ends with Match blocks: new entries must stand before the first. */
  readonly matchBlock: boolean;
  /** SELinux label of the file, which Augeas' new file would lack; undefined when it has none. */
  readonly label: string | undefined;
}

export const augeas = defineStep({
  name: "augeas",
  summary: "edit a configuration file by its structure",
  description:
    "Sets and removes entries of a configuration file through the Augeas lens that understands it; comments and everything " +
    "else in the file stay as they are. Nothing is written when all entries are right. The file must be one that the lens " +
    "can read.",
  traits: FILE_EDIT,
  schema: closed(
    {
      file: matching("^/[^*?\\[\\]]+$", "Path of the file in the guest."),
      set: mapOf(
        eitherOf(anyText("Text."), integer("Number.", Number.MIN_SAFE_INTEGER), "The value."),
        "Values by Augeas path below the file, such as `PermitRootLogin` or `1/canonical`.",
      ),
      remove: listOf(text("An Augeas path below the file."), "Entries that must not be there."),
      lens: matching(
        "^[A-Z][A-Za-z0-9_]*\\.[a-z][A-Za-z0-9_]*$",
        'Lens, such as "Sshd.lns". Default: the one that Augeas has for the file.',
      ),
    },
    ["file"],
  ),
  check: ({ set, remove }) =>
    set === undefined && remove === undefined ? [{ at: [], summary: "neither `set` nor `remove` is given" }] : [],
  describe: ({ file, set, remove }) =>
    `${file}: ${[...Object.keys(set ?? {}), ...(remove ?? []).map((key) => `-${key}`)].join(", ")}`,
  observe: async ({ g }, { file, set, remove, lens }): Promise<Observed> => {
    const [init, ...load] = loadActions(file, lens);
    await g.aug_init({ root: "/", flags: Number(init?.args["flags"] ?? 0) });
    let toChange = false;
    try {
      for (const { action, args } of load) await loadCall(g, action, args);
      await refuseErrors(g, file, lens ?? knownLens(file));
      const found = { ...(await compare(g, file, set ?? {}, remove ?? [])), label: await labelOf(g, file) };
      toChange = found.missing.length > 0 || found.surplus.length > 0;
      return found;
    } finally {
      // What is to be changed is changed in the tree that was read.
      if (!toChange) await g.aug_close();
    }
  },
  lower: ({ file, set, remove, lens }, observed): readonly PlannedAction[] => {
    const missing = observed?.missing ?? Object.keys(set ?? {});
    const surplus = observed?.surplus ?? remove ?? [];
    if (missing.length === 0 && surplus.length === 0) return [];
    const root = treePath(file);
    return [
      ...loadActions(file, lens).map((action) =>
        observed === undefined ? action : { ...action, done: true as const },
      ),
      ...surplus.map((key) => call("aug_rm", { augpath: `${root}/${key}` })),
      ...missing.flatMap((key) => [
        ...(observed?.matchBlock === true && observed.fresh.includes(key)
          ? [call("aug_insert", { augpath: `${root}/Match[1]`, label: key, before: true })]
          : []),
        call("aug_set", { augpath: `${root}/${key}`, val: String(set?.[key] ?? "") }),
      ]),
      call("aug_save", {}),
      call("aug_close", {}),
      ...labelActions(file, observed?.label),
    ];
  },
});

/** Starts Augeas on one file. Without a known lens all lenses are compiled and those for other files dropped: slow. */
function loadActions(file: string, given: string | undefined): readonly PlannedAction[] {
  const lens = given ?? knownLens(file);
  if (lens === undefined) {
    const quoted = literal(file) ?? "''";
    return [
      call("aug_init", { root: "/", flags: NO_LOAD }),
      call("aug_rm", { augpath: `/augeas/load/*[count(incl[${quoted} =~ glob(.)]) = 0]` }),
      call("aug_load", {}),
    ];
  }
  return [
    call("aug_init", { root: "/", flags: NO_LOAD | NO_LENSES }),
    call("aug_transform", { lens, file }),
    call("aug_load", {}),
  ];
}

/** A call of loadActions, made while observing: it changes nothing but Augeas' own tree. */
async function loadCall(g: Guestfs, action: string, args: PlannedAction["args"]): Promise<void> {
  if (action === "aug_rm") await g.aug_rm({ augpath: String(args["augpath"]) });
  if (action === "aug_transform") await g.aug_transform({ lens: String(args["lens"]), file: String(args["file"]) });
  if (action === "aug_load") await g.aug_load();
}

async function refuseErrors(g: Guestfs, file: string, lens: string | undefined): Promise<void> {
  const node = `/augeas${treePath(file)}/error`;
  const read = async (path: string): Promise<string | undefined> =>
    (await g.aug_match({ augpath: path })).length === 1 ? g.aug_get({ augpath: path }) : undefined;
  if ((await g.aug_match({ augpath: node })).length > 0) {
    const line = await read(`${node}/line`);
    const message = (await read(`${node}/message`)) ?? "the file cannot be read";
    const by = lens === undefined ? "Augeas" : `the lens ${lens}`;
    const place = line === undefined ? "" : `line ${line}: `;
    throw new Error(`augeas: ${file}: ${place}${by} does not understand the file: ${firstLine(message)}`);
  }
  if (lens === undefined && (await g.aug_match({ augpath: "/augeas/load/*" })).length === 0) {
    throw new Error(`augeas: ${file}: Augeas has no lens for this file (name one with lens:)`);
  }
  const broken = await read("/augeas/load/*/error");
  if (broken !== undefined) throw new Error(`augeas: ${lens ?? file}: ${firstLine(broken)}`);
}

async function compare(
  g: Guestfs,
  file: string,
  set: Readonly<Record<string, string | number>>,
  remove: readonly string[],
): Promise<Omit<Observed, "label">> {
  const root = treePath(file);
  const count = async (path: string): Promise<number> => (await g.aug_match({ augpath: path })).length;
  const missing: string[] = [];
  const fresh: string[] = [];
  for (const [key, value] of Object.entries(set)) {
    const nodes = await count(`${root}/${key}`);
    if (nodes > 1) throw new Error(`augeas: ${file}: ${key}: matches ${nodes} entries, name one, such as ${key}[1]`);
    if (nodes === 0 && /^[A-Za-z0-9_-]+$/.test(key)) fresh.push(key);
    const quoted = literal(String(value));
    if (nodes === 1 && quoted !== undefined && (await count(`${root}/${key}[. = ${quoted}]`)) === 1) continue;
    missing.push(key);
  }
  const surplus: string[] = [];
  for (const key of remove) if ((await count(`${root}/${key}`)) > 0) surplus.push(key);
  return { missing, fresh, surplus, matchBlock: (await count(`${root}/Match[1]`)) === 1 };
}

function firstLine(message: string): string {
  return message.split("\n")[0] ?? message;
}
