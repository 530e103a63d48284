// What stands behind `is`.
import { TemplateError } from "../errors.js";
import { calculate } from "./arithmetic.js";
import { compare, contains, isEqual, isSame } from "./compare.js";
import type { Context } from "./context.js";
import { print } from "./print.js";
import { tryItems } from "./sequences.js";
import { type Builtin, builtin } from "./signature.js";
import { CASES } from "./strings/case.js";
import { Text } from "./text.js";
import { Callable, Dict, isNumber, None, Range, Tuple, Undefined, type Value } from "./values.js";

const test = (signature: string, run: (cx: Context, value: Value, ...args: Value[]) => boolean) =>
  builtin(signature, (cx, value, ...args) => run(cx, value, ...(args as Value[])));

const remainder = (by: bigint, rest: bigint) =>
  test("", (cx, value) => isEqual(calculate(cx.work, "%", value, by), rest));

const ordered = (operator: "<" | "<=" | ">" | ">=", holds: (order: number) => boolean) =>
  test("other", (_, value, other) => holds(compare(value, other!, operator)));

const equal = test("other", (_, value, other) => isEqual(value, other!));
const unequal = test("other", (_, value, other) => !isEqual(value, other!));
const less = ordered("<", (order) => order < 0);
const notMore = ordered("<=", (order) => order <= 0);
const more = ordered(">", (order) => order > 0);
const notLess = ordered(">=", (order) => order >= 0);

const inCase = (method: "islower" | "isupper") =>
  test("", (cx, value) => CASES[method]!.run(cx, print(value)) === true);

function isSequence(value: Value): boolean {
  return (
    value instanceof Text ||
    Array.isArray(value) ||
    value instanceof Tuple ||
    value instanceof Dict ||
    value instanceof Range ||
    value instanceof Undefined
  );
}

const named = (has: (cx: Context, name: string) => boolean) =>
  test("", (cx, value) => {
    if (Array.isArray(value) || value instanceof Dict) throw new TemplateError("unhashable type");
    return value instanceof Text && has(cx, value.text);
  });

export const TESTS: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({
    odd: remainder(2n, 1n),
    even: remainder(2n, 0n),
    divisibleby: test("num", (cx, value, by) => isEqual(calculate(cx.work, "%", value, by!), 0n)),
    defined: test("", (_, value) => !(value instanceof Undefined)),
    undefined: test("", (_, value) => value instanceof Undefined),
    filter: named((cx, name) => cx.hasFilter(name)),
    test: named((cx, name) => cx.hasTest(name)),
    none: test("", (_, value) => value === None),
    boolean: test("", (_, value) => typeof value === "boolean"),
    false: test("", (_, value) => value === false),
    true: test("", (_, value) => value === true),
    integer: test("", (_, value) => typeof value === "bigint"),
    float: test("", (_, value) => typeof value === "number"),
    lower: inCase("islower"),
    upper: inCase("isupper"),
    string: test("", (_, value) => value instanceof Text),
    mapping: test("", (_, value) => value instanceof Dict),
    number: test("", (_, value) => isNumber(value)),
    sequence: test("", (_, value) => isSequence(value)),
    sameas: test("other", (_, value, other) => isSame(value, other!)),
    iterable: test("", (_, value) => tryItems(value) !== undefined),
    callable: test("", (_, value) => value instanceof Callable || value instanceof Undefined),
    escaped: test("", (_, value) => value instanceof Text && value.markup),
    in: test("seq", (_, value, sequence) => contains(sequence!, value)),
    "==": equal,
    eq: equal,
    equalto: equal,
    "!=": unequal,
    ne: unequal,
    ">": more,
    gt: more,
    greaterthan: more,
    ">=": notLess,
    ge: notLess,
    "<": less,
    lt: less,
    lessthan: less,
    "<=": notMore,
    le: notMore,
  }),
);
