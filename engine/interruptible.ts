/** Gives every call of a client the same signal, so that no part of a run can wait for an appliance that has stopped. */
import type { CallOptions } from "../schemas/index.ts";

type Method = (args?: unknown, options?: CallOptions) => unknown;

/** @param signal ends transfers between chunks, and a call in flight together with its handle */
export function interruptible<G extends object>(g: G, signal: AbortSignal): G {
  const methods = Object.entries(Object.assign<Record<string, unknown>, G>({}, g)).map(([name, method]) => {
    if (typeof method !== "function") return [name, method];
    // Every function of a client takes its arguments and then the options of the call.
    const call = method as Method;
    const wrapped: Method = (args, options) => call(args, { signal, ...options });
    return [name, wrapped];
  });
  // The same names with the same arguments and results.
  return Object.fromEntries(methods) as G;
}
