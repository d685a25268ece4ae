/**
 * manifest.json of a finished appliance: what it is made of and how big it is. Does not build anything.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** Bytes of a file, and bytes that its blocks take (less for a sparse file). */
export interface PartSize {
  readonly bytes: number;
  readonly allocatedBytes: number;
}

/** The content of manifest.json. */
export interface Manifest {
  readonly key: string;
  readonly baseKey: string;
  /** As uname -r prints it. */
  readonly kernelVersion: string;
  readonly nodeVersion: string;
  readonly sizes: Readonly<Record<"kernel" | "initrd" | "root", PartSize>>;
  /** Debian package name to version, for all that was unpacked. */
  readonly packages: Readonly<Record<string, string>>;
}

/** Reads the manifest of an appliance directory. */
export async function readManifest(directory: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(directory, "manifest.json"), "utf8")) as Manifest; // written by build.ts
}

/** Measures the three files. */
export async function measureParts(directory: string): Promise<Manifest["sizes"]> {
  const size = async (name: string): Promise<PartSize> => {
    const { size: bytes, blocks } = await stat(join(directory, name));
    return { bytes, allocatedBytes: blocks * 512 };
  };
  return { kernel: await size("kernel"), initrd: await size("initrd"), root: await size("root") };
}
