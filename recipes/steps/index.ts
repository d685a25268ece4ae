/** Every step; one line each, in alphabetical order. Nothing else to register. */
export { hostname } from "./hostname/step.ts";
