/** What libblkid says of devices, each asked once: a probe is ten milliseconds under emulation. For use while nothing is written. */
import { probeDevice } from "./native/blkid.ts";

export class DeviceProbes {
  readonly #values = new Map<string, ReadonlyMap<string, string>>();

  /** As {@link probeDevice}; empty also for a device that cannot be opened. */
  of(device: string): ReadonlyMap<string, string> {
    const known = this.#values.get(device);
    if (known !== undefined) return known;
    const values = probe(device);
    this.#values.set(device, values);
    return values;
  }
}

function probe(device: string): ReadonlyMap<string, string> {
  try {
    return probeDevice(device);
  } catch {
    return new Map();
  }
}
