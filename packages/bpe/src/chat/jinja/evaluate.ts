// Values of expressions.
import { TemplateError } from "../errors.js";
import { calculate, negate } from "./arithmetic.js";
import { compare, contains, isEqual } from "./compare.js";
import type { Context } from "./context.js";
import type { Arguments, Comparison, Expression } from "./nodes.js";
import { print } from "./print.js";
import type { Scope } from "./scope.js";
import { itemsOf } from "./sequences.js";
import { Text } from "./text.js";
import { Callable, Dict, isTrue, None, Slice, Tuple, typeOf, Undefined, type Value } from "./values.js";

export function evaluate(cx: Context, scope: Scope, node: Expression): Value {
  cx.work.step();
  const of = (part: Expression) => evaluate(cx, scope, part);
  switch (node.kind) {
    case "constant":
      return node.value;
    case "name":
      return scope.get(node.name) ?? new Undefined(`'${node.name}' is undefined`);
    case "list":
      return node.items.map(of);
    case "tuple":
      return new Tuple(node.items.map(of));
    case "dict":
      return new Dict(node.entries.map(([key, value]) => [of(key), of(value)] as const));
    case "attribute":
      return cx.attribute(of(node.object), node.name);
    case "item":
      return cx.item(of(node.object), keyOf(cx, scope, node.key));
    case "slice":
      throw new TemplateError("a slice stands alone");
    case "call":
      return call(cx, of(node.callee), argumentsOf(cx, scope, node.args));
    case "filter":
      return evaluateFilter(cx, scope, node, node.object ? of(node.object) : Text.empty);
    case "test": {
      const value = of(node.object);
      const { args, named } = argumentsOf(cx, scope, node.args);
      return cx.test(node.name, value, args, named);
    }
    case "not":
      return !isTrue(of(node.value));
    case "sign":
      return negate(node.sign, of(node.value));
    case "and": {
      const left = of(node.left);
      return isTrue(left) ? of(node.right) : left;
    }
    case "or": {
      const left = of(node.left);
      return isTrue(left) ? left : of(node.right);
    }
    case "binary":
      return calculate(cx.work, node.operator, of(node.left), of(node.right));
    case "concat": {
      const text = Text.concat(node.parts.map((part) => print(of(part)).marked(false)));
      cx.work.make(text.text.length);
      return text;
    }
    case "compare": {
      let left = of(node.first);
      for (const { operator, value } of node.rest) {
        const right = of(value);
        cx.work.spend(weightOf(left));
        if (!holds(operator, left, right)) return false;
        left = right;
      }
      return true;
    }
    case "condition":
      if (isTrue(of(node.test))) return of(node.yes);
      return node.no ? of(node.no) : new Undefined("the condition is false, and there is no else");
  }
}

/** Applies a chain of filters to a value that stands for their innermost, empty place. */
export function evaluateFilter(cx: Context, scope: Scope, node: Expression, value: Value): Value {
  if (node.kind !== "filter") return value;
  const object =
    node.object?.kind === "filter" && isOpen(node) ? evaluateFilter(cx, scope, node.object, value) : value;
  const { args, named } = argumentsOf(cx, scope, node.args);
  return cx.filter(node.name, object, args, named);
}

/** Whether the chain starts from nothing: it is a block's. */
function isOpen(node: Expression): boolean {
  return node.kind === "filter" && (node.object === null || isOpen(node.object));
}

export interface CallArguments {
  args: Value[];
  named: Map<string, Value>;
}

export function argumentsOf(
  cx: Context,
  scope: Scope,
  { args, named, spread, spreadNamed }: Arguments,
): CallArguments {
  const values = args.map((arg) => evaluate(cx, scope, arg));
  if (spread) values.push(...itemsOf(evaluate(cx, scope, spread)));
  const byName = new Map(named.map(([name, value]) => [name, evaluate(cx, scope, value)]));
  if (spreadNamed) {
    const mapping = evaluate(cx, scope, spreadNamed);
    if (!(mapping instanceof Dict))
      throw new TemplateError(`argument after ** must be a mapping, not ${typeOf(mapping)}`);
    for (const [key, value] of mapping.entries()) {
      if (!(key instanceof Text)) throw new TemplateError("keywords must be strings");
      if (byName.has(key.text))
        throw new TemplateError(`got multiple values for keyword argument '${key.text}'`);
      byName.set(key.text, value);
    }
  }
  return { args: values, named: byName };
}

export function call(cx: Context, callee: Value, { args, named }: CallArguments): Value {
  if (callee instanceof Undefined) throw new TemplateError(callee.reason);
  if (!(callee instanceof Callable)) throw new TemplateError(`'${typeOf(callee)}' object is not callable`);
  return cx.work.deeper(() => callee.call(args, named));
}

function keyOf(cx: Context, scope: Scope, node: Expression): Value | Slice {
  if (node.kind !== "slice") return evaluate(cx, scope, node);
  const [start, stop, step] = node.bounds.map((bound) => (bound ? evaluate(cx, scope, bound) : None));
  return new Slice([start!, stop!, step!]);
}

function holds(operator: Comparison, left: Value, right: Value): boolean {
  switch (operator) {
    case "==":
      return isEqual(left, right);
    case "!=":
      return !isEqual(left, right);
    case "in":
      return contains(right, left);
    case "not in":
      return !contains(right, left);
    case "<":
      return compare(left, right, operator) < 0;
    case "<=":
      return compare(left, right, operator) <= 0;
    case ">":
      return compare(left, right, operator) > 0;
    case ">=":
      return compare(left, right, operator) >= 0;
  }
}

/** Comparing takes about as long as a value is. */
function weightOf(value: Value): number {
  if (value instanceof Text) return value.text.length >> 6;
  return Array.isArray(value) ? value.length : value instanceof Dict ? value.size : 0;
}
