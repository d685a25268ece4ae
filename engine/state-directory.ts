/** Where gild keeps what must outlive a run and has no place beside an image. Makes no directory. */
import { join } from "node:path";

import type { Environment } from "./settings.ts";

/** XDG_STATE_HOME/gild, else HOME/.local/state/gild; undefined without a home. */
export function stateDirectory(env: Environment): string | undefined {
  const set = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const [state, home] = [set("XDG_STATE_HOME"), set("HOME")];
  if (state !== undefined) return join(state, "gild");
  return home === undefined ? undefined : join(home, ".local", "state", "gild");
}
