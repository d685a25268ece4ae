/**
 * Configuration of a handle before its launch: drives and settings, with guestfs(3)'s names. Also what it asks of the host
 * alone. Launches nothing (handle.ts).
 */
import { resolve } from "node:path";

import type { StructOf } from "../schemas/index.ts";
import { checkDrive, checkScratch, MOST_DRIVES, type AddDrive, type DriveSource, type ScratchDrive } from "./drive.ts";
import { HandleError } from "./errors.ts";
import { diskCreate, diskFormat, diskHasBackingFile, diskVirtualSize, type DiskCreate } from "./host-disks.ts";
import { packageInfo } from "./package-info.ts";
import type { AddedDrive } from "./prepare-drives.ts";
import { resolveSettings, type LaunchSettings, type ResolvedSettings } from "./settings.ts";

/** qemu parameters that would take the handle's own hardware away. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set(
  "-kernel -initrd -append -nographic -display -serial -full-screen -std-vga -vnc -sandbox -incoming".split(" "),
);

/** Guests' names of virtual machines' disks. */
const OTHER_DISK = /^\/dev\/(?:[hv]|xv|ub)d(?=[a-z]+\d*$)/;

export abstract class Configuration {
  readonly #drives: AddedDrive[] = [];
  readonly #parameters: string[] = [];
  #given: LaunchSettings;
  #autosync = true;

  /** @throws LaunchError bad-setting */
  constructor(settings: LaunchSettings) {
    this.#given = settings;
    resolveSettings(settings);
  }

  /** @throws HandleError wrong-state when it is too late for `call` */
  protected abstract requireConfig(call: string): void;

  /** Settings as they were given and set; callbacks too. */
  protected get given(): LaunchSettings {
    return this.#given;
  }

  protected get drives(): readonly AddedDrive[] {
    return this.#drives;
  }

  /** With every default filled in. */
  get settings(): ResolvedSettings {
    return { ...resolveSettings(this.#given), parameters: this.#parameters };
  }

  /**
   * Adds a disk: the n-th is the n-th of /dev/sda, /dev/sdb, ...
   *
   * @throws HandleError wrong-state after launch(), bad-argument
   */
  add_drive(drive: AddDrive): void {
    this.requireConfig("add_drive");
    checkDrive(drive);
    this.#add("add_drive", { ...drive, ...absolute(drive) });
  }

  /** Adds a disk whose file is never written; what the guest writes is lost. @throws as add_drive */
  add_drive_ro(drive: Omit<AddDrive, "readonly">): void {
    this.add_drive({ ...drive, readonly: true });
  }

  /** Adds a blank disk that is gone after shutdown(). @throws as add_drive */
  add_drive_scratch(drive: ScratchDrive): void {
    this.requireConfig("add_drive_scratch");
    checkScratch(drive);
    this.#add("add_drive_scratch", drive);
  }

  /** Adds a parameter to qemu's command line, for this launch boots then: `-name`, `guest`. @throws HandleError */
  config({ hvparam, hvvalue }: { readonly hvparam: string; readonly hvvalue?: string | undefined }): void {
    this.requireConfig("config");
    if (!hvparam.startsWith("-")) throw new HandleError("bad-argument", `config: ${hvparam}: does not begin with -`);
    if (OWN_PARAMETERS.has(hvparam)) throw new HandleError("bad-argument", `config: ${hvparam}: is gild's own`);
    this.#parameters.push(hvparam, ...(hvvalue === undefined ? [] : [hvvalue]));
  }

  /** Most disks that a handle can have. */
  max_disks(): number {
    return MOST_DRIVES - 1;
  }

  /** Number of a disk from 0: 1 for /dev/sdb. @throws HandleError bad-argument for what is no disk's name */
  device_index({ device }: { readonly device: string }): number {
    const letters = /^[a-z]+$/.exec(this.canonical_device_name({ device }).replace(/^\/dev\/sd/, ""))?.[0];
    if (letters === undefined) throw new HandleError("bad-argument", `device_index: ${device}: not a disk`);
    let index = 0;
    for (const letter of letters) index = index * 26 + letter.charCodeAt(0) - 96;
    return index - 1;
  }

  /** Name of a disk: /dev/sdb for 1. @throws HandleError bad-argument */
  device_name({ index }: { readonly index: number }): string {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.max_disks()) {
      throw new HandleError("bad-argument", `device_name: ${index}: not from 0 to ${this.max_disks() - 1}`);
    }
    const last = String.fromCharCode(97 + (index % 26));
    return `/dev/sd${index < 26 ? "" : String.fromCharCode(96 + Math.floor(index / 26))}${last}`;
  }

  /** The API's name of a disk or partition that is called by another kind of machine: /dev/sda1 for /dev/vda1. */
  canonical_device_name({ device }: { readonly device: string }): string {
    return device.replace(OTHER_DISK, "/dev/sd");
  }

  /** Version of gild. */
  version(): StructOf<"version"> {
    const [major = "0", minor = "0", release = "0", extra = ""] = packageInfo().version.split(/[.+-]/);
    return { major: BigInt(major), minor: BigInt(minor), release: BigInt(release), extra };
  }

  /** Makes a disk image on the host; no file is replaced. @throws HandleError bad-argument; HostCommandError */
  async disk_create(create: DiskCreate): Promise<void> {
    await diskCreate(create, this.#given.env);
  }

  /** Format of a disk image on the host by its header. Not for a disk that a guest has written. @throws HostCommandError */
  async disk_format({ filename }: { readonly filename: string }): Promise<string> {
    return await diskFormat(filename, this.#given.env);
  }

  /** Bytes that a guest sees of a disk image on the host. @throws HostCommandError */
  async disk_virtual_size({ filename }: { readonly filename: string }): Promise<bigint> {
    return await diskVirtualSize(filename, this.#given.env);
  }

  /** Whether a disk image on the host is based on another. @throws HostCommandError */
  async disk_has_backing_file({ filename }: { readonly filename: string }): Promise<boolean> {
    return await diskHasBackingFile(filename, this.#given.env);
  }

  /** Whether shutdown() unmounts and syncs. */
  get_autosync(): boolean {
    return this.#autosync;
  }
  set_autosync({ autosync }: { readonly autosync: boolean }): void {
    this.#autosync = autosync;
  }

  /** Added to the appliance's kernel command line. */
  get_append(): string {
    return this.settings.append;
  }
  set_append({ append }: { readonly append: string | undefined }): void {
    this.#set("set_append", { append });
  }

  /** `force_tcg` or `force_kvm`; empty: KVM where it works. */
  get_backend_settings(): readonly string[] {
    const { accelerator } = this.settings;
    return accelerator === undefined ? [] : [`force_${accelerator}`];
  }
  set_backend_settings({ settings }: { readonly settings: readonly ("force_tcg" | "force_kvm")[] }): void {
    const accelerators = { force_tcg: "tcg", force_kvm: "kvm" } as const;
    const last = settings.at(-1);
    this.#set("set_backend_settings", { accelerator: last === undefined ? undefined : accelerators[last] });
  }

  /** Where appliances and templates are kept. */
  get_cachedir(): string {
    return this.settings.cachedir;
  }
  set_cachedir({ cachedir }: { readonly cachedir: string | undefined }): void {
    this.#set("set_cachedir", { cachedir });
  }

  /** Hypervisor program. */
  get_hv(): string {
    return this.settings.hv;
  }
  set_hv({ hv }: { readonly hv: string }): void {
    this.#set("set_hv", { hv });
  }

  /** Memory of the appliance, MiB. */
  get_memsize(): number {
    return this.settings.memsize;
  }
  set_memsize({ memsize }: { readonly memsize: number }): void {
    this.#set("set_memsize", { memsize });
  }

  /** Whether the appliance has a network. */
  get_network(): boolean {
    return this.settings.network;
  }
  set_network({ network }: { readonly network: boolean }): void {
    this.#set("set_network", { network });
  }

  /** Directories with an appliance, ":" between them; undefined: gild's own. */
  get_path(): string | undefined {
    return this.settings.path;
  }
  set_path({ searchpath }: { readonly searchpath: string | undefined }): void {
    this.#set("set_path", { path: searchpath });
  }

  /** Whether qemu is in a process group of its own: a terminal's ^C is then for this program alone. */
  get_pgroup(): boolean {
    return this.settings.pgroup;
  }
  set_pgroup({ pgroup }: { readonly pgroup: boolean }): void {
    this.#set("set_pgroup", { pgroup });
  }

  /** Virtual processors of the appliance. */
  get_smp(): number {
    return this.settings.smp;
  }
  set_smp({ smp }: { readonly smp: number }): void {
    this.#set("set_smp", { smp });
  }

  /** Where temporary files go. */
  get_tmpdir(): string {
    return this.settings.tmpdir;
  }
  set_tmpdir({ tmpdir }: { readonly tmpdir: string | undefined }): void {
    this.#set("set_tmpdir", { tmpdir });
  }

  /** Whether daemon and kernel tell what they do; such a launch boots. */
  get_verbose(): boolean {
    return this.settings.verbose;
  }
  set_verbose({ verbose }: { readonly verbose: boolean }): void {
    this.#set("set_verbose", { verbose });
  }

  #add(call: string, drive: AddedDrive): void {
    if (this.#drives.length >= this.max_disks())
      throw new HandleError("bad-argument", `${call}: over ${this.max_disks()} drives`);
    this.#drives.push(drive);
  }

  /** @throws HandleError wrong-state; LaunchError bad-setting, and nothing is changed */
  #set(call: string, change: Partial<LaunchSettings>): void {
    this.requireConfig(call);
    const changed = { ...this.#given, ...change };
    resolveSettings(changed);
    this.#given = changed;
  }
}

function absolute(source: DriveSource): DriveSource {
  const { filename, overlay, backing, protocol } = source;
  return {
    ...source,
    filename: protocol === undefined ? resolve(filename) : filename,
    ...(overlay === undefined ? {} : { overlay: resolve(overlay) }),
    ...(backing === undefined ? {} : { backing: absolute(backing) }),
  };
}
