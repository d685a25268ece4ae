/**
 * A guest in memory, for tests of steps: a tree of files behind the few actions that steps use to look and to change. Not
 * the daemon: no permissions, no errors but ENOENT. `run()` plans a step and carries it out.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path/posix";

import {
  bytesFromText,
  textFromBytes,
  type GuestFacts,
  type Guestfs,
  type PlannedAction,
  type StepSpec,
} from "../../../schemas/index.ts";

interface Node {
  readonly type: "file" | "directory" | "symlink";
  mode: number;
  uid: number;
  gid: number;
  readonly inode: bigint;
  content: Uint8Array;
  readonly target: string;
}

const FORMATS = { file: 0o100000, directory: 0o040000, symlink: 0o120000 };
const DEBIAN: GuestFacts = {
  root: "/dev/sda1",
  os: "linux",
  distro: "debian",
  version: "12",
  arch: "x86_64",
  packageManager: "apt",
};

type Args = Readonly<Record<string, unknown>>;
type Handler = (args: Args) => unknown;

class Missing extends Error {
  readonly errno = "ENOENT";
}

export class FakeGuest {
  readonly facts: GuestFacts;
  readonly #nodes = new Map<string, Node>();
  #inode = 1n;

  /** @param files text by path; a value "-> target" is a symlink, "/" at the end of a path makes a folder */
  constructor(files: Readonly<Record<string, string>> = {}, facts: Partial<GuestFacts> = {}) {
    this.facts = { ...DEBIAN, ...facts };
    this.#put("/", "directory");
    for (const [path, text] of Object.entries(files)) this.add(path, text);
  }

  add(path: string, text: string, attributes: Partial<Pick<Node, "mode" | "uid" | "gid">> = {}): void {
    const clean = path.replace(/(.)\/$/, "$1");
    this.#makeParents(dirname(clean));
    const target = /^-> (.*)$/.exec(text)?.[1];
    if (path.endsWith("/")) Object.assign(this.#put(clean, "directory"), attributes);
    else if (target !== undefined) Object.assign(this.#put(clean, "symlink", "", target), attributes);
    else Object.assign(this.#put(clean, "file", text), attributes);
  }

  /** Text of a file, "-> target" of a link, "/" of a folder, undefined for nothing. */
  text(path: string): string | undefined {
    const node = this.#nodes.get(path);
    if (node === undefined) return undefined;
    if (node.type === "symlink") return `-> ${node.target}`;
    return node.type === "directory" ? "/" : textFromBytes(node.content);
  }

  /** "0644 1000:1000" */
  attributes(path: string): string | undefined {
    const node = this.#nodes.get(path);
    return node && `${node.mode.toString(8).padStart(4, "0")} ${node.uid}:${node.gid}`;
  }

  /** Plans a step against this guest. */
  async plan(step: StepSpec, args: unknown): Promise<readonly PlannedAction[]> {
    return step.plan({ g: this.g, guest: this.facts, recipeFolder: "/" }, args);
  }

  /** Plans and carries out; the names of the actions. */
  async run(step: StepSpec, args: unknown): Promise<readonly string[]> {
    const planned = await this.plan(step, args);
    for (const { action, args: given } of planned) this.#call(action, given);
    return planned.map(({ action }) => action);
  }

  get g(): Guestfs {
    const client = new Proxy(
      {},
      {
        // One microtask and the handler's result or error, as a call.
        get:
          (_, name) =>
          async (args: Args = {}) =>
            Promise.resolve().then(() => this.#call(String(name), args)),
      },
    );
    // Every action a step calls is in #handlers; others throw.
    return client as Guestfs;
  }

  #call(name: string, args: Args): unknown {
    const handler = this.#handlers[name];
    if (handler === undefined) throw new Error(`${name}: not in this fake`);
    return handler(args);
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    lstatns: ({ path }) => this.#stat(this.#find(path, false)),
    statns: ({ path }) => this.#stat(this.#find(path, true)),
    is_file: ({ path, followsymlinks }) => this.#is(path, followsymlinks === true, "file"),
    is_dir: ({ path, followsymlinks }) => this.#is(path, followsymlinks === true, "directory"),
    readlink: ({ path }) => this.#find(path, false).target,
    checksum: ({ path }) => createHash("sha256").update(this.#find(path, true).content).digest("hex"),
    download: ({ remotefilename, filename }) => send(filename, this.#find(remotefilename, true).content),
    find0: ({ directory, files }) =>
      send(
        files,
        bytesFromText(
          this.#below(directory)
            .map((name) => `${name}\0`)
            .join(""),
        ),
      ),
    ls0: ({ dir, filenames }) => {
      const names = this.#below(dir).filter((name) => !name.includes("/"));
      send(filenames, bytesFromText(names.map((name) => `${name}\0`).join("")));
    },
    internal_lstatnslist: ({ path, names }) =>
      strings(names).map((name) => {
        const node = this.#nodes.get(this.#resolve(join(String(path), name), false));
        return node === undefined ? { st_ino: -1n } : this.#stat(node);
      }),
    internal_readlinklist: ({ path, names }) =>
      strings(names).map((name) => this.#find(join(String(path), name), false).target),
    lgetxattrs: () => [],
    mountpoints: () => [["/dev/sda1", "/"]],
    list_devices: () => ["/dev/sda"],
    internal_write: ({ path, content }) => this.#write(String(path), asBytes(content)),
    upload: ({ filename, remotefilename }) =>
      this.#write(String(remotefilename), typeof filename === "string" ? readFileSync(filename) : asBytes(filename)),
    mkdir: ({ path }) => this.#put(this.#resolve(String(path), true), "directory"),
    mkdir_p: ({ path }) => this.#makeParents(this.#resolve(String(path), true)),
    chmod: ({ path, mode }) => Object.assign(this.#find(path, true), { mode }),
    chown: ({ path, owner, group }) => this.#own(this.#find(path, true), owner, group),
    lchown: ({ path, owner, group }) => this.#own(this.#find(path, false), owner, group),
    ln_s: ({ target, linkname }) => this.#put(this.#resolve(String(linkname), false), "symlink", "", String(target)),
    rm_f: ({ path }) => this.#nodes.delete(this.#resolve(String(path), false)),
    rm_rf: ({ path }) => {
      const gone = this.#resolve(String(path), false);
      for (const known of this.#nodes.keys())
        if (known === gone || known.startsWith(`${gone}/`)) this.#nodes.delete(known);
    },
    cp_a: ({ src, dest }) => {
      const from = String(src);
      for (const name of ["", ...this.#below(from)]) {
        const node = this.#find(join(from, name), false);
        this.#nodes.set(join(String(dest), name), { ...node, inode: this.#inode++ });
      }
    },
  };

  #put(path: string, type: Node["type"], text = "", target = ""): Node {
    const mode = { file: 0o644, directory: 0o755, symlink: 0o777 }[type];
    const node: Node = { type, mode, uid: 0, gid: 0, inode: this.#inode++, content: bytesFromText(text), target };
    this.#nodes.set(path, node);
    return node;
  }

  #makeParents(path: string): void {
    if (this.#nodes.has(this.#resolve(path, true))) return;
    this.#makeParents(dirname(path));
    this.#put(this.#resolve(path, true), "directory");
  }

  #write(path: string, content: Uint8Array): void {
    const real = this.#resolve(path, true);
    if (!this.#nodes.has(dirname(real))) throw new Missing(`${path}: No such file or directory`);
    const node = this.#nodes.get(real) ?? this.#put(real, "file");
    node.content = Uint8Array.from(content);
  }

  #own(node: Node, owner: unknown, group: unknown): void {
    if (Number(owner) >= 0) node.uid = Number(owner);
    if (Number(group) >= 0) node.gid = Number(group);
    if (node.type === "file") node.mode &= ~0o6000;
  }

  #find(path: unknown, follow: boolean): Node {
    const node = this.#nodes.get(this.#resolve(String(path), follow));
    if (node === undefined) throw new Missing(`${String(path)}: No such file or directory`);
    return node;
  }

  #is(path: unknown, follow: boolean, type: Node["type"]): boolean {
    return this.#nodes.get(this.#resolve(String(path), follow))?.type === type;
  }

  /** The path with symlinks resolved, the last one only when `follow`. */
  #resolve(path: string, follow: boolean): string {
    if (path === "/") return path;
    const here = join(this.#resolve(dirname(path), true), basename(path));
    const node = this.#nodes.get(here);
    if (node?.type !== "symlink" || !follow) return here.replace(/(.)\/$/, "$1");
    return this.#resolve(join(node.target.startsWith("/") ? "/" : dirname(here), node.target), true);
  }

  #below(directory: unknown): readonly string[] {
    const folder = String(directory).replace(/\/*$/, "/");
    return [...this.#nodes.keys()]
      .filter((path) => path.startsWith(folder) && path !== folder)
      .map((path) => path.slice(folder.length));
  }

  #stat(node: Node) {
    return {
      st_ino: node.inode,
      st_mode: BigInt(FORMATS[node.type] | node.mode),
      st_uid: BigInt(node.uid),
      st_gid: BigInt(node.gid),
      st_size: BigInt(node.type === "symlink" ? node.target.length : node.content.length),
    };
  }
}

function send(sink: unknown, bytes: Uint8Array): void {
  if (typeof sink === "function") sink(bytes);
}

function asBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Error("bytes expected");
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
