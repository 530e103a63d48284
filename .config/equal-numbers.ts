import { expect } from "vitest";

/**
 * Tells whether two lists of numbers are equal, as `toEqual` and `toStrictEqual` define it, in a hundredth of their time:
 * these look at each number as at an object. Of anything else it says nothing.
 */
function equalNumbers(a: unknown, b: unknown): boolean | undefined {
  if (!isList(a) || !isList(b) || a.constructor !== b.constructor || a.length !== b.length) return undefined;
  let equal = true;
  for (let i = 0; i < a.length; i++) {
    if (typeof a[i] !== "number" || typeof b[i] !== "number") return undefined;
    equal &&= Object.is(a[i], b[i]);
  }
  return equal;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

// A setup file runs before each file of tests, which share one `expect`.
const ADDED = Symbol.for("@llm/equalNumbers");
const once = globalThis as { [ADDED]?: true };
if (!once[ADDED]) expect.addEqualityTesters([equalNumbers]);
once[ADDED] = true;
