// What statements write and set.
import { TemplateError } from "../errors.js";
import type { Context } from "./context.js";
import { argumentsOf, call, evaluate, evaluateFilter } from "./evaluate.js";
import { Loop } from "./loop.js";
import { createMacro } from "./macro.js";
import type { Statement } from "./nodes.js";
import { type Generations, Output } from "./output.js";
import { print } from "./print.js";
import { Scope } from "./scope.js";
import { listOf } from "./sequences.js";
import type { Text } from "./text.js";
import { isTrue, Undefined, type Value } from "./values.js";

/** One rendering under way. */
export interface Rendering {
  cx: Context;
  /** What the chat and the template's top level set. */
  top: Scope;
  generations: Generations;
  /** Of the statement that runs, for errors. */
  line: number;
}

/** How a body ended: run to its end, or left by `break` or `continue`. */
type Ending = undefined | "break" | "continue";

export function execute(rendering: Rendering, scope: Scope, out: Output, body: readonly Statement[]): Ending {
  for (const statement of body) {
    rendering.line = statement.line;
    const ending = run(rendering, scope, out, statement);
    if (ending) return ending;
  }
  return undefined;
}

function run(rendering: Rendering, scope: Scope, out: Output, node: Statement): Ending {
  const { cx } = rendering;
  const written = (body: readonly Statement[], inner: Scope): Text => {
    const buffer = new Output();
    cx.work.deeper(() => execute(rendering, inner, buffer, body));
    return buffer.text();
  };
  switch (node.kind) {
    case "text":
      return write(cx, out, node.text);
    case "output":
      return write(cx, out, print(evaluate(cx, scope, node.value)));
    case "if": {
      const branch = node.branches.find(({ test }) => isTrue(evaluate(cx, scope, test)));
      return execute(rendering, scope, out, branch?.body ?? node.otherwise);
    }
    case "for":
      return loop(rendering, scope, out, node, evaluate(cx, scope, node.items), 1);
    case "set":
      return scope.assign(node.target, evaluate(cx, scope, node.value)) as undefined;
    case "set block":
    case "filter block": {
      const buffer = new Output();
      const ending = execute(rendering, new Scope(scope), buffer, node.body);
      if (ending) return ending;
      const value = node.filter ? evaluateFilter(cx, scope, node.filter, buffer.text()) : buffer.text();
      if (node.kind === "set block") return scope.assign(node.target, value) as undefined;
      return write(cx, out, print(value));
    }
    case "with": {
      const inner = new Scope(scope);
      const values = node.bindings.map(({ value }) => evaluate(cx, scope, value));
      node.bindings.forEach(({ target }, i) => {
        inner.assign(target, values[i]!);
      });
      return execute(rendering, inner, out, node.body);
    }
    case "macro":
      return scope.set(node.name, createMacro(cx, scope, node.macro, written)) as undefined;
    case "call block": {
      const { args, named } = argumentsOf(cx, scope, node.call.args);
      named.set("caller", createMacro(cx, scope, node.caller, written));
      return write(cx, out, print(call(cx, evaluate(cx, scope, node.call.callee), { args, named })));
    }
    case "block":
      execute(rendering, new Scope(node.scoped ? scope : rendering.top), out, node.body);
      return undefined;
    case "generation": {
      // A call block for what is in it, as in transformers: what it sets stays within.
      const text = print(
        call(cx, createMacro(cx, scope, node.macro, written), { args: [], named: new Map() }),
      );
      rendering.generations.add(text);
      return write(cx, out, text);
    }
    case "unsupported":
      throw new TemplateError(`'${node.what}' is not supported: a chat template stands alone`);
    default:
      return node.kind;
  }
}

function write(cx: Context, out: Output, text: Text): undefined {
  cx.work.make(text.text.length);
  out.write(text);
}

function loop(
  rendering: Rendering,
  scope: Scope,
  out: Output,
  node: Statement & { kind: "for" },
  over: Value,
  depth: number,
): Ending {
  const { cx } = rendering;
  const items = listOf(over).filter((item) => {
    if (!node.test) return true;
    const inner = new Scope(
      scope,
      new Map<string, Value>([["loop", new Undefined("the filter of a loop cannot use 'loop'")]]),
    );
    inner.assign(node.target, item);
    return isTrue(evaluate(cx, inner, node.test));
  });
  const again = (value: Value) => {
    const buffer = new Output();
    loop(rendering, scope, buffer, node, value, depth + 1);
    return buffer.text();
  };
  const variable = new Loop(items, depth, node.recursive ? again : undefined);
  let anyWhole = false;
  for (let i = 0; i < items.length; i++) {
    cx.work.step();
    variable.moveTo(i);
    const inner = new Scope(scope, new Map<string, Value>([["loop", variable]]));
    inner.assign(node.target, items[i]!);
    const ending = execute(rendering, inner, out, node.body);
    if (ending === "break") break;
    anyWhole ||= ending === undefined;
  }
  // Jinja takes a loop in which no round came to its end for an empty one.
  return anyWhole ? undefined : execute(rendering, new Scope(scope), out, node.otherwise);
}
