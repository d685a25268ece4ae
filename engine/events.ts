/** Event callbacks of a handle (guestfs(3), EVENTS; same names in lower case). Knows nothing of where events come from. */
import type { ProgressEvent, TraceEvent } from "./client.ts";

export type HandleEvent =
  /** The handle has been closed; the last event. */
  | { readonly event: "close" }
  /** qemu has ended, by shutdown or by itself. */
  | { readonly event: "subprocess_quit" }
  /** The appliance takes calls. */
  | { readonly event: "launch_done" }
  | ({ readonly event: "progress" } & ProgressEvent)
  /** Console of the appliance and messages of qemu (bytes of the appliance: escape before showing). */
  | { readonly event: "appliance"; readonly text: string }
  /** What a launch is about to do that takes longer than usual. */
  | { readonly event: "library"; readonly text: string }
  /** A call that ended. */
  | ({ readonly event: "trace" } & TraceEvent);

export type EventName = HandleEvent["event"];
export type EventCallback = (event: HandleEvent) => void;

export class EventCallbacks {
  readonly #callbacks = new Map<number, { readonly names: ReadonlySet<EventName>; readonly callback: EventCallback }>();
  #next = 1;

  add(callback: EventCallback, names: readonly EventName[]): number {
    const id = this.#next++;
    this.#callbacks.set(id, { names: new Set(names), callback });
    return id;
  }

  delete(id: number): void {
    this.#callbacks.delete(id);
  }

  /** Calls back in the order of set_event_callback. What a callback throws is nobody's answer: it ends the program. */
  emit(event: HandleEvent): void {
    for (const { names, callback } of this.#callbacks.values()) {
      if (!names.has(event.event)) continue;
      try {
        callback(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
