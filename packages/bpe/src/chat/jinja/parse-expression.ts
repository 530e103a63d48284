// Expressions, by Jinja's grammar: precedence climbs from `a if b else c` down to names and constants.

import type { Operator } from "./arithmetic.js";
import type { Token } from "./lexer.js";
import type { Arguments, Comparison, Expression } from "./nodes.js";
import { NO_ARGUMENTS, readArguments, readListed } from "./parse-arguments.js";
import { Text } from "./text.js";
import type { TokenStream } from "./token-stream.js";
import { None } from "./values.js";

/** What filters and tests there are. */
export interface Known {
  hasFilter(name: string): boolean;
  hasTest(name: string): boolean;
}

const CONSTANTS: ReadonlyMap<string, None | boolean> = new Map<string, None | boolean>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", None],
  ["None", None],
]);
const COMPARISONS: readonly string[] = ["==", "!=", "<", "<=", ">", ">="];

export class ExpressionParser {
  readonly stream: TokenStream;
  readonly #known: Known;
  /** Names that the macros around read, the innermost last. */
  readonly reads: Set<string>[] = [];
  /** Whether an unknown filter is an error only once it is used: in what may not be reached. */
  soft = false;

  constructor(stream: TokenStream, known: Known) {
    this.stream = stream;
    this.#known = known;
  }

  expression(): Expression {
    return this.stream.deeper(() => this.#condition());
  }

  /** One expression, or several as a tuple; `ends` are names that may follow a comma. */
  tuple(
    options: { condition?: boolean; ends?: readonly string[]; parenthesised?: boolean } = {},
  ): Expression {
    const { condition = true, ends = [], parenthesised = false } = options;
    const { stream } = this;
    const items: Expression[] = [];
    let isTuple = false;
    for (;;) {
      if (stream.is("close") || stream.is("operator", ")") || stream.is("name", ...ends, "")) break;
      items.push(condition ? this.expression() : stream.deeper(() => this.#or()));
      if (!stream.skip("operator", ",")) break;
      isTuple = true;
    }
    if (isTuple) return { kind: "tuple", items };
    if (items.length === 1) return items[0]!;
    if (!parenthesised) stream.fail(`expected an expression, got ${stream.shown()}`);
    return { kind: "tuple", items: [] };
  }

  #condition(): Expression {
    let value = this.#or();
    const { soft } = this;
    while (this.stream.skip("name", "if")) {
      this.soft = true;
      const test = this.#or();
      const no = this.stream.skip("name", "else") ? this.expression() : null;
      value = { kind: "condition", test, yes: value, no };
    }
    this.soft = soft;
    return value;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.stream.skip("name", "or")) left = { kind: "or", left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.stream.skip("name", "and")) left = { kind: "and", left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    if (!this.stream.skip("name", "not")) return this.#compare();
    return { kind: "not", value: this.stream.deeper(() => this.#not()) };
  }

  #compare(): Expression {
    const { stream } = this;
    const first = this.#sum();
    const rest: { operator: Comparison; value: Expression }[] = [];
    for (;;) {
      let operator: Comparison;
      if (stream.is("operator", ...COMPARISONS)) operator = stream.next().value as Comparison;
      else if (stream.skip("name", "in")) operator = "in";
      else if (
        stream.is("name", "not") &&
        stream.following.kind === "name" &&
        stream.following.value === "in"
      ) {
        stream.next();
        stream.next();
        operator = "not in";
      } else break;
      rest.push({ operator, value: this.#sum() });
    }
    return rest.length === 0 ? first : { kind: "compare", first, rest };
  }

  #sum(): Expression {
    return this.#binary(["+", "-"], () => this.#concat());
  }

  #concat(): Expression {
    const parts = [this.#product()];
    while (this.stream.skip("operator", "~")) parts.push(this.#product());
    return parts.length === 1 ? parts[0]! : { kind: "concat", parts };
  }

  #product(): Expression {
    return this.#binary(["*", "/", "//", "%"], () => this.#binary(["**"], () => this.#unary(true)));
  }

  #binary(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand();
    while (this.stream.is("operator", ...operators)) {
      const operator = this.stream.next().value as Operator;
      left = { kind: "binary", operator, left, right: operand() };
    }
    return left;
  }

  #unary(filters: boolean): Expression {
    const { stream } = this;
    let value: Expression;
    if (stream.is("operator", "-", "+")) {
      const sign = stream.next().value as "-" | "+";
      value = { kind: "sign", sign, value: stream.deeper(() => this.#unary(false)) };
    } else value = this.primary();
    value = this.#postfix(value);
    return filters ? this.#filtered(value) : value;
  }

  primary(): Expression {
    const { stream } = this;
    const token = stream.next();
    switch (token.kind) {
      case "name":
        return this.#name(token);
      case "string": {
        let text = token.value;
        while (stream.is("string")) text += stream.next().value;
        return { kind: "constant", value: Text.own(text) };
      }
      case "integer":
        return { kind: "constant", value: BigInt(token.value.replaceAll("_", "").toLowerCase()) };
      case "float":
        return { kind: "constant", value: Number(token.value.replaceAll("_", "")) };
      case "operator":
        if (token.value === "(") {
          const inner = stream.deeper(() => this.tuple({ parenthesised: true }));
          stream.expect("operator", ")");
          return inner;
        }
        if (token.value === "[")
          return { kind: "list", items: readListed(stream, "]", () => this.expression()) };
        if (token.value === "{")
          return { kind: "dict", entries: readListed(stream, "}", () => this.#entry()) };
        break;
      default:
    }
    const what = token.kind === "end" ? "the end of the template" : `'${token.value}'`;
    return stream.fail(`unexpected ${what}`);
  }

  #name({ value: name }: Token): Expression {
    if (CONSTANTS.has(name)) return { kind: "constant", value: CONSTANTS.get(name)! };
    for (const reads of this.reads) reads.add(name);
    return { kind: "name", name };
  }

  #entry(): [Expression, Expression] {
    const key = this.expression();
    this.stream.expect("operator", ":");
    return [key, this.expression()];
  }

  #postfix(start: Expression): Expression {
    const { stream } = this;
    let value = start;
    for (;;) {
      if (stream.skip("operator", ".")) value = this.#member(value);
      else if (stream.skip("operator", "[")) value = this.#subscript(value);
      else if (stream.is("operator", "(")) value = { kind: "call", callee: value, args: this.#arguments() };
      else return value;
    }
  }

  #member(object: Expression): Expression {
    const { stream } = this;
    if (stream.is("name")) return { kind: "attribute", object, name: stream.next().value };
    const { value } = stream.expect("integer");
    return { kind: "item", object, key: { kind: "constant", value: BigInt(value.replaceAll("_", "")) } };
  }

  #subscript(object: Expression): Expression {
    const keys: Expression[] = [];
    let comma = false;
    while (!this.stream.skip("operator", "]")) {
      if (comma) this.stream.expect("operator", ",");
      keys.push(this.#subscribed());
      comma = true;
    }
    const key: Expression = keys.length === 1 ? keys[0]! : { kind: "tuple", items: keys };
    return { kind: "item", object, key };
  }

  #subscribed(): Expression {
    const { stream } = this;
    const bound = () => (stream.is("operator", ":", "]", ",") ? null : this.expression());
    const start = bound();
    if (start && !stream.is("operator", ":")) return start;
    stream.expect("operator", ":");
    const stop = bound();
    const step = stream.skip("operator", ":") ? bound() : null;
    return { kind: "slice", bounds: [start, stop, step] };
  }

  #arguments(): Arguments {
    return readArguments(this.stream, () => this.expression());
  }

  #filtered(start: Expression): Expression {
    const { stream } = this;
    let value = start;
    for (;;) {
      if (stream.is("operator", "|")) value = this.filters(value)!;
      else if (stream.skip("name", "is")) value = this.#test(value);
      else if (stream.is("operator", "(")) value = { kind: "call", callee: value, args: this.#arguments() };
      else return value;
    }
  }

  /** `|name(…)|name(…)`; with `inline` the first comes without its bar. */
  filters(start: Expression | null, inline = false): Expression | null {
    const { stream } = this;
    let value = start;
    for (let first = inline; first || stream.skip("operator", "|"); first = false) {
      const name = this.#dotted();
      if (!this.soft && !this.#known.hasFilter(name)) stream.fail(`there is no filter named '${name}'`);
      value = { kind: "filter", object: value, name, args: this.#optionalArguments() };
    }
    return value;
  }

  #test(object: Expression): Expression {
    const { stream } = this;
    const negated = stream.skip("name", "not");
    const name = this.#dotted();
    let args = this.#optionalArguments();
    const takesOne =
      stream.is("name") ||
      stream.is("string") ||
      stream.is("integer") ||
      stream.is("float") ||
      stream.is("operator", "[", "{");
    if (args === NO_ARGUMENTS && takesOne && !stream.is("name", "else", "or", "and")) {
      if (stream.is("name", "is")) stream.fail("tests cannot be chained with 'is'");
      args = { ...NO_ARGUMENTS, args: [this.#postfix(this.primary())] };
    }
    if (!this.soft && !this.#known.hasTest(name)) stream.fail(`there is no test named '${name}'`);
    const test: Expression = { kind: "test", object, name, args };
    return negated ? { kind: "not", value: test } : test;
  }

  #dotted(): string {
    let name = this.stream.expect("name").value;
    while (this.stream.skip("operator", ".")) name += `.${this.stream.expect("name").value}`;
    return name;
  }

  #optionalArguments(): Arguments {
    return this.stream.is("operator", "(") ? this.#arguments() : NO_ARGUMENTS;
  }
}
