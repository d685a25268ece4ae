/** systemd unit names and the [Install] section of unit files (systemd.unit(5)). Pure. */

export interface InstallSection {
  readonly wantedBy: readonly string[];
  readonly requiredBy: readonly string[];
  readonly upheldBy: readonly string[];
  readonly also: readonly string[];
  readonly alias: readonly string[];
  readonly defaultInstance: string | undefined;
}

/** The unit's full name: `.service` is added to a name without a type. */
export function unitName(name: string): string {
  return /\.(service|socket|timer|path|mount|automount|swap|target|slice|scope|device)$/.test(name)
    ? name
    : `${name}.service`;
}

/** Name of the file that defines a unit: `foo@.service` for `foo@bar.service`. */
export function unitFileName(unit: string): string {
  return unit.replace(/@[^@]*(\.[^.]+)$/, "@$1");
}

/** The instance of a template (`bar` of `foo@bar.service`); "" for `foo@.service`; undefined for a plain unit. */
export function instanceOf(unit: string): string | undefined {
  return /@([^@]*)\.[^.]+$/.exec(unit)?.[1];
}

/** What [Install] says. Continuation lines are joined; an empty value clears what came before. */
export function parseInstall(text: string): InstallSection {
  const values = new Map<string, string[]>();
  let section = "";
  for (const raw of text.replace(/\\\n/g, " ").split("\n")) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const header = /^\[(.+)\]$/.exec(line);
    if (header !== null) section = header[1] ?? "";
    const setting = /^([A-Za-z]+)\s*=\s*(.*)$/.exec(line);
    if (section !== "Install" || setting === null) continue;
    const [, key = "", value = ""] = setting;
    values.set(key, value === "" ? [] : [...(values.get(key) ?? []), ...value.split(/\s+/)]);
  }
  const of = (key: string): readonly string[] => values.get(key) ?? [];
  return {
    wantedBy: of("WantedBy"),
    requiredBy: of("RequiredBy"),
    upheldBy: of("UpheldBy"),
    also: of("Also"),
    alias: of("Alias"),
    defaultInstance: of("DefaultInstance")[0],
  };
}

/** The links that enable a unit: path below /etc/systemd/system. */
export function installLinks(unit: string, install: InstallSection): readonly string[] {
  const instance = instanceOf(unit);
  const named =
    instance === "" && install.defaultInstance !== undefined
      ? unit.replace("@.", `@${install.defaultInstance}.`)
      : unit;
  const expand = (name: string): string => name.replaceAll("%i", instanceOf(named) ?? "").replaceAll("%%", "%");
  return [
    ...install.wantedBy.map((target) => `${expand(target)}.wants/${named}`),
    ...install.requiredBy.map((target) => `${expand(target)}.requires/${named}`),
    ...install.upheldBy.map((target) => `${expand(target)}.upholds/${named}`),
    ...install.alias.map(expand).filter((alias) => alias !== named),
  ];
}
