/** The parts of the appliance's build that need no packages: keys, module lists, archives, apt sources. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { aptSources, hostRelease } from "../../appliance/apt-sources.ts";
import { withoutSignature } from "../../appliance/base.ts";
import { cpioArchive } from "../../appliance/cpio.ts";
import { extractKernel } from "../../appliance/kernel.ts";
import { keysOf } from "../../appliance/key.ts";
import { keptModules, loadOrder, parseModulesDep } from "../../appliance/modules.ts";
import { cacheDirectory } from "../../appliance/paths.ts";

let scratch: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "gild-build-"));
});

afterEach(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe("keysOf", () => {
  const inputs = { base: { packages: "a\nb", suite: "bookworm" }, own: { daemon: "1", node: "22" } };

  it("gives the same keys for the same inputs in another order", () => {
    const other = { base: { suite: "bookworm", packages: "a\nb" }, own: { node: "22", daemon: "1" } };

    expect(keysOf(other)).toEqual(keysOf(inputs));
    expect(keysOf(inputs).key).toMatch(/^[0-9a-f]{32}$/);
  });

  it("changes only the appliance's key with the daemon", () => {
    const changed = keysOf({ ...inputs, own: { daemon: "2", node: "22" } });

    expect(changed.baseKey).toBe(keysOf(inputs).baseKey);
    expect(changed.key).not.toBe(keysOf(inputs).key);
  });

  it("changes both keys with the packages", () => {
    const changed = keysOf({ ...inputs, base: { packages: "a", suite: "bookworm" } });

    expect(changed.baseKey).not.toBe(keysOf(inputs).baseKey);
    expect(changed.key).not.toBe(keysOf(inputs).key);
  });
});

describe("kernel modules", () => {
  const dependencies = parseModulesDep(
    [
      "kernel/fs/ext4/ext4.ko: kernel/fs/jbd2/jbd2.ko kernel/lib/crc16.ko",
      "kernel/fs/jbd2/jbd2.ko:",
      "kernel/lib/crc16.ko:",
      "kernel/drivers/scsi/sd_mod.ko: kernel/drivers/scsi/scsi_mod.ko",
      "kernel/drivers/scsi/scsi_mod.ko:",
      "kernel/fs/xfs/xfs.ko: kernel/lib/libcrc32c.ko",
      "kernel/fs/xfsx/xfsx.ko:",
      "kernel/lib/libcrc32c.ko:",
      "",
    ].join("\n"),
  );

  it("are loaded after what they need, none twice", () => {
    const order = loadOrder(["ext4", "sd_mod", "jbd2"], dependencies, new Set());

    expect(order.map((path) => path.replace(/.*\//, ""))).toEqual([
      "jbd2.ko",
      "crc16.ko",
      "ext4.ko",
      "scsi_mod.ko",
      "sd_mod.ko",
    ]);
  });

  it("may be built into the kernel, but not be missing", () => {
    expect(loadOrder(["virtio_pci"], dependencies, new Set(["virtio_pci"]))).toEqual([]);
    expect(() => loadOrder(["virtio_pci"], dependencies, new Set())).toThrow("load_order: virtio_pci");
  });

  it("stay in the root by directory, with what they need and what the initrd loads", () => {
    const kept = keptModules(["fs/xfs"], ["kernel/lib/crc16.ko"], dependencies);

    expect([...kept].sort()).toEqual(["kernel/fs/xfs/xfs.ko", "kernel/lib/crc16.ko", "kernel/lib/libcrc32c.ko"]);
  });

  it("lose their signature", () => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(5);
    const signed = Buffer.concat([
      Buffer.from("module"),
      Buffer.from("12345"),
      Buffer.alloc(8),
      length,
      Buffer.from("~Module signature appended~\n"),
    ]);

    expect(withoutSignature(signed).toString()).toBe("module");
    expect(withoutSignature(Buffer.from("module")).toString()).toBe("module");
  });
});

describe("cpioArchive", () => {
  it("is read by another program", () => {
    const archive = cpioArchive([
      { kind: "directory", path: "dev" },
      { kind: "character", path: "dev/console", major: 5, minor: 1 },
      { kind: "file", path: "init", mode: 0o755, data: Buffer.from("#!") },
      { kind: "file", path: "odd name", mode: 0o644, data: Buffer.from("abc") },
    ]);

    const listing = execFileSync("busybox", ["cpio", "-itv"], { input: archive, stdio: "pipe" }).toString();
    const content = execFileSync("busybox", ["cpio", "-i", "--to-stdout", "odd name"], {
      input: archive,
      stdio: "pipe",
    });

    expect(listing.split("\n").map((line) => line.replace(/\s.*\s/, " "))).toEqual([
      "drwxr-xr-x dev",
      "crw------- dev/console",
      "-rwxr-xr-x init",
      "-rw-r--r-- name",
      "",
    ]);
    expect(content.toString()).toBe("abc");
  });
});

describe("extractKernel", () => {
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["an ELF file", Buffer.concat([Buffer.from("\x7fELF"), Buffer.alloc(4096)])],
  ])("refuses %s", async (_name, image) => {
    await expect(extractKernel(image)).rejects.toThrow("extract_kernel: not a linux boot image");
  });

  it("refuses an unknown compression", async () => {
    const image = Buffer.alloc(8192);
    image.write("HdrS", 0x202, "latin1");
    image.writeUInt32LE(64, 0x24c);

    await expect(extractKernel(image)).rejects.toThrow("extract_kernel: unknown compression 000000000000");
  });
});

describe("aptSources", () => {
  const write = (name: string, text: string): void => {
    mkdirSync(join(scratch, "sources.list.d"), { recursive: true });
    writeFileSync(join(scratch, name), text);
  };

  it("reads both styles and keeps only Debian's main of the release", () => {
    write(
      "sources.list",
      [
        "# deb http://mirror.test/commented bookworm main",
        "deb [arch=amd64 signed-by=/k.gpg] http://mirror.test/debian bookworm main contrib # why",
        "deb-src http://mirror.test/debian bookworm main",
        "deb http://vendor.test/deb stable main",
      ].join("\n"),
    );
    write(
      "sources.list.d/debian.sources",
      [
        "# a comment",
        "Types: deb deb-src",
        "URIs: http://mirror.test/security",
        "Suites: bookworm-security",
        " bookworm-updates",
        "Components: main",
        "Signed-By: /s.gpg",
        "",
        "Types: deb",
        "Enabled: no",
        "URIs: http://mirror.test/off",
        "Suites: bookworm",
        "Components: main",
      ].join("\n"),
    );
    write("sources.list.d/notes.txt", "deb http://mirror.test/no bookworm main");

    expect(aptSources("bookworm", scratch, undefined)).toEqual([
      "deb [arch=amd64 signed-by=/k.gpg] http://mirror.test/debian bookworm main",
      "deb [arch=amd64 signed-by=/s.gpg] http://mirror.test/security bookworm-security main",
      "deb [arch=amd64 signed-by=/s.gpg] http://mirror.test/security bookworm-updates main",
    ]);
  });

  it("asks the mirrors of another Debian release for the wanted one", () => {
    write("sources.list", "deb http://mirror.test/debian trixie main\ndeb http://mirror.test/s trixie-security main\n");

    expect(aptSources("bookworm", scratch, "trixie")).toEqual([
      "deb [arch=amd64] http://mirror.test/debian bookworm main",
      "deb [arch=amd64] http://mirror.test/s bookworm-security main",
    ]);
  });

  it("finds nothing where apt has no sources", () => {
    expect(aptSources("bookworm", scratch, "trixie")).toEqual([]);
  });

  it.each([
    ["ID=debian\nVERSION_CODENAME=trixie\n", "trixie"],
    ["ID=fedora\nVERSION_CODENAME=trixie\n", undefined],
  ])("knows the host's release from os-release", (text, release) => {
    const file = join(scratch, "os-release");
    writeFileSync(file, text);

    expect(hostRelease(file)).toBe(release);
  });
});

describe("cacheDirectory", () => {
  it.each([
    [{ GILD_CACHEDIR: "/a", XDG_CACHE_HOME: "/b", HOME: "/c" }, "/a"],
    [{ GILD_CACHEDIR: "", XDG_CACHE_HOME: "/b", HOME: "/c" }, "/b/gild"],
    [{ HOME: "/c" }, "/c/.cache/gild"],
  ])("comes from the environment %o", (environment, directory) => {
    expect(cacheDirectory(environment)).toBe(directory);
  });

  it("must be known", () => {
    expect(() => cacheDirectory({})).toThrow("cache_directory: HOME: not set");
  });
});

describe("prerequisites.json", () => {
  it("names every program that the build starts", () => {
    const folder = fileURLToPath(new URL("../../appliance/", import.meta.url));
    const { programs } = JSON.parse(readFileSync(join(folder, "prerequisites.json"), "utf8")) as {
      programs: { program?: string }[];
    }; // a file of ours
    const listed = new Set(programs.map(({ program }) => program));
    const sources = readdirSync(folder).filter((name) => name.endsWith(".ts"));
    const started = sources.flatMap((name) =>
      [
        ...readFileSync(join(folder, name), "utf8").matchAll(/(?:\b(?:run|asRoot)\(\[\s*|spawn\(|argv: \[)"([^"]+)"/g),
      ].map(([, program = ""]) => program.replace(/^.*\//, "")),
    );
    // Debian's "Essential" packages are on every host, and npm comes with Node.
    const essential = new Set(["cp", "gzip", "npm", "rm", "tar", "unshare"]);

    expect(started.length).toBeGreaterThan(8);
    expect(started.filter((program) => !listed.has(program) && !essential.has(program))).toEqual([]);
  });
});
