/** Partition types by name: GPT GUIDs and MBR ids (UAPI discoverable partitions; the lists of fdisk). Pure. */

export interface PartitionType {
  /** Upper case. */
  readonly guid: string | undefined;
  /** 0..255. */
  readonly id: number | undefined;
}

const TYPES: Readonly<Record<string, PartitionType>> = {
  "bios-boot": { guid: "21686148-6449-6E6F-744E-656564454649", id: undefined },
  esp: { guid: "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", id: 0xef },
  linux: { guid: "0FC63DAF-8483-4772-8E79-3D69D8477DE4", id: 0x83 },
  swap: { guid: "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", id: 0x82 },
  lvm: { guid: "E6D6D379-F507-44C2-A23C-238F2A3DF928", id: 0x8e },
  raid: { guid: "A19D880F-05FC-4D3B-A006-743F0F84911E", id: 0xfd },
  boot: { guid: "BC13C2FF-59E6-4262-A352-B275FD6F7172", id: 0xea },
  home: { guid: "933AC7E1-2EB4-4F13-B844-0E14E2AEF915", id: undefined },
  "root-x86-64": { guid: "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709", id: undefined },
  prep: { guid: "9E1A2D38-C612-4316-AA26-8B49521E5A8B", id: 0x41 },
  "microsoft-basic": { guid: "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", id: 0x07 },
};

/** Names, as a pattern's alternatives and for messages. */
export const TYPE_NAMES: readonly string[] = Object.keys(TYPES);

/** A name, a GUID, or an MBR id such as "0x83". */
export const TYPE_PATTERN = `^(${TYPE_NAMES.join("|")}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|0x[0-9A-Fa-f]{1,2})$`;

/** What a type that TYPE_PATTERN accepted stands for; a side is undefined where the table kind has no such type. */
export function partitionType(type: string): PartitionType {
  const known = TYPES[type];
  if (known !== undefined) return known;
  return type.startsWith("0x")
    ? { guid: undefined, id: Number.parseInt(type, 16) }
    : { guid: type.toUpperCase(), id: undefined };
}
