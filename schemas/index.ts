/** Public face of schemas/: the only file that other folders import. */
export * from "./action.ts";
export * from "./codec.ts";
export * from "./field.ts";
export * from "./json.ts";
export * from "./result.ts";
export * from "./structs.ts";
export * from "./text.ts";
export * from "./actions/index.ts";
export type * from "./plan.ts";
export * from "./protocol/constants.ts";
export * from "./protocol/frame.ts";
export * from "./protocol/messages.ts";
export * from "./protocol/protocol-error.ts";
