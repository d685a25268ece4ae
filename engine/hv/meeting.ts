/**
 * Where a qemu that libguestfs has started, and that is nobody's child here, gets its orders: two Unix sockets that it connects
 * to, its QMP and the port of a restored VM.
 */
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";

import type { QemuSockets } from "../launch-direct.ts";
import type { SocketOptions } from "../qemu-command.ts";

export type Sockets = Pick<QemuSockets, "qmp" | "restore">;

export interface Meeting {
  /** For qemu's command line. */
  readonly options: Omit<SocketOptions, "channel">;
  /** Resolves when qemu has connected to both. */
  readonly sockets: Promise<Sockets>;
  /** Ends the connections too. */
  close(): void;
}

/** @param folder that only this user can enter @throws the system error */
export async function arrangeMeeting(folder: string): Promise<Meeting> {
  const [qmp, restore] = [new Place(join(folder, "qmp")), new Place(join(folder, "restore"))];
  await Promise.all([qmp.open, restore.open]);
  return {
    options: { qmp: `socket,path=${qmp.escaped},id=qmp`, restore: `socket,path=${restore.escaped},id=restore` },
    sockets: Promise.all([qmp.guest, restore.guest]).then(([first, second]) => ({ qmp: first, restore: second })),
    close() {
      qmp.close();
      restore.close();
    },
  };
}

/** One socket that one guest comes to. */
class Place {
  readonly open: Promise<void>;
  readonly guest: Promise<Socket>;
  readonly escaped: string;
  readonly #server: Server = createServer();
  #socket: Socket | undefined;

  constructor(path: string) {
    this.escaped = path.replaceAll(",", ",,");
    this.guest = new Promise((resolve) => {
      this.#server.once("connection", (socket) => {
        this.#socket = socket;
        // Shows as the end of what waits for it.
        socket.on("error", () => undefined);
        this.#server.close();
        resolve(socket);
      });
    });
    this.open = new Promise((resolve, reject) => {
      this.#server.once("error", reject).listen(path, resolve);
    });
  }

  close(): void {
    this.#server.close();
    this.#socket?.destroy();
  }
}
