/** Messages of the appliance's kernel (upstream daemon/dmesg.c). */
import { defineAction } from "../action.ts";
import { rString } from "../result.ts";

export const dmesg = defineAction({
  proc: 91,
  summary: "read the messages of the appliance's kernel",
  description: "Gives what `dmesg` prints, the oldest message first: for finding out why a mount or a disk failed.",
  args: {},
  ret: rString("kmsgs"),
  effect: "read",
  errors: [],
  since: "1.0.18",
  tests: [
    {
      init: "none",
      calls: [["dmesg"]],
      expect: { contains: "Linux version" },
      applianceOnly: "messages of the host are nobody's business",
    },
  ],
});
