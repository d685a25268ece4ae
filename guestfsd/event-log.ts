/** Events of one filesystem, joined until they are looked up. Knows no paths: directories and files are handles. Pure. */
import { FAN_CREATE, FAN_DELETE, FAN_MOVED_FROM, FAN_MOVED_TO, type FanotifyEvent } from "./native/fanotify.ts";

const CAME_OR_WENT = FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO;

export class EventLog {
  /** Handle of a directory -> name in it -> whether the name itself came, went or was moved. */
  readonly directories = new Map<string, Map<string, boolean>>();
  /** Handles of files of which the kernel knew no name: their number of links changed, or they were opened by handle. */
  readonly nameless = new Set<string>();

  get isEmpty(): boolean {
    return this.directories.size === 0 && this.nameless.size === 0;
  }

  add({ mask, entry, file }: FanotifyEvent): void {
    if (entry === undefined) {
      if (file !== undefined) this.nameless.add(file);
      return;
    }
    const names = this.directories.get(entry.directory) ?? new Map<string, boolean>();
    const before = names.get(entry.name) ?? false;
    names.set(entry.name, before || (mask & CAME_OR_WENT) !== 0);
    this.directories.set(entry.directory, names);
  }

  clear(): void {
    this.directories.clear();
    this.nameless.clear();
  }
}
