/** Settings of a launch from the command's surroundings; GILD_TRACE=1 and GILD_DEBUG=1 print to standard error. */
import { resolveSettings, type LaunchSettings } from "../engine/index.ts";
import type { Io } from "./io.ts";
import { printable } from "./render/style.ts";

export function launchSettings(io: Io, more: Omit<LaunchSettings, "env"> = {}): LaunchSettings {
  const settings: LaunchSettings = { env: io.env, signal: io.signal, ...more };
  const { trace, verbose } = resolveSettings(settings);
  return {
    ...settings,
    ...(trace
      ? {
          onTrace: ({ action, durationMs, error }) => {
            io.err(`trace: ${action} ${durationMs.toFixed(1)} ms${error === undefined ? "" : " failed"}\n`);
          },
        }
      : {}),
    ...(verbose
      ? {
          onConsole: (text) => {
            io.err(printable(text));
          },
        }
      : {}),
  };
}
