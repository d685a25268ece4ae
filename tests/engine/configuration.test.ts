/** What a handle is told before its launch, and what it asks of the host. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { Handle, type DiskCreate } from "../../engine/index.ts";

const folder = mkdtempSync(join(tmpdir(), "gild-configuration-"));
afterAll(() => rmSync(folder, { recursive: true }));

const env = { PATH: process.env["PATH"], HOME: folder };
const handle = (): Handle => new Handle({ env });
const badArgument = expect.objectContaining({ code: "bad-argument" }) as Error;

describe("settings", () => {
  test("are what was set, else the environment's, else the default", () => {
    const g = new Handle({ env: { ...env, GILD_MEMSIZE: "999" } });

    expect([g.get_memsize(), g.get_smp(), g.get_network(), g.get_pgroup()]).toEqual([999, 1, false, false]);
    g.set_memsize({ memsize: 512 });
    g.set_smp({ smp: 2 });
    g.set_network({ network: true });
    g.set_pgroup({ pgroup: true });

    expect([g.get_memsize(), g.get_smp(), g.get_network(), g.get_pgroup()]).toEqual([512, 2, true, true]);
    expect(g.settings).toMatchObject({ memsize: 512, smp: 2 });
  });

  test("that cannot be used change nothing", () => {
    const g = handle();

    expect(() => g.set_memsize({ memsize: 1 })).toThrow(expect.objectContaining({ code: "bad-setting" }));
    expect(g.get_memsize()).toBe(1280);
  });

  test("of the backend are the accelerator", () => {
    const g = handle();

    expect(g.get_backend_settings()).toEqual([]);
    g.set_backend_settings({ settings: ["force_tcg"] });
    expect(g.get_backend_settings()).toEqual(["force_tcg"]);
    g.set_backend_settings({ settings: [] });
    expect(g.settings.accelerator).toBeUndefined();
  });

  test("of folders and programs", () => {
    const g = handle();
    g.set_hv({ hv: "/opt/qemu" });
    g.set_append({ append: "debug" });
    g.set_path({ searchpath: "/opt/appliance" });
    g.set_tmpdir({ tmpdir: "/var/tmp" });
    g.set_cachedir({ cachedir: "/var/cache/x" });
    g.set_verbose({ verbose: true });
    g.set_autosync({ autosync: false });

    expect(g.settings).toMatchObject({
      hv: "/opt/qemu",
      append: "debug",
      path: "/opt/appliance",
      tmpdir: "/var/tmp",
      cachedir: "/var/cache/x",
      verbose: true,
    });
    expect([g.get_hv(), g.get_append(), g.get_path(), g.get_tmpdir(), g.get_cachedir()]).toEqual([
      "/opt/qemu",
      "debug",
      "/opt/appliance",
      "/var/tmp",
      "/var/cache/x",
    ]);
    expect([g.get_verbose(), g.get_autosync()]).toEqual([true, false]);
  });
});

test("states before the launch", () => {
  const g = handle();

  expect([g.get_state(), g.is_config(), g.is_launching(), g.is_ready(), g.is_busy(), g.get_pid()]).toEqual([
    "CONFIG",
    true,
    false,
    false,
    false,
    undefined,
  ]);
});

test("names and numbers of disks", () => {
  const g = handle();

  expect([0, 25, 26, 51, 52, 253].map((index) => g.device_name({ index }))).toEqual([
    "/dev/sda",
    "/dev/sdz",
    "/dev/sdaa",
    "/dev/sdaz",
    "/dev/sdba",
    "/dev/sdit",
  ]);
  expect(["/dev/sda", "/dev/vdz", "/dev/sdaa", "/dev/sdit"].map((device) => g.device_index({ device }))).toEqual([
    0, 25, 26, 253,
  ]);
  expect(
    ["/dev/vda1", "/dev/hdb", "/dev/xvdc", "/dev/sdda", "/dev/vg/lv"].map((device) =>
      g.canonical_device_name({ device }),
    ),
  ).toEqual(["/dev/sda1", "/dev/sdb", "/dev/sdc", "/dev/sdda", "/dev/vg/lv"]);
  expect(() => g.device_index({ device: "/dev/sda1" })).toThrow(badArgument);
  expect(() => g.device_name({ index: 254 })).toThrow(badArgument);
});

test("drives and parameters that cannot be", () => {
  const g = handle();

  expect(() => g.add_drive_scratch({ size: 0n })).toThrow(badArgument);
  expect(() => g.add_drive_scratch({ size: 1n, label: "no good" })).toThrow(badArgument);
  expect(() => g.config({ hvparam: "name" })).toThrow(badArgument);
  expect(() => g.config({ hvparam: "-kernel", hvvalue: "/x" })).toThrow(badArgument);
});

test("more drives than a handle can have", () => {
  const g = handle();
  for (let count = 0; count < g.max_disks(); count++) g.add_drive_scratch({ size: 512n });

  expect(() => g.add_drive_ro({ filename: "/dev/null", format: "raw" })).toThrow(badArgument);
});

test("the version is the package's", () => {
  expect(handle().version()).toMatchObject({ major: 0n, minor: 1n });
});

describe("disk images", () => {
  const make = async (create: Omit<DiskCreate, "filename">, name: string): Promise<string> => {
    const filename = join(folder, name);
    await handle().disk_create({ filename, ...create });
    return filename;
  };

  test.each([
    ["raw.img", { format: "raw", size: 1_048_576n }],
    ["full.img", { format: "raw", size: 65_536n, preallocation: "full" }],
    ["plain.qcow2", { format: "qcow2", size: 1_048_576n }],
    ["old.qcow2", { format: "qcow2", size: 65_536n, compat: "0.10", clustersize: 4096, preallocation: "metadata" }],
  ] satisfies [string, Omit<DiskCreate, "filename">][])("%s", async (name, create) => {
    const filename = await make(create, name);

    expect(await handle().disk_format({ filename })).toBe(create.format);
    expect(await handle().disk_virtual_size({ filename })).toBe(create.size);
    expect(await handle().disk_has_backing_file({ filename })).toBe(false);
  });

  test("over another", async () => {
    const backingfile = await make({ format: "raw", size: 2_097_152n }, "base.img");
    const filename = await make({ format: "qcow2", size: -1n, backingfile, backingformat: "raw" }, "over.qcow2");

    expect(await handle().disk_has_backing_file({ filename })).toBe(true);
    expect(await handle().disk_virtual_size({ filename })).toBe(2_097_152n);
  });

  test("that is there already stays as it is", async () => {
    const filename = join(folder, "there.img");
    writeFileSync(filename, "mine");

    await expect(handle().disk_create({ filename, format: "raw", size: 512n })).rejects.toEqual(badArgument);
    expect(statSync(filename).size).toBe(4);
  });

  test.each([
    ["no size", { format: "raw", size: -1n }],
    ["clusters of a raw image", { format: "raw", size: 512n, clustersize: 4096 }],
    ["metadata of a raw image", { format: "raw", size: 512n, preallocation: "metadata" }],
    ["a raw image over another", { format: "raw", size: 512n, backingfile: "/x", backingformat: "raw" }],
    ["a sparse qcow2", { format: "qcow2", size: 512n, preallocation: "sparse" }],
    ["a backing file without format", { format: "qcow2", size: 512n, backingfile: "/x" }],
    ["odd clusters", { format: "qcow2", size: 512n, clustersize: 5000 }],
  ] satisfies [string, Omit<DiskCreate, "filename">][])("refuses %s", async (_what, create) => {
    await expect(make(create, "never")).rejects.toEqual(badArgument);
  });
});
