// Statements: what stands in `{% %}`, and the text around.
import { tokenize } from "./lexer.js";
import type { Expression, MacroNode, Parameter, Statement, Target } from "./nodes.js";
import { ExpressionParser, type Known } from "./parse-expression.js";
import { Text } from "./text.js";
import { TokenStream } from "./token-stream.js";

/** A template that was read. */
export interface Parsed {
  body: Statement[];
  /** Its blocks by name. */
  blocks: ReadonlyMap<string, Statement[]>;
  /** Whether it says what the assistant writes, with `{% generation %}`. */
  hasGenerations: boolean;
}

/** @throws TemplateError where the template is not valid Jinja, or names a filter or test that there is not. */
export function parse(template: string, known: Known): Parsed {
  return new Parser(new TokenStream(tokenize(template)), known).template();
}

class Parser {
  readonly #stream: TokenStream;
  readonly #expressions: ExpressionParser;
  /** Whether a loop is around that `break` could leave. */
  #inLoop = false;
  #hasGenerations = false;
  readonly #blocks = new Map<string, Statement[]>();

  constructor(stream: TokenStream, known: Known) {
    this.#stream = stream;
    this.#expressions = new ExpressionParser(stream, known);
  }

  template(): Parsed {
    return { body: this.#body([]), blocks: this.#blocks, hasGenerations: this.#hasGenerations };
  }

  /** Statements up to a tag of one of these names, whose name comes next. */
  #body(ends: readonly string[]): Statement[] {
    const stream = this.#stream;
    const body: Statement[] = [];
    for (;;) {
      const { kind, value, line } = stream.current;
      if (kind === "end") {
        if (ends.length > 0) stream.fail(`the template ends where '${ends.join("' or '")}' is missing`);
        return body;
      }
      stream.next();
      if (kind === "text") body.push({ kind: "text", text: Text.own(value), line });
      else if (value === "{{") {
        body.push({ kind: "output", value: this.#expressions.tuple(), line });
        stream.expect("close", "}}");
      } else {
        if (stream.is("name", ...ends, "")) return body;
        body.push(...stream.deeper(() => this.#statement(line)));
        stream.expect("close", "%}");
      }
    }
  }

  /** The body of a tag, and the name of the tag that ends it, which is taken. */
  #block(...ends: string[]): { body: Statement[]; end: string } {
    this.#stream.skip("operator", ":");
    this.#stream.expect("close", "%}");
    const body = this.#body(ends);
    return { body, end: this.#stream.next().value };
  }

  /** A body in a scope of its own, where unknown filters are errors. */
  #scoped(...ends: string[]): { body: Statement[]; end: string } {
    return this.#withSoft(false, () => this.#block(...ends));
  }

  #withSoft<T>(soft: boolean, read: () => T): T {
    const before = this.#expressions.soft;
    this.#expressions.soft = soft;
    const value = read();
    this.#expressions.soft = before;
    return value;
  }

  #withLoop<T>(inLoop: boolean, read: () => T): T {
    const before = this.#inLoop;
    this.#inLoop = inLoop;
    const value = read();
    this.#inLoop = before;
    return value;
  }

  #statement(line: number): Statement[] {
    const stream = this.#stream;
    const expressions = this.#expressions;
    const { value: tag } = stream.expect("name");
    switch (tag) {
      case "if":
        return [this.#withSoft(true, () => this.#if(line))];
      case "for":
        return [this.#for(line)];
      case "set":
        return [this.#set(line)];
      case "with":
        return [this.#with(line)];
      case "macro": {
        const name = stream.expect("name").value;
        return [{ kind: "macro", name, macro: this.#macro(name, this.#parameters(), "endmacro"), line }];
      }
      case "call": {
        const parameters = stream.is("operator", "(") ? this.#parameters() : [];
        const call = expressions.expression();
        if (call.kind !== "call") return stream.fail("a call block needs a call");
        return [{ kind: "call block", call, caller: this.#macro(null, parameters, "endcall"), line }];
      }
      case "filter": {
        const filter = this.#withSoft(false, () => expressions.filters(null, true))!;
        return [{ kind: "filter block", filter, body: this.#scoped("endfilter").body, line }];
      }
      case "generation":
        this.#hasGenerations = true;
        return [{ kind: "generation", macro: this.#macro(null, [], "endgeneration"), line }];
      case "print": {
        const values: Statement[] = [];
        while (!stream.is("close")) {
          if (values.length > 0) stream.expect("operator", ",");
          values.push({ kind: "output", value: expressions.expression(), line });
        }
        return values;
      }
      case "block":
        return [this.#namedBlock(line)];
      case "break":
      case "continue":
        if (!this.#inLoop) stream.fail(`'${tag}' stands outside of a loop`);
        return [{ kind: tag, line }];
      case "autoescape": {
        const value = expressions.expression();
        const { body } = this.#scoped("endautoescape");
        if (value.kind === "constant" && !value.value) return [{ kind: "with", bindings: [], body, line }];
        return [{ kind: "unsupported", what: "autoescape", line }];
      }
      case "include":
      case "import":
      case "from":
      case "extends":
        while (!stream.is("close")) stream.next();
        return [{ kind: "unsupported", what: tag, line }];
      default:
        return stream.fail(`unknown tag '${tag}'`);
    }
  }

  #if(line: number): Statement {
    const branches: { test: Expression; body: Statement[] }[] = [];
    for (;;) {
      const test = this.#expressions.tuple({ condition: false });
      const { body, end } = this.#block("elif", "else", "endif");
      branches.push({ test, body });
      if (end === "elif") continue;
      const otherwise = end === "else" ? this.#block("endif").body : [];
      return { kind: "if", branches, otherwise, line };
    }
  }

  #for(line: number): Statement {
    const stream = this.#stream;
    const target = this.#target(["in"]);
    stream.expect("name", "in");
    const items = this.#expressions.tuple({ condition: false, ends: ["recursive"] });
    return this.#withSoft(false, () => {
      const test = stream.skip("name", "if") ? this.#expressions.expression() : null;
      const recursive = stream.skip("name", "recursive");
      const { body, end } = this.#withLoop(true, () => this.#block("endfor", "else"));
      const otherwise = end === "else" ? this.#block("endfor").body : [];
      return { kind: "for", target, items, test, recursive, body, otherwise, line };
    });
  }

  #set(line: number): Statement {
    const target = this.#target([], true);
    if (this.#stream.skip("operator", "=")) {
      return { kind: "set", target, value: this.#expressions.tuple(), line };
    }
    return this.#withSoft(false, () => {
      const filter = this.#expressions.filters(null);
      return { kind: "set block", target, filter, body: this.#block("endset").body, line };
    });
  }

  #with(line: number): Statement {
    const bindings: { target: Target; value: Expression }[] = [];
    while (!this.#stream.is("close")) {
      if (bindings.length > 0) this.#stream.expect("operator", ",");
      const target = this.#target([]);
      this.#stream.expect("operator", "=");
      bindings.push({ target, value: this.#expressions.expression() });
    }
    return { kind: "with", bindings, body: this.#scoped("endwith").body, line };
  }

  #namedBlock(line: number): Statement {
    const stream = this.#stream;
    const name = stream.expect("name").value;
    if (this.#blocks.has(name)) stream.fail(`there are two blocks named '${name}'`);
    const scoped = stream.skip("name", "scoped");
    if (stream.skip("name", "required")) stream.fail("required blocks are not supported");
    const { body } = this.#withLoop(false, () => this.#scoped("endblock"));
    stream.skip("name", name);
    this.#blocks.set(name, body);
    return { kind: "block", body, scoped, line };
  }

  #macro(name: string | null, parameters: Parameter[], end: string): MacroNode {
    const reads = new Set<string>();
    this.#expressions.reads.push(reads);
    const { body } = this.#withLoop(false, () => this.#scoped(end));
    this.#expressions.reads.pop();
    return { name, parameters, body, reads };
  }

  #parameters(): Parameter[] {
    const stream = this.#stream;
    const parameters: Parameter[] = [];
    stream.expect("operator", "(");
    while (!stream.skip("operator", ")")) {
      if (parameters.length > 0) stream.expect("operator", ",");
      const name = stream.expect("name").value;
      const otherwise = stream.skip("operator", "=") ? this.#expressions.expression() : null;
      if (!otherwise && parameters.at(-1)?.otherwise) {
        stream.fail("a parameter without a default follows one with a default");
      }
      parameters.push({ name, otherwise });
    }
    return parameters;
  }

  #target(ends: readonly string[], members = false): Target {
    const stream = this.#stream;
    const items: Target[] = [];
    let isTuple = false;
    while (!stream.is("name", ...ends, "") && !stream.is("operator", ")", "=") && !stream.is("close")) {
      items.push(this.#single(members));
      if (!stream.skip("operator", ",")) break;
      isTuple = true;
    }
    if (items.length === 0) stream.fail(`expected a name to assign to, got ${stream.shown()}`);
    return isTuple ? { kind: "tuple", items } : items[0]!;
  }

  #single(members: boolean): Target {
    const stream = this.#stream;
    if (stream.skip("operator", "(")) {
      const inner = stream.deeper(() => this.#target([], members));
      stream.expect("operator", ")");
      return inner;
    }
    const { value: name } = stream.expect("name");
    if (["true", "false", "none", "True", "False", "None"].includes(name))
      stream.fail(`can't assign to '${name}'`);
    if (!members || !stream.skip("operator", ".")) return { kind: "name", name };
    return { kind: "member", namespace: name, name: stream.expect("name").value };
  }
}
