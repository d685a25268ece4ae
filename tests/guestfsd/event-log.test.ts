import { expect, test } from "vitest";

import { EventLog } from "../../guestfsd/event-log.ts";
import { FAN_ATTRIB, FAN_CREATE, FAN_MODIFY, filesystemKey, parseEvents } from "../../guestfsd/native/fanotify.ts";

const FSID = [1, 2, 3, 4, 5, 6, 7, 8];
const HANDLE = [2, 0, 0, 0, 1, 0, 0, 0, 0xaa, 0xbb];
const handle = Buffer.from(HANDLE).toString("latin1");

function record(type: number, ...rest: number[]): number[] {
  const size = 4 + FSID.length + HANDLE.length + rest.length;
  return [type, 0, size, 0, ...FSID, ...HANDLE, ...rest];
}

function event(mask: number, ...records: number[][]): Buffer {
  const info = records.flat();
  const head = Buffer.alloc(24);
  head.writeUInt32LE(24 + info.length, 0);
  head.writeUInt16LE(24, 6);
  head.writeUInt32LE(mask, 8);
  head.writeInt32LE(-1, 16);
  return Buffer.concat([head, Buffer.from(info)]);
}

test("takes events apart, and keeps what it does not know out of them", () => {
  const unknown = [9, 0, 6, 0, 7, 7];
  const bytes = Buffer.concat([
    event(FAN_CREATE, record(2, 0x61, 0xff, 0, 0), record(1), unknown),
    event(FAN_ATTRIB, record(1)),
    event(FAN_ATTRIB, record(3)),
    event(0x4000),
  ]);

  expect([...parseEvents(bytes)]).toEqual([
    {
      mask: FAN_CREATE,
      filesystem: filesystemKey(0x0807060504030201n),
      entry: { directory: handle, name: "a\u00ff" },
      file: handle,
    },
    { mask: FAN_ATTRIB, filesystem: Buffer.from(FSID).toString("latin1"), file: handle },
    { mask: FAN_ATTRIB, filesystem: Buffer.from(FSID).toString("latin1"), entry: { directory: handle, name: "." } },
    { mask: 0x4000, filesystem: "" },
  ]);
});

test("a name that came once has come, whatever happened to it later", () => {
  const log = new EventLog();
  const entry = { directory: "d", name: "n" };

  log.add({ mask: FAN_CREATE, filesystem: "", entry });
  log.add({ mask: FAN_MODIFY, filesystem: "", entry });
  log.add({ mask: FAN_MODIFY, filesystem: "", entry: { directory: "d", name: "m" } });
  log.add({ mask: FAN_ATTRIB, filesystem: "", file: "f" });

  expect(log.directories.get("d")).toEqual(
    new Map([
      ["n", true],
      ["m", false],
    ]),
  );
  expect(log.nameless).toEqual(new Set(["f"]));
  log.clear();
  expect(log.isEmpty).toBe(true);
});
