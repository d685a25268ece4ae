/**
 * The name of the template that fits a launch: a digest over everything that the saved state depends on. Two launches with
 * the same key may share a template; any other difference makes another one.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { templateArguments, type Machine } from "../qemu-command.ts";
import type { Digests } from "./digests.ts";

/** Raised when a template is made or restored in another way. */
const FORMAT = 1;

export interface TemplateKey {
  /** Hexadecimal, 32 characters. */
  readonly key: string;
  readonly ingredients: Readonly<Record<string, unknown>>;
}

/** @param hv absolute path of qemu @throws the system error when an ingredient cannot be read */
export function templateKey(hv: string, machine: Machine, digests: Digests): TemplateKey {
  const { kernel, initrd, root } = machine.appliance;
  const files = [hv, kernel, initrd, ...(root === undefined ? [] : [root.file])];
  const ingredients = {
    format: FORMAT,
    hv,
    arguments: templateArguments(machine, ""),
    digests: Object.fromEntries(files.map((file) => [file, digests.of(file)])),
    // With KVM the guest sees the host's processor, and in every case its TSC, whose speed the saved kernel has measured.
    cpu: processor(),
  };
  const key = createHash("sha256").update(JSON.stringify(ingredients)).digest("hex").slice(0, 32);
  return { key, ingredients };
}

/** What the host's processor is and can do. */
function processor(): string {
  const first = readFileSync("/proc/cpuinfo", "latin1").split("\n\n")[0] ?? "";
  return first
    .split("\n")
    .filter((line) => /^(vendor_id|cpu family|model|model name|stepping|microcode|flags)\s*:/.test(line))
    .join("\n");
}
