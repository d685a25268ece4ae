/** Settings: argument before environment before default. */
import { expect, test } from "vitest";

import { cacheDirectory, distDirectory, resolveSettings } from "../../engine/index.ts";

const HOME = "/home/u";

test("defaults", () => {
  expect(resolveSettings({ env: { HOME } })).toMatchObject({
    memsize: 1280,
    smp: 1,
    network: false,
    hv: "qemu-system-x86_64",
    append: "",
    tmpdir: "/tmp",
    cachedir: "/home/u/.cache/gild",
    template: true,
    verbose: false,
    trace: false,
  });
});

test("the environment", () => {
  const env = {
    HOME,
    GILD_MEMSIZE: "2048",
    GILD_SMP: "2",
    GILD_HV: "/opt/qemu",
    GILD_APPEND: "foo",
    GILD_PATH: "/a:/b",
    GILD_TMPDIR: "/t",
    GILD_CACHEDIR: "/c",
    GILD_BACKEND_SETTINGS: "force_tcg",
    GILD_DEBUG: "1",
    GILD_TEMPLATE: "0",
    GILD_BULK: "4096",
    GILD_TRACE: "1",
  };

  expect(resolveSettings({ env })).toEqual({
    env,
    memsize: 2048,
    smp: 2,
    network: false,
    hv: "/opt/qemu",
    append: "foo",
    path: "/a:/b",
    tmpdir: "/t",
    cachedir: "/c",
    accelerator: "tcg",
    template: false,
    bulkBytes: 4096,
    verbose: true,
    trace: true,
    launchTimeoutMs: 300_000,
    parameters: [],
    pgroup: false,
  });
});

test("what the program gives comes first", () => {
  const env = { HOME, GILD_MEMSIZE: "2048", GILD_BACKEND_SETTINGS: "force_kvm" };

  expect(resolveSettings({ env, memsize: 512, accelerator: "tcg" })).toMatchObject({
    memsize: 512,
    accelerator: "tcg",
  });
});

test.each([
  [{ GILD_MEMSIZE: "lots" }],
  [{ GILD_MEMSIZE: "64" }],
  [{ GILD_SMP: "0" }],
  [{ GILD_DEBUG: "yes" }],
  [{ GILD_BACKEND_SETTINGS: "network_bridge=x" }],
])("refuses %j", (env) => {
  expect(() => resolveSettings({ env: { HOME, ...env } })).toThrow(expect.objectContaining({ code: "bad-setting" }));
});

test("the cache follows XDG", () => {
  expect(cacheDirectory({ HOME, XDG_CACHE_HOME: "/x" })).toBe("/x/gild");
  expect(() => cacheDirectory({})).toThrow("HOME");
});

test("dist/ is found from the sources and from a bundle in it", () => {
  expect(distDirectory("file:///p/engine/settings.ts")).toBe("/p/dist");
  expect(distDirectory("file:///p/dist/gild.js")).toBe("/p/dist");
});
