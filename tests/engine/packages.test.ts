import { expect, test } from "vitest";

import { parseDpkgStatus } from "../../engine/packages.ts";

test("counts what is installed, not what left its configuration", () => {
  const status = [
    "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2-1\nDescription: x\n Package: no",
    "Package: gone\nStatus: deinstall ok config-files\nVersion: 1",
    "Version: 2",
    "",
  ].join("\n\n");

  expect(parseDpkgStatus(status)).toEqual([{ name: "bash", version: "5.2-1", arch: "amd64" }]);
});
