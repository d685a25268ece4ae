/**
 * Reads the host's apt sources, so that packages come from where the host's administrator wants them from.
 * Keeps only Debian's own `main`; names no mirror itself. When nothing is found mmdebstrap uses its own default.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { run } from "./run.ts";

interface Source {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy: string | undefined;
}

/**
 * The lines of a sources.list for one Debian release.
 * @param suite the release wanted, for example `bookworm`
 * @param etcApt the host's /etc/apt
 * @param hostSuite the host's own release: its sources serve for `suite` when none names `suite` itself
 */
export function aptSources(suite: string, etcApt: string, hostSuite: string | undefined): readonly string[] {
  const sources = readSources(etcApt);
  const lines = linesFor(sources, suite, suite);
  return lines.length > 0 || hostSuite === undefined ? lines : linesFor(sources, hostSuite, suite);
}

/** The host's own release, when it is a Debian: the code name in an os-release file. */
export function hostRelease(file = "/etc/os-release"): string | undefined {
  const osRelease = existsSync(file) ? readFileSync(file, "utf8") : "";
  return /^ID=debian$/m.test(osRelease) ? /^VERSION_CODENAME=(\w+)$/m.exec(osRelease)?.[1] : undefined;
}

/** The host's apt settings that decide whether and how a mirror is reached (proxies, retries, clock checks). */
export async function aptTransportOptions(): Promise<readonly string[]> {
  const dump = await run(["apt-config", "dump", "Acquire"]);
  return dump
    .toString()
    .split("\n")
    .filter((line) => /^Acquire::(https?::|Retries|Check-|ForceIPv)/.test(line) && !line.endsWith('"";'));
}

function linesFor(sources: readonly Source[], from: string, to: string): readonly string[] {
  const wanted = new Set([from, `${from}-updates`, `${from}-security`, `${from}/updates`]);
  const lines: string[] = [];
  for (const source of sources) {
    if (!source.components.includes("main")) continue;
    const options = source.signedBy === undefined ? "" : ` signed-by=${source.signedBy}`;
    for (const uri of source.uris) {
      for (const suite of source.suites) {
        if (wanted.has(suite)) lines.push(`deb [arch=amd64${options}] ${uri} ${to}${suite.slice(from.length)} main`);
      }
    }
  }
  return [...new Set(lines)];
}

function readSources(etcApt: string): readonly Source[] {
  const parts = join(etcApt, "sources.list.d");
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const files = [join(etcApt, "sources.list"), ...names.map((name) => join(parts, name))];
  return files.filter(existsSync).flatMap((file) => {
    const text = readFileSync(file, "utf8");
    if (file.endsWith(".sources")) return parseStanzas(text);
    return file.endsWith(".list") ? parseLines(text) : [];
  });
}

/** sources.list(5), one-line style. */
function parseLines(text: string): readonly Source[] {
  const sources: Source[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]*)/.exec(line);
    const [, options = "", uri, suite, components = ""] = match ?? [];
    if (uri === undefined || suite === undefined) continue;
    sources.push({
      uris: [uri],
      suites: [suite],
      components: words(components),
      signedBy: /(?:^|\s)signed-by=(\S+)/.exec(options)?.[1],
    });
  }
  return sources;
}

/** sources.list(5), deb822 style: stanzas of `Name: value` lines, continued by leading blanks. */
function parseStanzas(text: string): readonly Source[] {
  const sources: Source[] = [];
  for (const stanza of text.replace(/^#.*\n?/gm, "").split(/\n\s*\n/)) {
    const fields = new Map<string, string>();
    for (const [, name, value] of stanza.matchAll(/^([\w-]+):((?:.*\n?)(?:[ \t].*\n?)*)/gm)) {
      if (name !== undefined && value !== undefined) fields.set(name.toLowerCase(), value.trim());
    }
    if (!words(fields.get("types") ?? "").includes("deb") || fields.get("enabled") === "no") continue;
    const signedBy = fields.get("signed-by");
    sources.push({
      uris: words(fields.get("uris") ?? ""),
      suites: words(fields.get("suites") ?? ""),
      components: words(fields.get("components") ?? ""),
      // A key written into the stanza itself cannot be passed on in one line; apt's trusted keys serve then.
      signedBy: signedBy?.startsWith("/") === true ? signedBy : undefined,
    });
  }
  return sources;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
