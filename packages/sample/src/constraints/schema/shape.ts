import type { Range } from "../json-number.js";
import { type JsonSchema, type Place, step, TYPES, type Type, unsupported } from "./keywords.js";

/** Schemas that a value must fit all of. */
export type Part = readonly Place[];

/** An expression, and the schema that has it. */
interface Pattern {
  readonly source: string;
  readonly path: string;
}

/** What a value must be, put in order: each keyword that was left out says what it means. */
export interface Shape extends Range {
  readonly path: string;
  types: ReadonlySet<Type>;
  /** The only values, where there is a list. */
  values: readonly unknown[] | undefined;
  minLength: number;
  maxLength: number;
  patterns: readonly Pattern[];
  formats: readonly string[];
  /** The first items, and all others. */
  prefix: readonly Part[];
  items: Part;
  minItems: number;
  maxItems: number;
  properties: ReadonlyMap<string, Part>;
  required: ReadonlySet<string>;
  additional: Part;
  /** What all names must fit. */
  names: Part;
  /** Of each list at least one. */
  choices: readonly (readonly Part[])[];
  /** Of each list exactly one. */
  exclusive: readonly (readonly Part[])[];
}

const ENDLESS = Number.POSITIVE_INFINITY;

/** What every value fits. */
export function anyShape(path: string): Shape {
  return {
    path,
    types: new Set(TYPES.filter((type) => type !== "integer")),
    values: undefined,
    min: -ENDLESS,
    max: ENDLESS,
    above: -ENDLESS,
    below: ENDLESS,
    minLength: 0,
    maxLength: ENDLESS,
    patterns: [],
    formats: [],
    prefix: [],
    items: [],
    minItems: 0,
    maxItems: ENDLESS,
    properties: new Map(),
    required: new Set(),
    additional: [],
    names: [],
    choices: [],
    exclusive: [],
  };
}

/** The shape of one schema's own keywords, without references and allOf. */
export function shapeOf(keywords: Record<string, unknown>, path: string): Shape {
  const shape = anyShape(path);
  const place = (keyword: string, ...steps: (string | number)[]): string =>
    path + [keyword, ...steps].map(step).join("");
  const part = (keyword: string, ...steps: (string | number)[]): Part => {
    let schema = keywords[keyword];
    for (const each of steps) schema = (schema as Record<string | number, unknown>)[each];
    return schema === true ? [] : [{ schema: schema as JsonSchema, path: place(keyword, ...steps) }];
  };
  const parts = (keyword: string): Part[] => (keywords[keyword] as unknown[]).map((_, i) => part(keyword, i));

  for (const [keyword, value] of Object.entries(keywords)) {
    switch (keyword) {
      case "type":
        shape.types = typesOf([value].flat() as Type[]);
        break;
      case "enum":
        shape.values = both(shape.values, value as unknown[]);
        break;
      case "const":
        shape.values = both(shape.values, [value]);
        break;
      case "anyOf":
        shape.choices = [parts("anyOf")];
        break;
      case "oneOf":
        shape.exclusive = [parts("oneOf")];
        break;
      case "minimum":
        shape.min = value as number;
        break;
      case "maximum":
        shape.max = value as number;
        break;
      case "exclusiveMinimum":
        shape.above = value as number;
        break;
      case "exclusiveMaximum":
        shape.below = value as number;
        break;
      case "pattern":
        shape.patterns = [{ source: value as string, path }];
        break;
      case "format":
        shape.formats = [value as string];
        break;
      case "minLength":
      case "maxLength":
      case "minItems":
      case "maxItems":
        shape[keyword] = value as number;
        break;
      case "prefixItems":
        if (Array.isArray(keywords["items"])) {
          throw unsupported("prefixItems beside a list of items is not supported", keyword, path);
        }
        shape.prefix = parts(keyword);
        break;
      case "items":
        if (Array.isArray(value)) shape.prefix = parts(keyword);
        else shape.items = part(keyword);
        break;
      case "additionalItems":
        if (!Array.isArray(keywords["items"])) {
          throw unsupported("additionalItems is supported beside a list of items", keyword, path);
        }
        shape.items = part(keyword);
        break;
      case "properties":
        shape.properties = new Map(Object.keys(value as object).map((name) => [name, part(keyword, name)]));
        break;
      case "required":
        shape.required = new Set(value as string[]);
        break;
      case "additionalProperties":
        shape.additional = part(keyword);
        break;
      case "propertyNames":
        shape.names = part(keyword);
        break;
    }
  }
  return shape;
}

/** What fits both. */
export function merge(a: Shape, b: Shape): Shape {
  const names = new Set([...a.properties.keys(), ...b.properties.keys()]);
  const property = (shape: Shape, name: string) => shape.properties.get(name) ?? shape.additional;
  const item = (shape: Shape, i: number) => shape.prefix[i] ?? shape.items;
  const prefix = Array.from({ length: Math.max(a.prefix.length, b.prefix.length) }, (_, i) => i);
  return {
    path: a.path,
    types: new Set(
      TYPES.filter(
        (type) => has(a.types, type) && has(b.types, type) && (a.types.has(type) || b.types.has(type)),
      ),
    ),
    values: both(a.values, b.values),
    min: Math.max(a.min, b.min),
    max: Math.min(a.max, b.max),
    above: Math.max(a.above, b.above),
    below: Math.min(a.below, b.below),
    minLength: Math.max(a.minLength, b.minLength),
    maxLength: Math.min(a.maxLength, b.maxLength),
    patterns: [...a.patterns, ...b.patterns],
    formats: [...new Set([...a.formats, ...b.formats])],
    prefix: prefix.map((i) => [...item(a, i), ...item(b, i)]),
    items: [...a.items, ...b.items],
    minItems: Math.max(a.minItems, b.minItems),
    maxItems: Math.min(a.maxItems, b.maxItems),
    properties: new Map(Array.from(names, (name) => [name, [...property(a, name), ...property(b, name)]])),
    required: new Set([...a.required, ...b.required]),
    additional: [...a.additional, ...b.additional],
    names: [...a.names, ...b.names],
    choices: [...a.choices, ...b.choices],
    exclusive: [...a.exclusive, ...b.exclusive],
  };
}

function typesOf(types: readonly Type[]): ReadonlySet<Type> {
  return new Set(types.filter((type) => type !== "integer" || !types.includes("number")));
}

/** Whether values of a type are among these types: integers are numbers. */
function has(types: ReadonlySet<Type>, type: Type): boolean {
  return types.has(type) || (type === "integer" && types.has("number"));
}

function both(
  a: readonly unknown[] | undefined,
  b: readonly unknown[] | undefined,
): readonly unknown[] | undefined {
  if (!a || !b) return a ?? b;
  const texts = new Set(b.map(canonical));
  return a.filter((value) => texts.has(canonical(value)));
}

/** The same text for equal values, whatever the order of names. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/** The type of a value; whole numbers are integers. */
function typeOf(value: unknown): Type {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value as Type;
}

export function isOfType(types: ReadonlySet<Type>, value: unknown): boolean {
  return has(types, typeOf(value));
}
