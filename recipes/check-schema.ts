/** A tree or a resolved value against a schema; what is wrong goes to the report, at its place. */
import type { DiagnosticSource, JsonSchema } from "../schemas/index.ts";
import { asJson, toPlain, type Resolved } from "./resolve.ts";
import { explain, type SchemaProblem, type ValueNotes } from "./schema-problems.ts";
import type { LoadSession } from "./session.ts";
import { locate, locateKey, nodeAt, type Path, type Tree } from "./tree.ts";

const NONE: ReadonlySet<string> = new Set();

/** A tree without expressions. */
export function checkAgainst(
  schema: JsonSchema,
  tree: Tree,
  subject: string,
  key: DiagnosticSource,
  session: LoadSession,
): boolean {
  const notes = { open: NONE, secret: NONE, raw: rawAt(tree) };
  return reportAll(explain(session.validator.errors(schema, asJson(tree)), subject, notes), tree, key, session);
}

/** A tree whose expressions were evaluated; what is still open is passed over. */
export function checkResolved(
  schema: JsonSchema,
  tree: Tree,
  resolved: Resolved,
  subject: string,
  key: DiagnosticSource,
  session: LoadSession,
): boolean {
  const { plain, secrets } = toPlain(resolved.value);
  const notes: ValueNotes = {
    open: new Set([...resolved.deferred, ...resolved.failed]),
    secret: secrets,
    raw: rawAt(tree),
  };
  return reportAll(explain(session.validator.errors(schema, plain), subject, notes), tree, key, session);
}

function reportAll(
  problems: readonly SchemaProblem[],
  tree: Tree,
  key: DiagnosticSource,
  session: LoadSession,
): boolean {
  for (const { code, path, atKey, summary, detail } of problems) {
    session.report.error(code, atKey ? locateKey(tree, path, key) : locate(tree, path, key), summary, detail);
  }
  return problems.length === 0;
}

function rawAt(tree: Tree): (path: Path) => string | undefined {
  return (path) => {
    const node = nodeAt(tree, path);
    return node?.kind === "scalar" ? node.raw : undefined;
  };
}
