/** `glob command words...` of the shell: a command for every combination of what its words match, as guestfish does. */
import type { GuestfsApi } from "../../engine/index.ts";

/**
 * Words that begin with `/` and have a wildcard become the paths of the guest that match, those below /dev the devices,
 * partitions and logical volumes. A word that matches nothing stays as it is.
 *
 * @returns the commands, each as its words, in the order of the matches
 */
export async function expandWords(words: readonly string[], g: GuestfsApi): Promise<string[][]> {
  let commands: string[][] = [[]];
  for (const word of words) {
    const matches = await matchesOf(word, g);
    commands = commands.flatMap((command) => matches.map((match) => [...command, match]));
  }
  return commands;
}

async function matchesOf(word: string, g: GuestfsApi): Promise<readonly string[]> {
  if (!word.startsWith("/") || !/[*?[]/.test(word)) return [word];
  const matches = word.startsWith("/dev/") ? await devices(word, g) : await g.glob_expand({ pattern: word });
  return matches.length === 0 ? [word] : matches;
}

async function devices(pattern: string, g: GuestfsApi): Promise<string[]> {
  const all = [...(await g.list_devices()), ...(await g.list_partitions())];
  if (await g.feature_available({ groups: ["lvm2"] })) all.push(...(await g.lvs()));
  const wanted = new RegExp(`^${pattern.replaceAll(/[^A-Za-z0-9/]/g, expression)}$`);
  return all.filter((device) => wanted.test(device));
}

/** Brackets mean the same in both languages, but for the `!` that begins one. */
function expression(char: string): string {
  if (char === "*") return "[^/]*";
  if (char === "?") return "[^/]";
  if (char === "!") return "^";
  return "[]-".includes(char) ? char : `\\${char}`;
}
