/** Program of launch.test.ts: launches an appliance, prints qemu's process number, and waits to be killed. */
import { openGuestfs } from "../../../engine/index.ts";

const [disk = ""] = process.argv.slice(2);
const handle = await openGuestfs({ env: process.env }, [{ filename: disk, format: "raw" }]);
process.stdout.write(`${handle.get_pid()}\n`);
setInterval(() => undefined, 60_000);
