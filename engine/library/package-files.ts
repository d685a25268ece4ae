/**
 * Package databases as text to applications (guestfs(3), inspect_list_applications2). Pure. Versions are split as libguestfs
 * splits them: `EPOCH:VERSION-RELEASE`, the release behind the first hyphen.
 */
import { structs, type StructOf } from "../../schemas/index.ts";

type Application = StructOf<"application2">;
type Version = Pick<Application, "app2_epoch" | "app2_version" | "app2_release">;

const blank = structs.application2.filler;
/** Greatest epoch that fits the struct. */
const EPOCH_MAX = 0x7fff_ffff;

/** /var/lib/dpkg/status: packages whose files are all there. */
export function parseDpkg(text: string): Application[] {
  return text.split(/\n\n+/u).flatMap((paragraph) => {
    const fields = dpkgFields(paragraph);
    const [name, version] = [fields.get("Package"), fields.get("Version")];
    if (name === undefined || version === undefined || fields.get("Status")?.split(" ")[2] !== "installed") return [];
    const [summary = "", ...description] = (fields.get("Description") ?? "").split("\n");
    return {
      ...blank,
      app2_name: name,
      ...splitVersion(version),
      app2_arch: fields.get("Architecture") ?? "",
      app2_url: fields.get("Homepage") ?? "",
      app2_source_package: fields.get("Source")?.split(" ")[0] ?? "",
      app2_summary: summary,
      app2_description: description.join("\n"),
    };
  });
}

/** /lib/apk/db/installed: `LETTER:value` lines, an empty line between packages. */
export function parseApk(text: string): Application[] {
  return text.split(/\n\n+/u).flatMap((paragraph) => {
    const fields = new Map(paragraph.split("\n").map((line) => [line.slice(0, 2), line.slice(2)] as const));
    const [name, version] = [fields.get("P:"), fields.get("V:")];
    if (name === undefined || version === undefined) return [];
    const [, upstream = version, release = ""] = /^(.*)-r(\d+)$/u.exec(version) ?? [];
    return {
      ...blank,
      app2_name: name,
      app2_version: upstream,
      app2_release: release,
      app2_arch: fields.get("A:") ?? "",
      app2_url: fields.get("U:") ?? "",
      app2_description: fields.get("T:") ?? "",
    };
  });
}

/** A file `desc` of pacman's: `%NAME%` above the value, an empty line behind it. */
export function parsePacman(text: string): Application[] {
  const fields = new Map(
    text.split(/\n\n+/u).map((section) => {
      const [title = "", value = ""] = section.replace(/^\n+/u, "").split("\n");
      return [title, value] as const;
    }),
  );
  const [name, version] = [fields.get("%NAME%"), fields.get("%VERSION%")];
  if (name === undefined || version === undefined) return [];
  return [
    {
      ...blank,
      app2_name: name,
      ...splitVersion(version),
      app2_arch: fields.get("%ARCH%") ?? "",
      app2_url: fields.get("%URL%") ?? "",
      app2_description: fields.get("%DESC%") ?? "",
    },
  ];
}

/** As the package manager writes it. */
export function joinVersion({ app2_epoch, app2_version, app2_release }: Version): string {
  return `${app2_epoch === 0 ? "" : `${app2_epoch}:`}${app2_version}${app2_release === "" ? "" : `-${app2_release}`}`;
}

function splitVersion(text: string): Version {
  const [, epoch = "0", version = text, release = ""] = /^(?:(\d+):)?([^-]*)(?:-(.*))?$/su.exec(text) ?? [];
  return { app2_epoch: Math.min(Number(epoch), EPOCH_MAX), app2_version: version, app2_release: release };
}

/** `Name: value` lines; a line that begins with a blank goes on with the value before it, without that blank. */
function dpkgFields(paragraph: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let last = "";
  for (const line of paragraph.split("\n")) {
    const match = /^([A-Za-z-]+):\s*(.*)$/u.exec(line);
    if (match?.[1] !== undefined) {
      last = match[1];
      fields.set(last, match[2] ?? "");
    } else if (line.startsWith(" ") && last !== "") {
      fields.set(last, `${fields.get(last) ?? ""}\n${line.slice(1)}`);
    }
  }
  return fields;
}
