/** What the data of the action table cannot say: how the daemon ends. Needs root. */
import { expect, it } from "vitest";

import { ChannelClosedError } from "../../../guestfsd/channel.ts";
import { makeGuest } from "../guest.ts";

it("internal_exit ends the daemon as the end of its channel does", () => {
  const guest = makeGuest();
  try {
    expect(() => guest.call("internal_exit")).toThrow(ChannelClosedError);
  } finally {
    guest.remove();
  }
});
