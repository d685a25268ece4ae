/**
 * The parts of an mmdebstrap command line that the appliance and the example root share. Runs nothing.
 */

/**
 * Hooks that keep downloaded packages in a directory and offer them to the next run; apt takes those that are still current.
 * @param debs directory of .deb files, which exists
 * @param lastHook the last hook that sees the packages: `extract` when they are only unpacked, else `essential`
 */
export function archiveCacheHooks(debs: string, lastHook: "extract" | "customize"): readonly string[] {
  const archives = '"$1/var/cache/apt/archives"';
  return [
    `--setup-hook=mkdir -p ${archives} && find ${quoted(debs)} -name '*.deb' -exec cp -t ${archives} {} +`,
    `--${lastHook}-hook=find ${archives} -maxdepth 1 -name '*.deb' -exec cp -u -t ${quoted(debs)} {} +`,
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
