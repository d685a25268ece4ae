/**
 * One Augeas handle, made so that lenses are only ever the appliance's and files only the guest's. libaugeas would take both
 * from one root: so it starts in the appliance without loading, and loads and saves with the guest as root. It would also
 * look for a lens that it does not know yet at that moment, in the guest then: so every lens that is named is read before.
 */
import { existsSync, readdirSync } from "node:fs";

import type { Kept, Sysroot } from "./context.ts";
import { ActionError } from "./errors.ts";
import {
  AUG_ENOMEM,
  AUG_NO_ERR_CLOSE,
  AUG_NO_LOAD,
  AUG_NO_MODL_AUTOLOAD,
  AUG_NO_STDINC,
  AUG_NOERROR,
  loadAugeas,
  type Aug,
  type AugeasLibrary,
} from "./native/augeas.ts";

/** Where Debian and Augeas itself put lenses. */
const LENS_FOLDERS: readonly string[] = ["/usr/share/augeas/lenses", "/usr/share/augeas/lenses/dist"];

export class AugeasHandle implements Kept {
  readonly ofGuest = true;
  readonly lib: AugeasLibrary;
  readonly aug: Aug;
  readonly #sysroot: Sysroot;
  readonly #folders: readonly string[];
  /** Modules that libaugeas has read, in lower case: it does not mind case either. */
  readonly #modules = new Set<string>();

  /** @param flags those of aug_init */
  constructor(sysroot: Sysroot, root: string, flags: number) {
    this.#sysroot = sysroot;
    this.lib = loadAugeas();
    const aug = this.lib.aug_init(root, null, flags | AUG_NO_LOAD | AUG_NO_ERR_CLOSE);
    if (aug === null) throw new ActionError("Augeas initialization failed", "ENOMEM");
    this.aug = aug;
    this.#folders = (flags & AUG_NO_STDINC) === 0 ? LENS_FOLDERS : [];
    if (this.lib.aug_error(aug).code !== AUG_NOERROR) {
      const error = this.error();
      this.close();
      throw error;
    }
    if ((flags & AUG_NO_MODL_AUTOLOAD) === 0) this.#noteAllModules();
  }

  /** Reads the files that /augeas/load names. */
  load(): void {
    this.#readLenses();
    this.checked(this.#sysroot.inside(() => this.lib.aug_load(this.aug)));
  }

  /** Writes the files whose trees changed. */
  save(): void {
    this.#readLenses();
    if (this.#sysroot.inside(() => this.lib.aug_save(this.aug)) !== -1) return;
    const reasons = this.#saveErrors();
    const { text } = this.lib.aug_error(this.aug);
    throw new ActionError(reasons.length === 0 ? text : reasons.join("\n"));
  }

  close(): void {
    this.lib.aug_close(this.aug);
  }

  /** Passes a result through; a negative one is thrown as what libaugeas says of it. */
  checked(result: number, operand = ""): number {
    if (result < 0) throw this.error(operand);
    return result;
  }

  /** The error of the last call, which was about `operand`. */
  error(operand = ""): ActionError {
    const { code, text } = this.lib.aug_error(this.aug);
    return new ActionError(operand === "" ? text : `${operand}: ${text}`, code === AUG_ENOMEM ? "ENOMEM" : "");
  }

  /** Value of the one node that matches, null when there is none, or it has none. */
  #value(path: string): string | null {
    return this.lib.aug_get(this.aug, path).value;
  }

  /** What /augeas//error says of files that could not be written. What could not be read has nothing to do with it. */
  #saveErrors(): string[] {
    const reasons: string[] = [];
    for (const node of this.lib.aug_match(this.aug, "/augeas/files//error").paths) {
      const kind = this.#value(node) ?? "";
      if (kind === "parse_failed" || kind === "read_failed") continue;
      const file = node.replace(/^\/augeas\/files/, "").replace(/\/error$/, "");
      const message = this.#value(`${node}/message`)?.trimEnd();
      reasons.push([file, kind, message ?? ""].filter((part) => part !== "").join(": "));
    }
    return reasons;
  }

  #noteAllModules(): void {
    for (const folder of this.#folders) {
      if (!existsSync(folder)) continue;
      for (const name of readdirSync(folder)) {
        if (name.endsWith(".aug")) this.#modules.add(name.slice(0, -".aug".length).toLowerCase());
      }
    }
  }

  /** Reads the modules of all lenses that /augeas/load names, from the appliance. A name with @ never makes libaugeas read one. */
  #readLenses(): void {
    for (const node of this.lib.aug_match(this.aug, "/augeas/load/*/lens").paths) {
      const lens = this.#value(node) ?? "";
      const module = lens.split(".", 1)[0] ?? "";
      if (lens === "" || lens.startsWith("@") || this.#modules.has(module.toLowerCase())) continue;
      this.readModule(lens, module);
    }
  }

  /** Reads a lens' module from the appliance's folders; `lens` is for messages. */
  readModule(lens: string, module: string): void {
    const file = /^[A-Za-z]\w*$/.test(module) ? this.#findModule(module) : undefined;
    if (file === undefined) throw new ActionError(`${lens}: no such lens`);
    this.checked(this.lib.__aug_load_module_file(this.aug, file));
    this.#modules.add(module.toLowerCase());
  }

  #findModule(module: string): string | undefined {
    const name = `${module.charAt(0).toLowerCase()}${module.slice(1)}.aug`;
    return this.#folders.map((folder) => `${folder}/${name}`).find((file) => existsSync(file));
  }
}
