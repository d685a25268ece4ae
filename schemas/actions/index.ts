/** The action table: every family's exports in one object. No name is repeated; adding an action to a family needs no edit here. */
import type { ClientOf } from "../action.ts";
import * as dir from "./dir.ts";

export const families = { dir } as const;

export type Families = typeof families;
type Table = Families["dir"];

export const actions: Table = { ...dir };

export type ActionName = keyof Table;

/** The guestfs API as TypeScript sees it: one method per action. */
export type Guestfs = ClientOf<Table>;
