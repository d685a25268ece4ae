/** What inspection knows of Windows alone (upstream daemon/inspect.ml). */
import { rBool, rHashtable, rString } from "../result.ts";
import { rootGetter, windowsGetter } from "../root-getter.ts";

export const inspect_get_windows_systemroot = windowsGetter("inspect_get_windows_systemroot", {
  proc: 493,
  summary: "tell the system folder of a Windows",
  description: "Gives the path of the folder, `/Windows` for example, as the guest spells it.",
  ret: rString("systemroot"),
  since: "1.5.25",
});

export const inspect_get_windows_software_hive = windowsGetter("inspect_get_windows_software_hive", {
  proc: 494,
  summary: "tell where the registry hive HKLM\\SOFTWARE of a Windows is",
  description: "Gives the path of the file, as the guest spells it, for `hivex_open`.",
  ret: rString("path"),
  since: "1.35.26",
});

export const inspect_get_windows_system_hive = windowsGetter("inspect_get_windows_system_hive", {
  proc: 495,
  summary: "tell where the registry hive HKLM\\SYSTEM of a Windows is",
  description: "Gives the path of the file, as the guest spells it, for `hivex_open`.",
  ret: rString("path"),
  since: "1.35.26",
});

export const inspect_get_windows_current_control_set = windowsGetter("inspect_get_windows_current_control_set", {
  proc: 496,
  summary: "tell the control set that a Windows uses",
  description: "Gives the key of HKLM\\SYSTEM that counts, `ControlSet001` for example.",
  ret: rString("controlset"),
  since: "1.9.17",
});

export const inspect_get_windows_group_policy = windowsGetter("inspect_get_windows_group_policy", {
  proc: 521,
  summary: "tell whether group policies have been applied to a Windows",
  description: "Gives true when the registry has a history of group policies.",
  ret: rBool("hasgrouppolicy"),
  since: "1.57.6",
});

export const inspect_get_drive_mappings = rootGetter("inspect_get_drive_mappings", {
  proc: 502,
  summary: "tell the partitions that drive letters stand for",
  description:
    "Gives pairs of letter and partition, of the attached disks that the registry names; empty for any other system.",
  ret: rHashtable("drives", "RPlainString", "RDevice"),
  since: "1.9.17",
  ofDebian: [],
});
