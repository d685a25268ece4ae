/** Settings of a launch from the command's surroundings; GILD_TRACE=1, GILD_DEBUG=1 and --verbose print to standard error. */
import { resolveSettings, type LaunchSettings } from "../engine/index.ts";
import type { Io } from "./io.ts";
import { printable } from "./render/style.ts";

/** @param quiet no word of progress */
export function launchSettings(io: Io, more: Omit<LaunchSettings, "env"> = {}, quiet = false): LaunchSettings {
  const settings: LaunchSettings = { env: io.env, signal: io.signal, ...more };
  const { trace, verbose } = resolveSettings(settings);
  return {
    ...settings,
    onNote: ({ kind, text }) => {
      // A progress line may be drawn here.
      if ((kind === "making" && !quiet) || io.verbose === true)
        io.err(`${io.terminal ? "\r\u001B[K" : ""}${printable(text)}\n`);
    },
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
