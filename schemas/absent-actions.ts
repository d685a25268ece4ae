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

export const absentActions: Readonly<Record<string, AbsentAction>> = {
  internal_list_rpm_applications: {
    proc: 510,
    since: "1.45.3",
    reason:
      "needs librpm in the appliance, to read the rpm database of a guest that may be hostile; inspect_list_applications2 gives nothing for such a guest",
  },
};
