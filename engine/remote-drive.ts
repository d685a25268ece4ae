/**
 * Drives that another machine serves: from libguestfs's protocol, server, username and secret (guestfs(3), add_drive_opts) to
 * qemu's block drivers. Pure; whether qemu has the driver, and the server the disk, the launch shows.
 */

export type DriveProtocol = "ftp" | "ftps" | "gluster" | "http" | "https" | "iscsi" | "nbd" | "rbd" | "ssh";

export interface RemoteSource {
  /** nbd: export name. rbd: pool/image. iscsi: target/lun. gluster: volume/path. Others: path on the server. */
  readonly filename: string;
  readonly protocol: DriveProtocol;
  /** `host`, `host:port`, `[address]:port`, `tcp:host:port`, or `unix:/socket` for nbd and gluster. Several for rbd and gluster alone. */
  readonly server: readonly string[];
  readonly username?: string | undefined;
}

type Server =
  | { readonly type: "inet"; readonly host: string; readonly port: string }
  | { readonly type: "unix"; readonly path: string };

interface Traits {
  readonly port: number;
  readonly servers: "one" | "many" | "any";
  readonly unix?: true;
  readonly username?: true;
  readonly secret?: true;
  /** qemu's driver cannot write. */
  readonly readonly?: true;
  /** What the name must be, and how a mistake is told. */
  readonly name?: readonly [RegExp, string];
  /** Options of qemu's driver, which has the protocol's name. */
  readonly options: (parts: Parts) => Record<string, unknown>;
}

interface Parts {
  readonly filename: string;
  /** The name without slashes in front, and its parts before and behind the first slash. */
  readonly path: string;
  readonly first: string;
  readonly rest: string;
  readonly servers: readonly Server[];
  /** The only server: `host` or `host:port`. */
  readonly authority: string;
  readonly username: string | undefined;
  /** Id of the object that holds it. */
  readonly secret: string | undefined;
}

const TRAITS: Readonly<Record<DriveProtocol, Traits>> = {
  ftp: web("ftp", 21),
  ftps: web("ftps", 990),
  gluster: {
    port: 24007,
    servers: "many",
    unix: true,
    name: [/^[^/]+\/./, "VOLUME/PATH"],
    options: ({ first, rest, servers }) => ({ volume: first, path: rest, server: servers }),
  },
  http: web("http", 80),
  https: web("https", 443),
  iscsi: {
    port: 3260,
    servers: "one",
    username: true,
    secret: true,
    name: [/^[^/]+\/\d+$/, "TARGET/LUN"],
    options: ({ first, rest, authority, username, secret }) => ({
      transport: "tcp",
      portal: authority,
      target: first,
      lun: Number(rest),
      ...named("user", username),
      ...named("password-secret", secret),
    }),
  },
  nbd: {
    port: 10809,
    servers: "one",
    unix: true,
    options: ({ servers: [server], path }) => ({ server, ...(path === "" ? {} : { export: path }) }),
  },
  rbd: {
    port: 6789,
    servers: "any",
    username: true,
    secret: true,
    name: [/^[^/]+\/./, "POOL/IMAGE"],
    options: ({ first, rest, servers, username, secret }) => ({
      pool: first,
      image: rest,
      ...(servers.length === 0 ? {} : { server: servers.map(address) }),
      ...named("user", username),
      ...named("key-secret", secret),
    }),
  },
  ssh: {
    port: 22,
    servers: "one",
    username: true,
    options: ({ servers: [server], filename, username }) => ({
      server: address(server),
      path: filename,
      ...named("user", username),
    }),
  },
};

/** What is wrong with a remote source; undefined when nothing is. */
export function remoteMistake(
  source: RemoteSource & { readonly secret?: string | undefined; readonly readonly?: boolean | undefined },
): string | undefined {
  // Types say so already; programs in JavaScript do not hear them.
  const traits = Object.hasOwn(TRAITS, source.protocol) ? TRAITS[source.protocol] : undefined;
  if (traits === undefined) return `protocol ${source.protocol}: not known`;
  const name = `protocol ${source.protocol}`;
  const { length } = source.server;
  if (traits.servers === "one" && length !== 1) return `${name}: ${length} servers, not one`;
  if (traits.servers === "many" && length === 0) return `${name}: no server`;
  for (const text of source.server) {
    const server = parseServer(text, traits.port);
    if (server === undefined) return `${name}: server ${text}: not host, host:port or unix:/socket`;
    if (server.type === "unix" && traits.unix !== true) return `${name}: server ${text}: not over a Unix socket`;
  }
  if (source.username !== undefined && traits.username !== true) return `${name}: has no username`;
  if (source.secret !== undefined && traits.secret !== true) return `${name}: has no secret`;
  if (traits.readonly === true && source.readonly !== true) return `${name}: can only be readonly`;
  if (traits.name?.[0].test(stripped(source)) === false) return `${name}: ${source.filename}: not ${traits.name[1]}`;
  return undefined;
}

/** qemu's node for a source without mistake. @param secret id of the object that holds the secret */
export function remoteNode(source: RemoteSource, secret?: string): Record<string, unknown> {
  const { protocol, username, filename } = source;
  const { port, options } = TRAITS[protocol];
  const servers = source.server.flatMap((text) => parseServer(text, port) ?? []);
  const path = stripped(source);
  const parts: Parts = {
    filename,
    path,
    first: path.replace(/\/.*$/s, ""),
    rest: path.replace(/^[^/]*\/?/, ""),
    servers,
    authority: authorityOf(servers[0], port),
    username,
    secret,
  };
  return { driver: protocol, ...options(parts) };
}

function web(protocol: DriveProtocol, port: number): Traits {
  return {
    port,
    servers: "one",
    username: true,
    secret: true,
    readonly: true,
    options: ({ path, authority, username, secret }) => ({
      url: `${protocol}://${authority}/${path.split("/").map(encodeURIComponent).join("/")}`,
      ...named("username", username),
      ...named("password-secret", secret),
    }),
  };
}

/** Names on servers have no slash in front; libguestfs's users write one. */
function stripped({ filename }: RemoteSource): string {
  return filename.replace(/^\/+/, "");
}

function parseServer(text: string, port: number): Server | undefined {
  const path = /^unix:(\/[^\0]+)$/s.exec(text)?.[1];
  if (path !== undefined) return { type: "unix", path };
  const [, address6, name, given] =
    /^(?:tcp:)?(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = address6 ?? name;
  return host === undefined ? undefined : { type: "inet", host, port: given ?? String(port) };
}

function address(server: Server | undefined): Record<string, string> {
  return server?.type === "inet" ? { host: server.host, port: server.port } : {};
}

function authorityOf(server: Server | undefined, port: number): string {
  if (server?.type !== "inet") return "";
  const host = server.host.includes(":") ? `[${server.host}]` : server.host;
  return server.port === String(port) ? host : `${host}:${server.port}`;
}

function named(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
