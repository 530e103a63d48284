import { TemplateError } from "../errors.js";
import type { Context } from "./context.js";
import { evaluate } from "./evaluate.js";
import type { MacroNode, Statement } from "./nodes.js";
import { Scope } from "./scope.js";
import { Text } from "./text.js";
import { Callable, Dict, type Named, None, Tuple, Undefined, type Value } from "./values.js";

/** A part of a template that can be called: it returns what its body writes. */
class Macro extends Callable {
  override readonly type = "Macro";
  readonly #node: MacroNode;

  constructor(node: MacroNode, call: (args: readonly Value[], named: Named) => Value) {
    super(call);
    this.#node = node;
  }

  override text(): string {
    const { name } = this.#node;
    return name === null ? "<Macro anonymous>" : `<Macro '${name}'>`;
  }

  override attribute(name: string): Value | undefined {
    const { reads, parameters } = this.#node;
    switch (name) {
      case "name":
        return this.#node.name === null ? None : Text.own(this.#node.name);
      case "arguments":
        return new Tuple(parameters.map((parameter) => Text.own(parameter.name)));
      case "catch_kwargs":
        return reads.has("kwargs");
      case "catch_varargs":
        return reads.has("varargs");
      case "caller":
        return reads.has("caller");
      default:
        return undefined;
    }
  }
}

/** @param written what a body writes in a scope. */
export function createMacro(
  cx: Context,
  scope: Scope,
  node: MacroNode,
  written: (body: readonly Statement[], scope: Scope) => Text,
): Callable {
  return new Macro(node, (args, named) => {
    const inner = new Scope(scope);
    bindParameters(cx, inner, node, args, new Map(named));
    return written(node.body, inner);
  });
}

function bindParameters(
  cx: Context,
  inner: Scope,
  { name: ownName, parameters, reads }: MacroNode,
  args: readonly Value[],
  left: Map<string, Value>,
): void {
  const name = ownName ?? "caller";
  parameters.forEach((parameter, i) => {
    const passed = args[i];
    if (passed !== undefined && left.has(parameter.name)) {
      throw new TemplateError(`macro '${name}' got multiple values for argument '${parameter.name}'`);
    }
    const value = passed ?? left.get(parameter.name);
    left.delete(parameter.name);
    if (value !== undefined) inner.set(parameter.name, value);
    else if (!parameter.otherwise) {
      inner.set(parameter.name, new Undefined(`parameter '${parameter.name}' was not provided`));
    } else inner.set(parameter.name, evaluate(cx, inner, parameter.otherwise));
  });
  const own = new Set(parameters.map((parameter) => parameter.name));
  if (reads.has("caller") && !own.has("caller")) {
    inner.set("caller", left.get("caller") ?? new Undefined("No caller defined"));
    left.delete("caller");
  }
  if (reads.has("kwargs") && !own.has("kwargs")) inner.set("kwargs", Dict.of(left));
  else if (left.size > 0) {
    const [first] = left.keys();
    throw new TemplateError(`macro '${name}' takes no keyword argument '${first}'`);
  }
  if (reads.has("varargs") && !own.has("varargs"))
    inner.set("varargs", new Tuple(args.slice(parameters.length)));
  else if (args.length > parameters.length) {
    throw new TemplateError(`macro '${name}' takes not more than ${parameters.length} argument(s)`);
  }
}
