/** Daemon side of schemas/actions/rpm.ts. */
import type { families, HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { guestPackages } from "../rpm-database.ts";

export const rpm = {
  internal_list_rpm_applications: (_args, context) => guestPackages(context),
} satisfies HandlersOf<typeof families.rpm, Context>;
