import { ConstraintError } from "../errors.js";
import { FORMATS, PATTERN_FORMATS } from "./formats.js";

/** A JSON Schema, as an object of keywords or what all or no values fit. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** A schema and where it stands. */
export interface Place {
  readonly schema: JsonSchema;
  /** JSON pointer, such as "#/properties/age". */
  readonly path: string;
}

export const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"] as const;
export type Type = (typeof TYPES)[number];

/** What could be written instead of a keyword. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  nullable: 'write type: [.., "null"] or anyOf with { type: "null" }',
  multipleOf: "write enum for few values, or check the value afterwards",
  patternProperties: "write propertyNames and additionalProperties",
  uniqueItems: "leave it out and check the value afterwards",
  not: "only not: {} and not: false are; write what may be instead",
  if: "write anyOf of what both cases allow",
  dependentRequired: "write anyOf of objects",
  dependencies: "write anyOf of objects",
  unevaluatedProperties: "write additionalProperties",
  unevaluatedItems: "write items",
  id: "write $id at the root and $ref by JSON pointer",
  $id: "it is at the root; write $ref by JSON pointer",
};

type Check = (value: unknown) => boolean;

const isNatural: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isNumber: Check = (value) => Number.isFinite(value);
const isText: Check = (value) => typeof value === "string";
const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isSchema: Check = (value) => typeof value === "boolean" || isObject(value);
const isSchemaList: Check = (value) => Array.isArray(value) && value.length > 0 && value.every(isSchema);
const isSchemaMap: Check = (value) => isObject(value) && Object.values(value as object).every(isSchema);
const isType: Check = (value) => TYPES.includes(value as Type);

/** The keywords that are kept, and what their values must be. */
const KEYWORDS: Readonly<Record<string, readonly [what: string, check: Check]>> = {
  type: [
    `one or more of ${TYPES.join(", ")}`,
    (value) => isType(value) || (Array.isArray(value) && value.length > 0 && value.every(isType)),
  ],
  enum: ["a list", Array.isArray],
  const: ["a value", () => true],
  anyOf: ["a list of one schema or more", isSchemaList],
  oneOf: ["a list of one schema or more", isSchemaList],
  allOf: ["a list of one schema or more", isSchemaList],
  $ref: ["a text", isText],
  $anchor: ["a text", isText],
  $defs: ["an object of schemas", isSchemaMap],
  definitions: ["an object of schemas", isSchemaMap],
  properties: ["an object of schemas", isSchemaMap],
  required: ["a list of names", (value) => Array.isArray(value) && value.every(isText)],
  additionalProperties: ["a schema", isSchema],
  propertyNames: ["a schema", isSchema],
  items: ["a schema or a list of schemas", (value) => isSchema(value) || isSchemaList(value)],
  prefixItems: ["a list of one schema or more", isSchemaList],
  additionalItems: ["a schema", isSchema],
  minItems: ["a whole number", isNatural],
  maxItems: ["a whole number", isNatural],
  minLength: ["a whole number", isNatural],
  maxLength: ["a whole number", isNatural],
  pattern: ["a text", isText],
  format: ["a text", isText],
  minimum: ["a number", isNumber],
  maximum: ["a number", isNumber],
  exclusiveMinimum: ["a number (the bound itself, beside or instead of minimum)", isNumber],
  exclusiveMaximum: ["a number (the bound itself, beside or instead of maximum)", isNumber],
};

/** Keywords that say nothing about which values fit. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  "$schema",
  "$comment",
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
]);

/** Keywords that hold schemas for references, or say nothing: a `$ref` beside them alone stands for what it names. */
const SILENT: ReadonlySet<string> = new Set([...ANNOTATIONS, "$defs", "definitions", "$id", "$anchor"]);

/** The keywords of a schema that values must fit, all known, each with a value of its kind. @throws ConstraintError */
export function readKeywords({ schema, path }: Place): Record<string, unknown> {
  if (typeof schema === "boolean") return schema ? {} : { enum: [] };
  if (!isSchema(schema)) throw new ConstraintError(`${path} is no JSON Schema`, { path });
  if (isOfLibrary(schema)) {
    throw new ConstraintError(
      "this is a schema of a library: pass the JSON Schema that it makes, as z.toJSONSchema does",
      { path },
    );
  }
  const kept: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined || ANNOTATIONS.has(keyword)) continue;
    if (keyword === "$id" && path === "#") continue;
    if (keyword === "uniqueItems" && value === false) continue;
    const known = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword]! : undefined;
    if (keyword === "not" && isSchema(value) && isPlain(value as JsonSchema)) {
      if (value !== false) kept["enum"] = []; // nothing is left
      continue;
    }
    if (!known) throw unsupported(`${keyword} is not supported${wayOut(keyword)}`, keyword, path);
    if (!known[1](value)) throw unsupported(`${keyword} must be ${known[0]}`, keyword, path);
    if (keyword === "format" && !Object.hasOwn(FORMATS, value as string)) {
      if (PATTERN_FORMATS.has(value as string) && hasPattern(schema)) continue;
      const names = Object.keys(FORMATS).join(", ");
      throw unsupported(
        `format "${value}" is not supported: ${names} are; or write a pattern`,
        keyword,
        path,
      );
    }
    if (!SILENT.has(keyword)) kept[keyword] = value;
  }
  return kept;
}

/** Whether all or no values fit, without a look at places within. */
function isPlain(schema: JsonSchema): boolean {
  return typeof schema === "boolean" || Object.keys(schema).every((keyword) => ANNOTATIONS.has(keyword));
}

function hasPattern(schema: Record<string, unknown>): boolean {
  const all = [schema, ...(Array.isArray(schema["allOf"]) ? (schema["allOf"] as unknown[]) : [])];
  return all.some((each) => typeof each === "object" && each !== null && Object.hasOwn(each, "pattern"));
}

/** What to write instead of a keyword that is not supported. */
function wayOut(keyword: string): string {
  if (Object.hasOwn(WAYS_OUT, keyword)) return `: ${WAYS_OUT[keyword]}`;
  const near = [...Object.keys(KEYWORDS), ...ANNOTATIONS].find((each) => isNear(each, keyword));
  return near ? `: did you mean ${near}?` : "";
}

/** Whether one or two letters that are missing, changed or in each other's place tell two words apart. */
function isNear(a: string, b: string): boolean {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    }
    row = next;
  }
  return Math.min(a.length, b.length) > 3 && row.at(-1)! <= 2;
}

/** The schemas within a schema, whatever they are for. */
export function subschemas({ schema, path }: Place): Place[] {
  const found: Place[] = [];
  const add = (value: unknown, at: string) => {
    if (isSchema(value)) found.push({ schema: value as JsonSchema, path: at });
  };
  for (const [keyword, value] of Object.entries(schema)) {
    if (ANNOTATIONS.has(keyword) || keyword === "enum" || keyword === "const") continue;
    const at = path + step(keyword);
    if (Array.isArray(value)) for (const [i, each] of value.entries()) add(each, at + step(i));
    else if (["properties", "$defs", "definitions"].includes(keyword) && isObject(value)) {
      for (const [name, each] of Object.entries(value as object)) add(each, at + step(name));
    } else add(value, at);
  }
  return found;
}

/** Whether this is what a library validates with. The JSON Schema that zod makes of it has the mark of such too, but hides it. */
function isOfLibrary(schema: object): boolean {
  return "~standard" in schema && Object.getOwnPropertyDescriptor(schema, "~standard")?.enumerable !== false;
}

/** The error of a keyword at its place. */
export function unsupported(what: string, keyword: string, path: string): ConstraintError {
  return new ConstraintError(`${path}: ${what}`, { path, keyword });
}

/** A step of a JSON pointer. */
export function step(name: string | number): string {
  return `/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
