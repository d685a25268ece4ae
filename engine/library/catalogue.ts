/**
 * Every function that libguestfs has in its library, and where it is here: on the API (`handle.g`), on the handle, done in
 * another way, or left out and why. For the generated reference, and the test that holds it against libguestfs.
 */

export type LibraryFunction =
  /** Called by its name on `handle.g` or on `handle`. */
  | { readonly on: "g" | "handle"; readonly note?: string }
  /** How a TypeScript program does it. */
  | { readonly as: string }
  /** Why a TypeScript program does not need it. */
  | { readonly not: string };

const onApi: LibraryFunction = { on: "g" };
const onHandle: LibraryFunction = { on: "handle" };
const libvirt: LibraryFunction = { not: "gild does not use libvirt; add the domain's disks with add_drive" };
const fuse: LibraryFunction = { not: "needs a FUSE filesystem in this process; guestmount works on gild's appliance" };
const test: LibraryFunction = { not: "for libguestfs's own tests of its bindings" };
const noEffect: LibraryFunction = { not: "deprecated in libguestfs, where it has no effect" };

function renamed(name: string): LibraryFunction {
  return { not: `deprecated in libguestfs: ${name}` };
}

export const libraryFunctions: Readonly<Record<string, LibraryFunction>> = {
  add_cdrom: renamed("add_drive_ro"),
  add_domain: libvirt,
  add_drive: {
    on: "handle",
    note: "format must be given; iface and name are left out, for they have no effect any more",
  },
  add_drive_ro: { on: "handle", note: "format must be given" },
  add_drive_ro_with_if: renamed("add_drive_ro"),
  add_drive_scratch: onHandle,
  add_drive_with_if: renamed("add_drive"),
  add_libvirt_dom: libvirt,
  available: onApi,
  c_pointer: { not: "there is no C handle" },
  canonical_device_name: {
    on: "handle",
    note: "for disks and partitions; lvm_canonical_lv_name is for logical volumes",
  },
  cat: onApi,
  clear_backend_setting: { as: "set_backend_settings" },
  config: onHandle,
  copy_in: onApi,
  copy_out: { on: "g", note: "files belong to the caller, set-user-ID bits are dropped, devices are refused" },
  debug_drives: { not: "for debugging libguestfs" },
  device_index: onHandle,
  device_name: onHandle,
  disk_create: { on: "handle", note: "raw and qcow2; no file is replaced" },
  disk_format: onHandle,
  disk_has_backing_file: onHandle,
  disk_virtual_size: onHandle,
  feature_available: onApi,
  filesystem_walk: onApi,
  find: onApi,
  find_inode: onApi,
  get_append: onHandle,
  get_attach_method: renamed("get_backend"),
  get_autosync: onHandle,
  get_backend: { not: "there is one backend: direct" },
  get_backend_setting: { as: "get_backend_settings" },
  get_backend_settings: onHandle,
  get_cachedir: onHandle,
  get_direct: renamed("the event `appliance`"),
  get_hv: onHandle,
  get_identifier: { not: "an event callback knows its handle" },
  get_libvirt_requested_credential_challenge: libvirt,
  get_libvirt_requested_credential_defresult: libvirt,
  get_libvirt_requested_credential_prompt: libvirt,
  get_libvirt_requested_credentials: libvirt,
  get_memsize: onHandle,
  get_network: onHandle,
  get_path: onHandle,
  get_pgroup: onHandle,
  get_pid: { on: "handle", note: "undefined when there is no hypervisor" },
  get_program: { not: "a name for messages, which gild's do not have" },
  get_qemu: renamed("get_hv"),
  get_recovery_proc: { not: "the hypervisor always ends with the program, by the kernel's hand" },
  get_selinux: noEffect,
  get_smp: onHandle,
  get_sockdir: { not: "there are no socket files: the hypervisor inherits its sockets" },
  get_state: { on: "handle", note: "gives the name of the state" },
  get_tmpdir: onHandle,
  get_trace: { as: "the event `trace`" },
  get_verbose: onHandle,
  inspect_get_icon: {
    on: "g",
    note: "PNG files of Linux guests; Windows has its icons in programs, which are not read",
  },
  inspect_get_osinfo: onApi,
  inspect_list_applications: renamed("inspect_list_applications2"),
  inspect_list_applications2: onApi,
  internal_get_console_socket: { not: "for virt-rescue" },
  internal_test: test,
  internal_test_63_optargs: test,
  internal_test_close_output: test,
  internal_test_only_optargs: test,
  internal_test_rbool: test,
  internal_test_rboolerr: test,
  internal_test_rbufferout: test,
  internal_test_rbufferouterr: test,
  internal_test_rconstoptstring: test,
  internal_test_rconstoptstringerr: test,
  internal_test_rconststring: test,
  internal_test_rconststringerr: test,
  internal_test_rhashtable: test,
  internal_test_rhashtableerr: test,
  internal_test_rint: test,
  internal_test_rint64: test,
  internal_test_rint64err: test,
  internal_test_rinterr: test,
  internal_test_rstring: test,
  internal_test_rstringerr: test,
  internal_test_rstringlist: test,
  internal_test_rstringlisterr: test,
  internal_test_rstruct: test,
  internal_test_rstructerr: test,
  internal_test_rstructlist: test,
  internal_test_rstructlisterr: test,
  internal_test_set_output: test,
  is_busy: onHandle,
  is_config: onHandle,
  is_launching: onHandle,
  is_ready: onHandle,
  journal_get: onApi,
  kill_subprocess: renamed("shutdown"),
  launch: onHandle,
  ls: onApi,
  lstat: onApi,
  lstatlist: onApi,
  lstatnslist: onApi,
  lxattrlist: onApi,
  max_disks: onHandle,
  mount_local: fuse,
  mount_local_run: fuse,
  mountable_device: onApi,
  mountable_subvolume: onApi,
  parse_environment: { as: "the setting `env` of a new handle" },
  parse_environment_list: { as: "the setting `env` of a new handle" },
  read_file: onApi,
  read_lines: onApi,
  readdir: onApi,
  readlinklist: onApi,
  remove_drive: { not: "removed from libguestfs: drives are added before the launch, and stay" },
  set_append: onHandle,
  set_attach_method: renamed("set_backend"),
  set_autosync: onHandle,
  set_backend: { not: "there is one backend: direct" },
  set_backend_setting: { as: "set_backend_settings" },
  set_backend_settings: onHandle,
  set_cachedir: onHandle,
  set_direct: renamed("the event `appliance`"),
  set_hv: onHandle,
  set_identifier: { not: "an event callback knows its handle" },
  set_libvirt_requested_credential: libvirt,
  set_libvirt_supported_credentials: libvirt,
  set_memsize: onHandle,
  set_network: onHandle,
  set_path: onHandle,
  set_pgroup: onHandle,
  set_program: { not: "a name for messages, which gild's do not have" },
  set_qemu: renamed("set_hv"),
  set_recovery_proc: { not: "the hypervisor always ends with the program, by the kernel's hand" },
  set_selinux: noEffect,
  set_smp: onHandle,
  set_tmpdir: onHandle,
  set_trace: { as: "the event `trace`" },
  set_verbose: onHandle,
  shutdown: onHandle,
  stat: onApi,
  umount_local: fuse,
  user_cancel: { as: "`signal` in the options of every call" },
  version: { on: "handle", note: "gild's own" },
  wait_ready: renamed("launch, which waits"),
  write: onApi,
  write_append: onApi,
  yara_scan: onApi,
};

/** The reference page (Markdown). */
export function libraryPage(): string {
  const rows = Object.entries(libraryFunctions).map(([name, known]) => `| \`${name}\` | ${whereText(known)} |`);
  const supported = Object.values(libraryFunctions).filter((known) => !("not" in known)).length;
  return [
    "<!-- Made by `npm run generate` from engine/library/catalogue.ts. -->",
    "",
    "# Library functions",
    "",
    `What libguestfs does in its library rather than in the daemon: ${supported} of ${rows.length} functions are here. The`,
    "callbacks `set_event_callback` and `delete_event_callback`, and `close`, are the handle's too.",
    "",
    "| function | in gild |",
    "| --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function whereText(known: LibraryFunction): string {
  if ("not" in known) return `left out: ${known.not}`;
  if ("as" in known) return `as ${known.as}`;
  const place = known.on === "g" ? "`handle.g`" : "`handle`";
  return known.note === undefined ? place : `${place}; ${known.note}`;
}
