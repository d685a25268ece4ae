import { expect, test } from "vitest";

import { LiveFacts } from "../../engine/live-facts.ts";
import { fakeGuest, type FakeFile } from "./fake-guest.ts";

const RELEASE = "/etc/os-release";

/** A guest whose files can be changed. */
function debian(): { files: Record<string, FakeFile>; calls: string[]; facts: LiveFacts } {
  const files: Record<string, FakeFile> = {
    [RELEASE]: { content: "ID=debian\nVERSION_ID=12\n" },
    "/usr/bin/apt-get": { content: "" },
    "/bin/true": { content: "", arch: "x86_64" },
  };
  const calls: string[] = [];
  return { files, calls, facts: new LiveFacts(fakeGuest(files, { calls })) };
}

test("after a change of files the facts are read again only when their file is another one", async () => {
  const { files, calls, facts } = debian();
  const before = await facts.read();
  calls.length = 0;

  const unchanged = await facts.read(true);

  expect(unchanged).toEqual(before);
  expect(calls).toEqual([]);

  files[RELEASE] = { content: "ID=debian\nVERSION_ID=13\n", ctime: 2000 };

  expect((await facts.read(true)).version).toBe("13");
});

test("after more than a change of files they are read again in every case", async () => {
  const { files, facts } = debian();
  await facts.read();
  // Another filesystem at the same place, with the same numbers.
  files[RELEASE] = { content: "ID=fedora\nVERSION_ID=9\n" };

  expect((await facts.read()).distro).toBe("fedora");
});

test("what was not found is looked for again", async () => {
  const { files, facts } = debian();
  delete files["/usr/bin/apt-get"];
  expect((await facts.read()).packageManager).toBe("");
  files["/usr/bin/apt-get"] = { content: "" };

  expect((await facts.read(true)).packageManager).toBe("apt");
});
