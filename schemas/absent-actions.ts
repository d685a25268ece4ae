/** The actions of libguestfs that gild's daemon does not have, each with its reason: the only list of them. */

export interface AbsentAction {
  /** Upstream's procedure number; a call gets the error of an unknown procedure. */
  readonly proc: number;
  readonly group?: string;
  /** libguestfs version that brought it. */
  readonly since: string;
  /** Why it is not there: a clause, lower case, no final stop. */
  readonly reason: string;
}

export const absentActions: Readonly<Record<string, AbsentAction>> = {};
