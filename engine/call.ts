/**
 * One call from its first byte to its last: call message, then upload.ts or download.ts where a file goes with it, reply
 * (facts/protocol.md §4 - §6). Does not queue (client.ts).
 */
import { streamArg, type FileSink, type FileSource } from "../schemas/index.ts";
import { abortsAtOnce, receiveResult, sendCall, type Call } from "./call-message.ts";
import { download } from "./download.ts";
import { upload } from "./upload.ts";

/**
 * Makes the call.
 *
 * @throws GuestfsError when the daemon refuses or a local file fails; ProtocolError; the connection's end error; the
 *   signal's reason
 */
export async function makeCall(call: Call): Promise<unknown> {
  call.signal?.throwIfAborted();
  const stream = streamArg(call.action);
  // The typed client lets only a FileSource or a FileSink stand at these names.
  if (stream?.direction === "in") return upload(call, call.args[stream.name] as FileSource);
  if (stream?.direction === "out") return download(call, call.args[stream.name] as FileSink);

  await sendCall(call, 0n);
  return abortsAtOnce(call, () => receiveResult(call));
}
