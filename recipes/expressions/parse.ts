/**
 * Text of an expression to its syntax tree (Pratt parser). Offsets count from the start of the text that is given.
 * Evaluates nothing.
 *
 * Binding, loosest first: `||`, `&&`, `== !=`, `< <= > >=`, `!`, primary.
 */

/** `[start, end)` in the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Binary = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=";

export type Expression = Span &
  (
    | { readonly kind: "literal"; readonly value: string | number | boolean }
    /** `vars.host` is ["vars", "host"]. */
    | { readonly kind: "name"; readonly parts: readonly string[] }
    | { readonly kind: "not"; readonly operand: Expression }
    | { readonly kind: "binary"; readonly operator: Binary; readonly left: Expression; readonly right: Expression }
    | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  );

/** What is wrong with an expression, and where in its text. */
export class ExpressionProblem extends Error {
  readonly code: "expression-syntax" | "expression-type" | "expression-unknown" | "expression-place";
  readonly span: Span;
  readonly detail: string;

  constructor(code: ExpressionProblem["code"], span: Span, summary: string, detail = "") {
    super(summary);
    this.code = code;
    this.span = span;
    this.detail = detail;
  }
}

interface Token extends Span {
  readonly kind: "word" | "string" | "number" | "symbol" | "end";
  readonly text: string;
}

const MAX_NESTING = 50;
const POWER: Readonly<Record<Binary, number>> = {
  "||": 1,
  "&&": 2,
  "==": 3,
  "!=": 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
};

const TOKEN =
  /\s*(?:(?<word>[A-Za-z_][\w-]*)|(?<number>-?\d+(?:\.\d+)?)|(?<string>'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")|(?<symbol>\|\||&&|==|!=|<=|>=|\}\}|[<>!().,]))/y;

/**
 * Parses one expression.
 *
 * @param text where it stands
 * @param from its first character
 * @param closed whether `}}` must follow it (`end` is then behind that); otherwise the text must end
 * @throws ExpressionProblem expression-syntax
 */
export function parseExpression(
  text: string,
  from = 0,
  closed = false,
): { readonly expression: Expression; readonly end: number } {
  const parser = new Parser(text, from);
  const expression = parser.binary(0, 0);
  const last = parser.take();
  if (closed && last.text === "}}" && last.kind === "symbol") return { expression, end: last.end };
  if (!closed && last.kind === "end") return { expression, end: last.end };
  const wanted = closed ? "`}}`" : "the end of the expression";
  throw unexpected(last, `an operator or ${wanted}`);
}

class Parser {
  readonly #text: string;
  #token: Token;

  constructor(text: string, from: number) {
    this.#text = text;
    this.#token = this.#scan(from);
  }

  take(): Token {
    const token = this.#token;
    if (token.kind !== "end" && token.text !== "}}") this.#token = this.#scan(token.end);
    return token;
  }

  binary(power: number, nesting: number): Expression {
    let left = this.#unary(nesting);
    for (;;) {
      const operator = asBinary(this.#token);
      if (operator === undefined || POWER[operator] <= power) return left;
      this.take();
      const right = this.binary(POWER[operator], nesting + 1);
      left = { kind: "binary", operator, left, right, start: left.start, end: right.end };
    }
  }

  #unary(nesting: number): Expression {
    if (nesting > MAX_NESTING) throw new ExpressionProblem("expression-syntax", this.#token, "nested too deeply");
    const token = this.take();
    if (token.kind === "string") return { kind: "literal", value: unquote(token.text), ...spanOf(token) };
    if (token.kind === "number") return { kind: "literal", value: Number(token.text), ...spanOf(token) };
    if (token.kind === "word") return this.#word(token, nesting);
    if (token.text === "!") {
      const operand = this.#unary(nesting + 1);
      return { kind: "not", operand, start: token.start, end: operand.end };
    }
    if (token.text === "(") {
      const inner = this.binary(0, nesting + 1);
      const end = this.#expect(")");
      return { ...inner, start: token.start, end: end.end };
    }
    throw unexpected(token, "a value");
  }

  #word(token: Token, nesting: number): Expression {
    if (token.text === "true" || token.text === "false") {
      return { kind: "literal", value: token.text === "true", ...spanOf(token) };
    }
    if (this.#token.text === "(" && this.#token.kind === "symbol") return this.#call(token, nesting);
    const parts = [token.text];
    let end = token.end;
    while (this.#token.kind === "symbol" && this.#token.text === ".") {
      this.take();
      const part = this.take();
      if (part.kind !== "word") throw unexpected(part, "a name");
      parts.push(part.text);
      end = part.end;
    }
    return { kind: "name", parts, start: token.start, end };
  }

  #call(name: Token, nesting: number): Expression {
    this.#expect("(");
    const args: Expression[] = [];
    while (!(this.#token.kind === "symbol" && this.#token.text === ")")) {
      if (args.length > 0) this.#expect(",");
      args.push(this.binary(0, nesting + 1));
    }
    const end = this.#expect(")");
    return { kind: "call", name: name.text, args, start: name.start, end: end.end };
  }

  #expect(symbol: string): Token {
    const token = this.take();
    if (token.kind === "symbol" && token.text === symbol) return token;
    throw unexpected(token, `\`${symbol}\``);
  }

  #scan(from: number): Token {
    TOKEN.lastIndex = from;
    const match = TOKEN.exec(this.#text);
    if (match === null) return this.#unscannable(from);
    const { word, number, string, symbol } = match.groups ?? {};
    const text = word ?? number ?? string ?? symbol ?? "";
    const span = { start: TOKEN.lastIndex - text.length, end: TOKEN.lastIndex };
    if (word !== undefined) return { kind: "word", text, ...span };
    if (number !== undefined) return { kind: "number", text, ...span };
    return { kind: string === undefined ? "symbol" : "string", text, ...span };
  }

  #unscannable(from: number): Token {
    const rest = this.#text.slice(from);
    const start = from + (rest.length - rest.trimStart().length);
    if (start >= this.#text.length) return { kind: "end", text: "", start: this.#text.length, end: this.#text.length };
    const found = this.#text[start] ?? "";
    const span = { start, end: start + 1 };
    if (found === "'" || found === '"') {
      throw new ExpressionProblem("expression-syntax", span, `no closing ${found} of the text that starts here`);
    }
    const detail = found === "=" ? "Write `==` to compare." : "";
    throw new ExpressionProblem("expression-syntax", span, `unexpected character ${found}`, detail);
  }
}

function asBinary(token: Token): Binary | undefined {
  if (token.kind !== "symbol") return undefined;
  // A key of POWER is a Binary by definition.
  return Object.hasOwn(POWER, token.text) ? (token.text as Binary) : undefined;
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

function unexpected(token: Token, wanted: string): ExpressionProblem {
  const found = token.kind === "end" ? "the end of the text" : `\`${token.text}\``;
  return new ExpressionProblem("expression-syntax", token, `expected ${wanted}, found ${found}`);
}

/** 'it''s' in single quotes; \" \\ \n \t in double quotes. */
function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith("'")) return inner.replaceAll("''", "'");
  return inner.replaceAll(/\\(.)/gs, (_, char: string) => ({ n: "\n", t: "\t" })[char] ?? char);
}
