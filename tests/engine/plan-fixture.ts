/** Saved plans made without a VM: qemu-io writes to the disks as a guest would. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { blockNode } from "../../engine/drive.ts";
import { openWork } from "../../engine/work.ts";
import type { InputFile, PlanDocument } from "../../schemas/index.ts";
import { WRITES, type Format } from "./commit-fixture.ts";

const execute = promisify(execFile);
const env = process.env;

export interface FixturePlan {
  /** The plan file. */
  readonly path: string;
  readonly gild: string;
  readonly images: readonly string[];
  /** Default qcow2. */
  readonly format?: Format;
  readonly inputs?: readonly InputFile[];
  /** qemu-io commands, done to every disk. */
  readonly writes?: readonly string[];
  /** False: the run found nothing to change. */
  readonly changed?: boolean;
}

/** A run that writes to every disk, and saves its plan. */
export async function makePlan(made: FixturePlan): Promise<void> {
  const { path, gild, images, format = "qcow2", inputs = [], writes = WRITES, changed = true } = made;
  const end = { kind: "save" as const, path, gild, inputs };
  const opened = await openWork({ images: images.map((image) => ({ path: image, format })), end, env });
  try {
    for (const drive of opened.drives) {
      const node = `json:${JSON.stringify(blockNode(drive))}`;
      await execute("qemu-io", [...writes.flatMap((write) => ["-c", write]), node]);
    }
    await opened.finish(changed, planDocument(images));
  } finally {
    await opened.dispose();
  }
}

export function planDocument(images: readonly string[]): PlanDocument {
  return {
    formatVersion: 1,
    images: images.map((path) => ({ path, format: "qcow2", virtualSize: "4194304" })),
    guest: { os: "linux", distro: "", version: "", arch: "", packageManager: "" },
    steps: [],
    diff: { formatVersion: 1, blocks: [], files: [] },
  };
}
