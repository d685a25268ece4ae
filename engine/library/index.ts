/**
 * Functions that libguestfs has in its library: not on the wire, made of one or more actions (facts/libonly.json). Same
 * names and arguments as there. What a person would call an action (`mkdir_p`) is in the table, not here. Those that need no
 * daemon are the handle's (configuration.ts).
 */
import type { Guestfs } from "../../schemas/index.ts";
import { applicationFunctions, type ApplicationFunctions } from "./applications.ts";
import { contentFunctions, type ContentFunctions } from "./contents.ts";
import { copyFunctions, type CopyFunctions } from "./copy.ts";
import { featureFunctions, type FeatureFunctions } from "./features.ts";
import { iconFunctions, type IconFunctions } from "./icon.ts";
import { nameFunctions, type NameFunctions } from "./names.ts";
import { osinfoFunctions, type OsinfoFunctions } from "./osinfo.ts";
import { createStreamLibrary, type StreamLibrary } from "./streams.ts";

export interface GuestfsLibrary
  extends
    ApplicationFunctions,
    ContentFunctions,
    CopyFunctions,
    FeatureFunctions,
    IconFunctions,
    NameFunctions,
    OsinfoFunctions,
    StreamLibrary {}

export function createLibrary(g: Guestfs): GuestfsLibrary {
  return {
    ...applicationFunctions(g),
    ...contentFunctions(g),
    ...copyFunctions(g),
    ...createStreamLibrary(g),
    ...featureFunctions(g),
    ...iconFunctions(g),
    ...nameFunctions(g),
    ...osinfoFunctions(g),
  };
}
