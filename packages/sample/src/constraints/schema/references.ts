import { type JsonSchema, type Place, step, subschemas, unsupported } from "./keywords.js";

/** What a reference within a schema names. @throws ConstraintError */
export function resolveReference(root: JsonSchema, reference: string, path: string): Place {
  const fail = (what: string) => unsupported(`$ref "${reference}" ${what}`, "$ref", path);
  const [base, fragment = ""] = reference.split("#", 2) as [string, string?];
  const id = typeof root === "object" ? root["$id"] : undefined;
  if (base !== "" && base !== (typeof id === "string" ? id.replace(/#$/, "") : undefined)) {
    throw fail("is not supported: it leads out of this schema; put what it names in $defs");
  }
  let pointer: string;
  try {
    pointer = decodeURIComponent(fragment);
  } catch {
    throw fail('has a "%" that no two hexadecimal digits follow: write %25 for it');
  }
  if (pointer !== "" && !pointer.startsWith("/")) {
    const place = anchored(root, pointer);
    if (!place) throw fail("names no $anchor");
    return place;
  }
  let at: unknown = root;
  let own = "#";
  for (const each of pointer.split("/").slice(1)) {
    const name = each.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) throw fail("names nothing");
    at = (at as Record<string, unknown>)[name];
    own += step(name);
  }
  if (typeof at !== "boolean" && (typeof at !== "object" || at === null || Array.isArray(at))) {
    throw fail("names no schema");
  }
  return { schema: at as JsonSchema, path: own };
}

/** The schema with an anchor of this name. */
function anchored(root: JsonSchema, name: string): Place | undefined {
  const todo: Place[] = [{ schema: root, path: "#" }];
  for (let place = todo.pop(); place; place = todo.pop()) {
    if (typeof place.schema === "object" && place.schema["$anchor"] === name) return place;
    todo.push(...subschemas(place));
  }
  return undefined;
}
