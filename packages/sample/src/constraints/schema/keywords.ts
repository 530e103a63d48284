import { ConstraintError } from "../errors.js";
import { FORMATS } from "./formats.js";

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
    (value) => isType(value) || (Array.isArray(value) && value.every(isType)),
  ],
  enum: ["a list", Array.isArray],
  const: ["a value", () => true],
  anyOf: ["a list of schemas", isSchemaList],
  oneOf: ["a list of schemas", isSchemaList],
  allOf: ["a list of schemas", isSchemaList],
  $ref: ["a text", isText],
  $defs: ["an object of schemas", isSchemaMap],
  definitions: ["an object of schemas", isSchemaMap],
  properties: ["an object of schemas", isSchemaMap],
  required: ["a list of names", (value) => Array.isArray(value) && value.every(isText)],
  additionalProperties: ["a schema", isSchema],
  propertyNames: ["a schema", isSchema],
  items: ["a schema or a list of schemas", (value) => isSchema(value) || isSchemaList(value)],
  prefixItems: ["a list of schemas", isSchemaList],
  additionalItems: ["a schema", isSchema],
  minItems: ["a whole number", isNatural],
  maxItems: ["a whole number", isNatural],
  minLength: ["a whole number", isNatural],
  maxLength: ["a whole number", isNatural],
  pattern: ["a text", isText],
  format: ["a text", isText],
  minimum: ["a number", isNumber],
  maximum: ["a number", isNumber],
  exclusiveMinimum: ["a number", isNumber],
  exclusiveMaximum: ["a number", isNumber],
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
const SILENT: ReadonlySet<string> = new Set([...ANNOTATIONS, "$defs", "definitions", "$id"]);

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
    if (!known) throw unsupported(`${keyword} is not supported`, keyword, path);
    if (!known[1](value)) throw unsupported(`${keyword} must be ${known[0]}`, keyword, path);
    if (keyword === "format" && !Object.hasOwn(FORMATS, value as string)) {
      const names = Object.keys(FORMATS).join(", ");
      throw unsupported(`format "${value}" is not supported: ${names} are`, keyword, path);
    }
    if (!SILENT.has(keyword)) kept[keyword] = value;
  }
  return kept;
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
