/** Texts around GRUB: /etc/default/grub with other settings, and what a grub.cfg knows. Pure. */

export interface GrubSettings {
  /** Words added to the kernel's command line; undefined leaves what is there. */
  readonly cmdline: string | undefined;
  readonly serial: boolean;
  /** Seconds; undefined leaves what is there. */
  readonly timeout: number | undefined;
}

/** Kernel arguments that give a login prompt on the first serial port and keep the screen. */
const SERIAL_ARGUMENTS = "console=tty0 console=ttyS0,115200n8";

/** The variables of /etc/default/grub that the settings ask for. */
export function grubVariables(settings: GrubSettings): Readonly<Record<string, string>> {
  const words = [settings.serial ? SERIAL_ARGUMENTS : "", settings.cmdline ?? ""].filter((word) => word !== "");
  return {
    ...(words.length === 0 ? {} : { GRUB_CMDLINE_LINUX: words.join(" ") }),
    ...(settings.serial
      ? { GRUB_TERMINAL: "console serial", GRUB_SERIAL_COMMAND: "serial --unit=0 --speed=115200" }
      : {}),
    ...(settings.timeout === undefined ? {} : { GRUB_TIMEOUT: `${settings.timeout}` }),
  };
}

/** Shell text in which the variables are assigned: in place of the last assignment of each, else at the end. */
export function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  let lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  for (const [name, value] of Object.entries(variables)) {
    const line = `${name}="${value}"`;
    const at = lines.findLastIndex((existing) => existing.trimStart().startsWith(`${name}=`));
    if (at >= 0 && assigned(lines[at] ?? "") === value) continue;
    lines = at < 0 ? [...lines, line] : lines.with(at, line);
  }
  const after = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  return lines.join("\n") === text.replace(/\n$/, "") ? text : after;
}

/** Whether a grub.cfg boots every one of the kernels with the wanted command line. */
export function menuIsCurrent(menu: string, kernels: readonly string[], cmdline: string | undefined): boolean {
  const entries = menu.split("\n").filter((line) => /^\s*linux\s/.test(line));
  return (
    kernels.every((kernel) => entries.some((entry) => entry.includes(`/${kernel} `))) &&
    (cmdline === undefined || entries.every((entry) => entry.includes(cmdline) || entry.includes(" single")))
  );
}

/** The disk of a partition (`/dev/sda` of `/dev/sda2`); undefined for a logical volume or another name. */
export function diskOf(device: string): string | undefined {
  return /^(\/dev\/(?:sd|vd|hd)[a-z]+)[0-9]*$/.exec(device)?.[1];
}

function assigned(line: string): string {
  const value = line.slice(line.indexOf("=") + 1).trim();
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
}
