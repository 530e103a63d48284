import { type JsonSchema, type Place, unsupported } from "./keywords.js";

/** What a reference within a schema names. @throws ConstraintError */
export function resolveReference(root: JsonSchema, reference: string, path: string): Place {
  const fail = (what: string) => unsupported(`$ref "${reference}" ${what}`, "$ref", path);
  if (!/^#(\/|$)/.test(reference)) throw fail('is not supported: those that begin with "#" are');
  let at: unknown = root;
  const steps = reference.split("/").slice(1);
  for (const each of steps) {
    const name = decodeURIComponent(each).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) throw fail("names nothing");
    at = (at as Record<string, unknown>)[name];
  }
  if (typeof at !== "boolean" && (typeof at !== "object" || at === null || Array.isArray(at))) {
    throw fail("names no schema");
  }
  return { schema: at as JsonSchema, path: reference };
}
