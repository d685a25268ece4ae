/** Names of devices under /dev/mapper. */
import { existsSync } from "node:fs";

import { ActionError } from "./errors.ts";

export const MAPPER = "/dev/mapper/";

/** Before the key is derived, which takes seconds. @throws ActionError EINVAL, EEXIST */
export function checkMapName(name: string): void {
  if (name === "" || name.includes("/")) throw new ActionError(`${name}: not a possible name`, "EINVAL");
  if (existsSync(MAPPER + name)) throw new ActionError(`${MAPPER}${name}: exists already`, "EEXIST");
}
