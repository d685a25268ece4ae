/** `gild inspect`: what is in an image: operating system, filesystems, mount points, packages. Changes nothing. */
import type { Command } from "commander";

import { inspectImage, type Inspection } from "../../engine/index.ts";
import type { Io } from "../io.ts";
import { launchSettings } from "../launch-settings.ts";
import { byteSize, count, oneLine } from "../render/style.ts";
import { jsonResult } from "../shell/result-text.ts";
import { recoveryReporter, withImages } from "./open-images.ts";

interface InspectOptions {
  readonly format?: string;
  readonly root?: string;
  readonly packages?: boolean;
  readonly json?: boolean;
}

export function addInspect(program: Command, io: Io): void {
  program
    .command("inspect")
    .argument("<image...>", "disk images of one machine")
    .description("show the operating system, filesystems, mount points and packages of an image")
    .option("--format <format>", "format of the images (raw, qcow2, vmdk, vdi, vhdx); default: looked at once")
    .option("--root <device>", "only this root filesystem")
    .option("--packages", "list the installed packages")
    .option("--json", "print the result as JSON")
    .action(async (images: readonly string[], options: InspectOptions) => {
      const inspection = await withImages(
        launchSettings(io),
        { images, format: options.format, writable: false, onRecovered: recoveryReporter(io) },
        async ({ g }) =>
          inspectImage(g, {
            packages: options.packages === true,
            ...(options.root === undefined ? {} : { root: options.root }),
          }),
      );
      io.out(options.json === true ? `${jsonResult(inspection)}\n` : inspectionText(inspection));
    });
}

function inspectionText({ roots, filesystems }: Inspection): string {
  const lines: string[] = [];
  for (const root of roots) {
    const { facts } = root;
    lines.push(`${oneLine(root.prettyName)} on ${oneLine(root.device)}`);
    lines.push(`  hostname  ${oneLine(root.hostname)}`);
    lines.push(
      `  system    ${oneLine([facts.os, facts.distro, facts.version, facts.arch].filter((fact) => fact !== "").join(" "))}`,
    );
    if (root.packageCount !== undefined)
      lines.push(`  packages  ${count(root.packageCount)} (${facts.packageManager})`);
    for (const { mountpoint, mountable } of root.mounts)
      lines.push(`  mount     ${oneLine(mountpoint)} from ${oneLine(mountable)}`);
    for (const warning of root.warnings) lines.push(`  warning   ${oneLine(warning)}`);
    for (const { name, version, arch } of root.packages ?? []) lines.push(`  ${oneLine(`${name} ${version} ${arch}`)}`);
  }
  if (roots.length === 0) lines.push("No operating system found.");
  lines.push("", "Filesystems");
  for (const { mountable, type, label, uuid, sizeBytes } of filesystems) {
    const parts = [
      mountable,
      type,
      sizeBytes === undefined ? "" : byteSize(Number(sizeBytes)),
      label ?? "",
      uuid ?? "",
    ];
    lines.push(`  ${oneLine(parts.filter((part) => part !== "").join("  "))}`);
  }
  return `${lines.join("\n")}\n`;
}
