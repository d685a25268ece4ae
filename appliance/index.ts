/**
 * What other build programs (scripts/build.ts, examples/debian-root) may use of the appliance's build: its key, the cache, the
 * host's apt sources, and running host programs. The product itself imports nothing of this folder.
 */
export { aptSources, aptTransportOptions, hostRelease } from "./apt-sources.ts";
export { artefact, type Artefact, type ArtefactRequest } from "./artefact.ts";
export { currentKeys, type ApplianceKeys } from "./key.ts";
export { cacheDirectory } from "./paths.ts";
export { archiveCacheHooks, optionFlags } from "./mmdebstrap.ts";
export { run, RunError, type RunOptions } from "./run.ts";
