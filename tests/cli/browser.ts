/**
 * A headless Chromium for tests of pages: started by the test, spoken to over its own pipe (Chrome DevTools Protocol: JSON ended by
 * NUL on descriptors 3 and 4), without a port and without the network.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";

export const chromium = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "chromium"))
  .find(isProgram);

type Params = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}

export interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme?: "light" | "dark";
}

export class Browser {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #to: Writable;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #events: Message[] = [];
  readonly #listeners = new Set<(message: Message) => void>();
  #lastId = 0;

  constructor(program: string) {
    this.#profile = mkdtempSync(join(tmpdir(), "gild-chromium-"));
    this.#child = spawn(
      program,
      [
        "--headless=new",
        // Tests may run as root, for which Chromium has no sandbox.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-first-run",
        "--remote-debugging-pipe",
        `--user-data-dir=${this.#profile}`,
      ],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], env: { ...process.env, HOME: this.#profile } },
    );
    // stdio says that both are pipes.
    this.#to = this.#child.stdio[3] as Writable;
    this.#read(this.#child.stdio[4] as Readable);
    this.#child.once("close", () => {
      for (const answer of this.#waiting.values()) answer({ error: { message: "the browser has ended" } });
    });
  }

  /** Opens a file in a new tab, as `file:` URL. */
  async open(path: string, { width, height, scheme = "light" }: View): Promise<Page> {
    const { targetId } = await this.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.call("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(this, String(sessionId));
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await page.call(`${domain}.enable`);
    await page.call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
    await page.emulate({ scheme });
    const loaded = this.next("Page.loadEventFired");
    await page.call("Page.navigate", { url: pathToFileURL(path).href });
    await loaded;
    return page;
  }

  /** @throws Error with what the browser says */
  async call(method: string, params: Params = {}, sessionId?: string): Promise<Params> {
    const id = ++this.#lastId;
    const { result, error } = await new Promise<Message>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  /** Everything of these kinds that the browser has told so far. */
  told(...methods: readonly string[]): Params[] {
    return this.#events.flatMap(({ method = "", params }) => (methods.includes(method) ? [params ?? {}] : []));
  }

  async next(method: string): Promise<void> {
    await new Promise<void>((resolve) => {
      const listen = (message: Message): void => {
        if (message.method !== method) return;
        this.#listeners.delete(listen);
        resolve();
      };
      this.#listeners.add(listen);
    });
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("close", resolve));
    await this.call("Browser.close").catch(() => this.#child.kill("SIGKILL"));
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #read(from: Readable): void {
    let rest = "";
    from.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\0");
      rest = parts.pop() ?? "";
      for (const part of parts) this.#take(JSON.parse(part) as Message); // the protocol's own form
    });
  }

  #take(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      return;
    }
    this.#events.push(message);
    for (const listener of this.#listeners) listener(message);
  }
}

export class Page {
  readonly #browser: Browser;
  readonly #session: string;

  constructor(browser: Browser, session: string) {
    this.#browser = browser;
    this.#session = session;
  }

  async call(method: string, params: Params = {}): Promise<Params> {
    return await this.#browser.call(method, params, this.#session);
  }

  async emulate({ scheme, media = "" }: { readonly scheme?: string; readonly media?: "" | "print" }): Promise<void> {
    const features = scheme === undefined ? [] : [{ name: "prefers-color-scheme", value: scheme }];
    await this.call("Emulation.setEmulatedMedia", { media, features });
    if (media === "") return;
    const query = `matchMedia("${media}")`;
    await this.evaluate(
      `new Promise((done) => ${query}.matches ? done() : ${query}.addEventListener("change", () => done()))`,
    );
  }

  /** The value of an expression, as JSON; of a promise what it comes to. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { readonly value: T }).value; // what the expression gives is known to the caller
  }

  /** PNG of what is to be seen. */
  async picture(): Promise<Buffer> {
    return Buffer.from(String((await this.call("Page.captureScreenshot"))["data"]), "base64");
  }

  async pdf(): Promise<Buffer> {
    return Buffer.from(String((await this.call("Page.printToPDF"))["data"]), "base64");
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
