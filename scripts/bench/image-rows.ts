/** Rows on the Debian LVM image that the appliance tests make: change it, look at it, show what would change. */
import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { gild, golden, root, work } from "./places.ts";
import type { Program, Row } from "./row.ts";
import { must } from "./run.ts";

const copy = join(work, "debian.qcow2");
const overlay = join(work, "overlay.qcow2");
const recipe = join(root, "examples", "web-tweaks", "recipe.yaml");

export function imageRows(smoke: boolean): Row[] {
  if (!existsSync(golden)) {
    console.log(`(no ${golden}: the rows on a Debian image are left out; npm test makes it)`);
    return [];
  }
  const apply = own("apply", recipe, "-a", copy);
  const rows: Row[] = [
    {
      name: "files-only job on the Debian LVM image (virt-customize)",
      prepare: fresh,
      gild: [apply],
      peer: [customize(copy)],
      goal: { ratio: 12, seconds: 2.5 },
    },
    {
      name: "the same again, converged (virt-customize)",
      prepare: changed,
      gild: [apply],
      peer: [customize(copy)],
      goal: { ratio: 16, seconds: 2 },
      slow: true,
    },
    {
      name: "the same as a dry run with the diff (virt-customize, virt-diff)",
      prepare: fresh,
      gild: [own("plan", recipe, "-a", copy)],
      peer: [
        { argv: ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", copy, overlay] },
        customize(overlay),
        { argv: ["virt-diff", "--format=qcow2", "-a", copy, "--format=qcow2", "-A", overlay] },
      ],
      goal: { ratio: 20, seconds: 3.5 },
      slow: true,
    },
    {
      name: "inspect that image (virt-inspector)",
      prepare: fresh,
      gild: [own("inspect", copy)],
      peer: [{ argv: ["virt-inspector", "--format=qcow2", "-a", copy] }],
      goal: { ratio: 7, seconds: 2.5 },
      slow: true,
    },
    {
      name: "plan of a recipe that changes nothing",
      prepare: changed,
      gild: [own("plan", recipe, "-a", copy)],
      slow: true,
    },
    { name: "validate a recipe", prepare: () => undefined, gild: [own("validate", recipe)], goal: { seconds: 0.15 } },
  ];
  return rows.filter(({ slow }) => !(smoke && slow === true));
}

function own(...args: readonly string[]): Program {
  return { argv: [...gild, ...args] };
}

function customize(image: string): Program {
  const options = JSON.parse(
    readFileSync(join(root, "examples", "web-tweaks", "virt-customize.json"), "utf8"),
  ) as string[]; // a list of options
  return { argv: ["virt-customize", "--format=qcow2", "-a", image, ...options] };
}

function fresh(): void {
  rmSync(overlay, { force: true });
  copyFileSync(golden, copy);
}

/** The image as the recipe leaves it. */
function changed(): void {
  fresh();
  must([...gild, "apply", recipe, "-a", copy]);
}
