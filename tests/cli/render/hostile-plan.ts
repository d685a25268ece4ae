/** A plan of a guest that means harm: names, contents, labels and link targets that would be markup, scripts or orders to a terminal. */
import type { FileChange, FileState, PlanDocument } from "../../../schemas/index.ts";

const state = (more: Partial<FileState> = {}): FileState => ({
  type: "file",
  mode: "0644",
  uid: 0,
  gid: 0,
  size: 9,
  ...more,
});

/** Runs `mark()` wherever it is taken for markup or script. */
export const ATTACKS = [
  `<script>document.title="owned"</script>`,
  `"><img src=x onerror="document.title='owned'">`,
  `'><svg onload=document.title='owned'>`,
  `</style><style>body{display:none}</style>`,
  `</details></div></section><h1>owned</h1>`,
  `<a href="javascript:document.title='owned'">click</a>`,
  `<iframe srcdoc="<script>parent.document.title='owned'</script>"></iframe>`,
  `<meta http-equiv=refresh content="0;url=http://127.0.0.1:9/">`,
  `&lt;b&gt;&#60;b&#62;`,
  `\u001B]0;owned\u0007\u202Egnp.exe\uDC80`,
  "```\n</details>\n# owned @everyone [x](http://127.0.0.1:9/) ![x](http://127.0.0.1:9/p.png)\n```",
] as const;

const hunks = (text: string): string =>
  `@@ -1 +1,9 @@\n-old\n${text
    .split("\n")
    .map((line) => `+${line}\n`)
    .join("")}`;

const files = ATTACKS.flatMap((attack, index): FileChange[] => [
  { path: `/srv/${index}${attack}`, change: "added", type: "file", after: state(), what: [], text: hunks(attack) },
  {
    path: `/srv/link${index}`,
    change: "changed",
    type: "symlink",
    before: state({ type: "symlink", target: attack, label: attack }),
    after: state({ type: "symlink", target: `${attack}2`, label: `${attack}2`, xattrs: { [attack]: "AA==" } }),
    what: ["target", "label", "xattrs"],
  },
  {
    path: `/new/${attack}`,
    from: `/old/${attack}`,
    change: "moved",
    type: "file",
    before: state(),
    after: state(),
    what: [],
  },
]);

export const hostilePlan: PlanDocument = {
  formatVersion: 1,
  images: [{ path: `/tmp/${ATTACKS[0]}.qcow2`, format: "qcow2", virtualSize: "4194304" }],
  guest: {
    os: "linux",
    distro: ATTACKS[1],
    version: ATTACKS[2],
    arch: "x86_64",
    packageManager: "apt",
    root: ATTACKS[4],
  },
  steps: ATTACKS.map((attack, index) => ({
    number: index + 1,
    name: "write",
    summary: attack,
    source: { file: `${attack}.yaml`, line: index + 1, column: 1 },
    durationMs: 1,
    notices: index === 0 ? [{ kind: "warning", reason: attack }] : [],
    actions: [{ action: "internal_write", args: { path: attack, content: attack, [attack]: attack }, durationMs: 1 }],
  })),
  diff: {
    formatVersion: 1,
    blocks: ATTACKS.map((attack) => ({
      kind: "filesystem",
      name: `/dev/${attack}`,
      change: "changed",
      fields: [{ name: "label", before: attack, after: `${attack}2` }],
    })),
    packages: ATTACKS.map((attack) => ({ name: attack, arch: attack, after: attack })),
    packagesUnread: ATTACKS.map((attack) => ({ path: attack, side: "after", reason: attack })),
    files,
  },
};
