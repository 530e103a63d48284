// A template as a tree.
import type { Operator } from "./arithmetic.js";
import type { Text } from "./text.js";
import type { None } from "./values.js";

export type Expression =
  | { kind: "constant"; value: None | boolean | bigint | number | Text }
  | { kind: "name"; name: string }
  | { kind: "list" | "tuple"; items: Expression[] }
  | { kind: "dict"; entries: [Expression, Expression][] }
  | { kind: "attribute"; object: Expression; name: string }
  | { kind: "item"; object: Expression; key: Expression }
  | { kind: "slice"; bounds: [Expression | null, Expression | null, Expression | null] }
  | Call
  /** `object` is null where a block is filtered. */
  | { kind: "filter"; object: Expression | null; name: string; args: Arguments }
  | { kind: "test"; object: Expression; name: string; args: Arguments }
  | { kind: "not"; value: Expression }
  | { kind: "sign"; sign: "-" | "+"; value: Expression }
  | { kind: "and" | "or"; left: Expression; right: Expression }
  | { kind: "binary"; operator: Operator; left: Expression; right: Expression }
  | { kind: "concat"; parts: Expression[] }
  | { kind: "compare"; first: Expression; rest: { operator: Comparison; value: Expression }[] }
  | { kind: "condition"; test: Expression; yes: Expression; no: Expression | null };

interface Call {
  kind: "call";
  callee: Expression;
  args: Arguments;
}

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

export interface Arguments {
  args: Expression[];
  named: [string, Expression][];
  /** `*items` and `**mapping`. */
  spread: Expression | null;
  spreadNamed: Expression | null;
}

/** What is assigned to. */
export type Target =
  | { kind: "name"; name: string }
  | { kind: "member"; namespace: string; name: string }
  | { kind: "tuple"; items: Target[] };

export interface Parameter {
  name: string;
  otherwise: Expression | null;
}

/** A macro, or what a call block passes as `caller`. */
export interface MacroNode {
  /** null for what a call block passes. */
  name: string | null;
  parameters: Parameter[];
  body: Statement[];
  /** Names that its body reads: whether it takes `varargs`, `kwargs` and `caller`. */
  reads: ReadonlySet<string>;
}

export type Statement = { line: number } & (
  | { kind: "text"; text: Text }
  | { kind: "output"; value: Expression }
  | { kind: "if"; branches: { test: Expression; body: Statement[] }[]; otherwise: Statement[] }
  | {
      kind: "for";
      target: Target;
      items: Expression;
      test: Expression | null;
      recursive: boolean;
      body: Statement[];
      otherwise: Statement[];
    }
  | { kind: "set"; target: Target; value: Expression }
  | { kind: "set block"; target: Target; filter: Expression | null; body: Statement[] }
  | { kind: "with"; bindings: { target: Target; value: Expression }[]; body: Statement[] }
  | { kind: "filter block"; filter: Expression; body: Statement[] }
  | { kind: "macro"; name: string; macro: MacroNode }
  | { kind: "call block"; call: Call; caller: MacroNode }
  | { kind: "block"; body: Statement[]; scoped: boolean }
  | { kind: "generation"; macro: MacroNode }
  | { kind: "break" | "continue" }
  | { kind: "unsupported"; what: string }
);
