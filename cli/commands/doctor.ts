/** `gild doctor`: what is missing on this machine, and the command that fixes it. Changes nothing. */
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import type { Command } from "commander";

import {
  chooseAccelerator,
  findAppliance,
  findHypervisor,
  packageInfo,
  resolveSettings,
  runGuest,
} from "../../engine/index.ts";
import { EXIT, type Io } from "../io.ts";

interface Finding {
  readonly ok: boolean;
  readonly what: string;
  /** Command or sentence that helps; "" when nothing is wrong. */
  readonly fix: string;
}

interface Prerequisite {
  readonly program?: string;
  readonly file?: string;
  readonly package: string;
  readonly for: readonly string[];
}

export function addDoctor(program: Command, io: Io): void {
  program
    .command("doctor")
    .description("say what is missing on this machine, and the command that fixes it")
    .option("--json", "print the findings as JSON")
    .action(async (options: { readonly json?: boolean }) => {
      const findings = [nodeVersion(), ...programs(io), appliance(io), await accelerator(io)];
      if (options.json === true) io.out(`${JSON.stringify(findings, null, 2)}\n`);
      else
        for (const { ok, what, fix } of findings)
          io.out(`${ok ? "ok      " : "missing "} ${what}${fix === "" ? "" : `\n         ${fix}`}\n`);
      if (findings.some(({ ok }) => !ok)) io.exit(EXIT.ERROR);
    });
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return { ok, what: `Node ${process.version}`, fix: ok ? "" : "Node 20.19 or newer is needed" };
}

/** One finding for the programs that are there, one for each Debian package that is not. */
function programs(io: Io): Finding[] {
  const list = prerequisites();
  const missing = list.filter((item) => !isThere(item, io));
  const packages = [...new Set(missing.map((item) => item.package))];
  if (packages.length === 0) return [{ ok: true, what: `${list.length} programs of the host`, fix: "" }];
  return packages.map((name) => {
    const items = missing.filter((item) => item.package === name);
    const what = items.map((item) => `${item.program ?? item.file ?? ""} (${item.for.join(", ")})`).join(", ");
    return { ok: false, what, fix: `apt-get install ${name}` };
  });
}

function prerequisites(): readonly Prerequisite[] {
  const file = join(packageInfo().folder, "dist", "appliance", "prerequisites.json");
  const { programs } = JSON.parse(readFileSync(file, "utf8")) as { programs: readonly Prerequisite[] }; // ours, made by the build
  return programs.filter((item) => !item.for.every((use) => use === "example"));
}

function isThere({ program, file }: Prerequisite, io: Io): boolean {
  if (file !== undefined) return existsSync(file);
  const path = `${io.env["PATH"] ?? ""}${delimiter}/usr/sbin${delimiter}/sbin`;
  return path.split(delimiter).some((folder) => isExecutable(join(folder, program ?? "")));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function appliance(io: Io): Finding {
  const { path, cachedir } = resolveSettings({ env: io.env });
  try {
    const { directory } = findAppliance({ path, cachedir, distdir: join(packageInfo().folder, "dist") });
    return { ok: true, what: `appliance ${directory}`, fix: "" };
  } catch (error) {
    return { ok: false, what: error instanceof Error ? error.message : String(error), fix: "gild appliance build" };
  }
}

async function accelerator(io: Io): Promise<Finding> {
  const settings = resolveSettings({ env: io.env });
  try {
    const { name, reason } = await chooseAccelerator({
      hv: findHypervisor(settings.hv, io.env),
      forced: settings.accelerator,
      cachedir: settings.cachedir,
      tmpdir: settings.tmpdir,
      runGuest,
    });
    return { ok: true, what: `accelerator ${name}: ${reason}`, fix: "" };
  } catch (error) {
    const what = `accelerator: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, what, fix: "apt-get install qemu-system-x86" };
  }
}
