/**
 * A diff as it is kept in examples/NAME/expected.diff.json: without what differs from image to image and day to day. The rules:
 *
 * - UUIDs, and the ids of LVM and vfat, are numbered in the order in which they appear: `<uuid 1>`;
 * - digests are `<digest>`: texts are there themselves, and what is binary may hold a UUID;
 * - the version of Debian's kernel is `<kernel>`;
 * - the mode of /etc/hostname is `<mode>`: mmdebstrap copies that of the machine it runs on into the root;
 * - where more than {@link FILES_MAX} files changed, those are kept that an action of the recipe named.
 */
import type { BlockChange, FileChange, FileState, PlanDocument } from "../../../schemas/index.ts";

const FILES_MAX = 500;
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/giu;
const KERNEL = /\b\d+\.\d+\.\d+-\d+-cloud-amd64\b/gu;
const DIGEST = /^[0-9a-f]{64}$/u;

/** The file's text. */
export function expectedDiff({ diff, steps }: PlanDocument): string {
  const uuids = new Map<string, string>();
  const numbered = (uuid: string): string => {
    const known = uuids.get(uuid) ?? `<uuid ${uuids.size + 1}>`;
    uuids.set(uuid, known);
    return known;
  };
  const named = new Set(steps.flatMap(({ actions }) => actions.flatMap(({ args }) => Object.values(args))));
  const files = diff.files.length <= FILES_MAX ? diff.files : diff.files.filter(({ path }) => named.has(path));
  const steadyFiles = files.map((file) => (file.path === "/etc/hostname" ? withoutMode(file) : file));
  const blocks = diff.blocks.map((block) => withNumberedIds(block, numbered));
  const steady = (_key: string, value: unknown): unknown => {
    if (typeof value !== "string") return value;
    return DIGEST.test(value) ? "<digest>" : value.replaceAll(UUID, numbered).replaceAll(KERNEL, "<kernel>");
  };
  return `${JSON.stringify({ ...diff, blocks, files: steadyFiles }, steady, 2)}\n`;
}

function withoutMode(file: FileChange): FileChange {
  const { before, after } = file;
  const bare = (state: FileState): FileState => ({ ...state, mode: "<mode>" });
  return {
    ...file,
    ...(before === undefined ? {} : { before: bare(before) }),
    ...(after === undefined ? {} : { after: bare(after) }),
  };
}

/** Those that do not look like UUIDs. */
function withNumberedIds(block: BlockChange, numbered: (uuid: string) => string): BlockChange {
  const fields = block.fields.map((field) => {
    if (field.name !== "uuid") return field;
    const [before, after] = [field.before, field.after];
    return {
      name: field.name,
      ...(before === undefined ? {} : { before: numbered(before) }),
      ...(after === undefined ? {} : { after: numbered(after) }),
    };
  });
  return { ...block, fields };
}
