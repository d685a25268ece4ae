/**
 * The parts of an mmdebstrap command line that the appliance and the example root share. Runs nothing.
 */

/**
 * Hooks that keep downloaded packages in a directory and offer them to the next run; apt takes those that are still current.
 * mmdebstrap itself copies: in its unshare mode a hook's own programs could not read the user's files.
 * @param debs directory of .deb files, which exists
 * @param lastHook the last hook that sees the packages: `extract` when they are only unpacked, else `customize`
 */
export function archiveCacheHooks(debs: string, lastHook: "extract" | "customize"): readonly string[] {
  return [
    '--setup-hook=mkdir -p "$1/var/cache/apt/archives"',
    `--setup-hook=sync-in ${quoted(debs)} /var/cache/apt/archives`,
    `--${lastHook}-hook=rm -rf "$1/var/cache/apt/archives/lock" "$1/var/cache/apt/archives/partial"`,
    `--${lastHook}-hook=sync-out /var/cache/apt/archives ${quoted(debs)}`,
    "--skip=download/empty",
    "--skip=essential/unlink",
  ];
}

/** `--name=value` for each value. */
export function optionFlags(name: string, values: readonly string[]): readonly string[] {
  return values.map((value) => `--${name}=${value}`);
}

/** A word for a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
