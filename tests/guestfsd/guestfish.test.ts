/** The real libguestfs client drives our daemon, without a VM: Debian's guestfish, fake-hypervisor.mjs, a folder as the guest. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { buildDaemon } from "../../scripts/build-daemon.ts";
import { addBusybox } from "./guest.ts";
import { buildNativeHelpers } from "./native-helpers.ts";

const missing = ["guestfish", "qemu-system-x86_64"].filter(
  (program) => !(process.env["PATH"] ?? "").split(delimiter).some((path) => existsSync(join(path, program))),
);

describe.skipIf(missing.length > 0)(
  `guestfish on our daemon${missing.map((name) => ` (skipped: ${name} not found)`).join("")}`,
  () => {
    let folder: string;
    let root: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "gild-guestfish-"));
      root = join(folder, "guest");
      mkdirSync(root);
      addBusybox(root);
      writeFileSync(join(folder, "file"), Buffer.alloc(3_000_000, "0123456789abcde\n"));
      await buildDaemon(join(folder, "bundle"));
    });
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    /** Runs guestfish commands; a line that begins with "-" may fail. */
    function guestfish(...lines: readonly string[]): { readonly stdout: string; readonly stderr: string } {
      const { enterRoot, guestInit } = buildNativeHelpers();
      const { stdout, stderr, status } = spawnSync("guestfish", ["-a", "/dev/null"], {
        input: ["run", ...lines].join("\n"),
        encoding: "utf8",
        env: {
          ...process.env,
          LIBGUESTFS_BACKEND: "direct",
          LIBGUESTFS_BACKEND_SETTINGS: "force_tcg",
          LIBGUESTFS_HV: fileURLToPath(new URL("fake-hypervisor.mjs", import.meta.url)),
          GILD_TEST_BUNDLE: join(folder, "bundle/guestfsd.cjs"),
          GILD_TEST_SYSROOT: root,
          GILD_ENTER_ROOT_LIB: enterRoot,
          GILD_GUEST_INIT: guestInit,
        },
      });
      if (status !== 0) throw new Error(stderr);
      return { stdout, stderr };
    }

    it("copies files in and out", () => {
      const file = join(folder, "file");

      const { stdout } = guestfish(`upload ${file} /file`, "checksum md5 /file", `download /file ${file}.back`);

      expect(readFileSync(`${file}.back`).equals(readFileSync(file))).toBe(true);
      expect(stdout.trim()).toBe(execFileSync("md5sum", [file], { encoding: "utf8" }).split(" ")[0]);
    });

    it("gets errors with their text, and goes on after each", () => {
      const { stderr, stdout } = guestfish(
        `-upload ${folder}/file /missing/file`,
        "-download /missing /dev/null",
        "-mkdir relative",
        "-sh 'echo wrong >&2; exit 1'",
        "echo still here",
        "ping-daemon",
      );

      expect(stderr).toContain("upload: /missing/file: No such file or directory");
      expect(stderr).toContain("download: /missing: No such file or directory");
      expect(stderr).toContain("mkdir: relative: path must start with a / character");
      expect(stderr).toContain("sh: wrong");
      expect(stdout).toContain("still here");
    });

    it("cancels transfers in both directions, and goes on", () => {
      const { stderr } = guestfish(
        `-upload ${folder}/missing /half`,
        `upload ${folder}/file /file`,
        "-download /file /dev/full",
        "ping-daemon",
      );

      expect(stderr).toContain("No space left on device");
      expect(stderr).toContain("file receive cancelled by daemon");
    });

    it("packs and unpacks directories, and runs programs of the guest", () => {
      const { stdout } = guestfish(
        "mkdir /d",
        'write /d/x "content"',
        `tar-out /d ${folder}/d.tar`,
        "mkdir /e",
        `tar-in ${folder}/d.tar /e`,
        "cat /e/x",
        'sh "ls /e"',
      );

      expect(stdout).toContain("content");
      expect(stdout).toContain("x\n");
    });
  },
);
