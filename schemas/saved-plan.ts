/**
 * SavedPlan: the JSON file that `gild plan -o` writes beside the overlays. It says what was planned, from what, and by which
 * gild, so that `gild apply` can tell whether that still holds. Types and their JSON Schema only.
 */
import { closed, text } from "./document-schema.ts";
import type { JsonSchema } from "./json.ts";
import { planBody, type PlanDocument } from "./plan-document.ts";

/** Raised when a reader of the older form would misread the newer one. */
export const SAVED_PLAN_FORMAT_VERSION = 1;
export const SAVED_PLAN_KIND = "gild saved plan";

export interface SavedPlan {
  readonly kind: typeof SAVED_PLAN_KIND;
  readonly formatVersion: typeof SAVED_PLAN_FORMAT_VERSION;
  /** Version of the gild that made it; another one does not apply it. */
  readonly gild: string;
  /** Absolute path of the folder it was written to. Paths below are absolute; a reader tries them from its own folder first. */
  readonly folder: string;
  readonly images: readonly SavedImage[];
  /** The recipe first, then every other file that was read: includes, vars files, host files and folders. */
  readonly inputs: readonly SavedInput[];
  readonly plan: PlanDocument;
  /** sha256 (hexadecimal) of this document as JSON without spaces and without this member. */
  readonly sha256: string;
}

export interface SavedImage {
  readonly path: string;
  readonly format: string;
  readonly kind: "file" | "block";
  /** As the image was. Numbers are decimal text. */
  readonly seen: {
    readonly dev: string;
    readonly ino: string;
    readonly size: string;
    readonly mtimeNs: string;
    readonly ctimeNs: string;
  };
  /** See contentDigest() in engine/content-digest.ts. */
  readonly sha256: string;
  /** Absent when there is nothing to change. */
  readonly overlay?: {
    /** Name of the overlay's file, in the folder of the plan. */
    readonly file: string;
    /** Bytes of that file. */
    readonly size: number;
    /** See digestOverlay() in engine/replay.ts. */
    readonly sha256: string;
  };
}

export interface SavedInput {
  readonly kind: "recipe" | "vars" | "host-file" | "host-folder";
  readonly path: string;
  /** sha256 of a file's bytes; of a folder see inputDigest() in engine/content-digest.ts. */
  readonly sha256: string;
}

const decimal = (description: string): JsonSchema => ({ type: "string", pattern: "^[0-9]+$", description });
const sha256: JsonSchema = { type: "string", pattern: "^[0-9a-f]{64}$", description: "sha256, hexadecimal." };

const image = closed(
  "An image the plan was made for.",
  {
    path: text("Absolute path."),
    format: { enum: ["raw", "qcow2"], description: "Format." },
    kind: { enum: ["file", "block"], description: "File or block device." },
    seen: closed("The image's status when the plan was made.", {
      dev: decimal("Device."),
      ino: decimal("Inode."),
      size: decimal("Bytes."),
      mtimeNs: decimal("Modification time, nanoseconds since 1970."),
      ctimeNs: decimal("Change time, nanoseconds since 1970."),
    }),
    sha256,
    overlay: closed("The changes, as they are written into the image.", {
      file: { type: "string", pattern: "^[^/]+$", description: "File in the folder of the plan." },
      size: { type: "integer", description: "Bytes of that file." },
      sha256,
    }),
  },
  ["overlay"],
);

const input = closed("A file or folder of the host that was read.", {
  kind: { enum: ["recipe", "vars", "host-file", "host-folder"], description: "What it is." },
  path: text("Absolute path."),
  sha256,
});

/** JSON Schema (2020-12) of {@link SavedPlan}. */
export const savedPlanSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "gild saved plan",
  ...closed("A plan that can be applied later, as it was reviewed.", {
    kind: { const: SAVED_PLAN_KIND, description: "What this document is." },
    formatVersion: { const: SAVED_PLAN_FORMAT_VERSION, description: "Version of this form." },
    gild: text("Version of gild."),
    folder: text("Absolute path of the folder it was written to."),
    images: { type: "array", items: image, minItems: 1, description: "Images, in the order of their devices." },
    inputs: { type: "array", items: input, description: "What was read on the host, the recipe first." },
    plan: planBody,
    sha256,
  }),
};
