/** Daemon side of schemas/actions/grub.ts. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { bytesFromText, type families, type HandlersOf } from "../../schemas/index.ts";
import type { Context } from "../context.ts";
import { about } from "../errors.ts";
import { withGuestDirectory } from "../guest-directory.ts";
import { refuseLinks } from "../guest-links.ts";

/** What grub-install writes below boot/grub. */
const GRUB_FILES: readonly string[] = ["i386-pc", "locale", "fonts", "grubenv"];

export const grub = {
  grub_install({ root, device }, { command, sysroot }) {
    const boot = join(root, "boot");
    withGuestDirectory(sysroot, root, () => undefined);
    about(boot, () => sysroot.inside(() => mkdirSync(Buffer.from(bytesFromText(boot)), { recursive: true })));
    refuseLinks(sysroot, boot, ["grub"]);
    refuseLinks(sysroot, join(boot, "grub"), GRUB_FILES);
    withGuestDirectory(sysroot, boot, (path) =>
      command.check(["grub-install", "--target=i386-pc", `--boot-directory=${path}`, device]),
    );
  },
} satisfies HandlersOf<typeof families.grub, Context>;
