import { derivative } from "../derivative.js";
import { living } from "../determinise.js";
import { ConstraintError } from "../errors.js";
import { parseExpression } from "../expression-parser.js";
import { JsonNumbers } from "../json-number.js";
import type { JsonText } from "../json-text.js";
import { languageTerm } from "../language.js";
import { EMPTY, NOTHING, type Rule, type Term } from "../term.js";
import { arrayTerm } from "./arrays.js";
import { areDisjoint } from "./disjoint.js";
import { FORMAT_LENGTHS, FORMATS } from "./formats.js";
import { type JsonSchema, type Place, readKeywords, type Type, unsupported } from "./keywords.js";
import { type Extras, objectTerm, spelledName } from "./objects.js";
import { resolveReference } from "./references.js";
import { anyShape, isOfType, merge, type Part, type Shape } from "./shape.js";
import { Shapes } from "./shapes.js";

/** More schemas within each other come of recursion through allOf. */
const MAX_DEPTH = 200;

/** Makes the term of the values that fit a schema. */
export class SchemaCompiler {
  readonly json: JsonText;
  readonly shapes: Shapes;
  readonly #root: JsonSchema;
  readonly #numbers: JsonNumbers;
  /** By the place that it names. */
  readonly rules = new Map<string, Rule>();
  readonly #waiting: string[] = [];
  /** References that no value fits. */
  readonly #empty: ReadonlySet<string>;
  readonly #strings = new Map<string, Term>();
  #any: Rule | undefined;
  #depth = 0;

  constructor(root: JsonSchema, json: JsonText, empty: ReadonlySet<string>) {
    this.json = json;
    this.shapes = new Shapes(root);
    this.#root = root;
    this.#numbers = new JsonNumbers(json.terms);
    this.#empty = empty;
  }

  /** The whole schema, with the rules that it names. */
  compile(whole: (compiler: SchemaCompiler, root: Part) => Term): Term {
    const term = whole(this, [{ schema: this.#root, path: "#" }]);
    for (let path = this.#waiting.pop(); path !== undefined; path = this.#waiting.pop()) {
      this.rules.get(path)!.body = this.values([resolveReference(this.#root, path, path)]);
    }
    return term;
  }

  /** Values that fit all of some schemas. */
  values(part: Part): Term {
    if (part.length === 0) return this.#anyValue();
    const [only] = part;
    const reference = part.length === 1 ? loneReference(only!) : undefined;
    if (reference !== undefined) return this.#rule(reference, only!.path);
    if (++this.#depth > MAX_DEPTH) {
      throw unsupported(
        "more than 200 schemas within each other: recursion through allOf is not supported",
        "allOf",
        only!.path,
      );
    }
    const term = this.#fitting(this.shapes.of(part));
    this.#depth--;
    return term;
  }

  #rule(reference: string, path: string): Term {
    const { terms } = this.json;
    resolveReference(this.#root, reference, path);
    if (this.#empty.has(reference)) return NOTHING;
    let rule = this.rules.get(reference);
    if (!rule) {
      rule = { body: undefined };
      this.rules.set(reference, rule);
      this.#waiting.push(reference);
    }
    return terms.rule(rule);
  }

  /** Any JSON. */
  #anyValue(): Term {
    const { terms } = this.json;
    if (!this.#any) {
      this.#any = { body: undefined };
      const shape = anyShape("#");
      this.#any.body = terms.either([...shape.types].map((type) => this.#ofType(type, shape)));
    }
    return terms.rule(this.#any);
  }

  /** Values of a shape. */
  #fitting(shape: Shape): Term {
    const { terms } = this.json;
    const lists = [...shape.choices, ...shape.exclusive];
    const [list] = lists;
    if (list) {
      const isChoice = shape.choices.length > 0;
      const rest = isChoice
        ? { ...shape, choices: shape.choices.slice(1) }
        : { ...shape, exclusive: shape.exclusive.slice(1) };
      if (!isChoice) this.#checkExclusive(list.map((part) => merge(rest, this.shapes.of(part))));
      if (isAny(rest)) return terms.either(list.map((part) => this.values(part)));
      return terms.either(list.map((part) => this.#fitting(merge(rest, this.shapes.of(part)))));
    }
    if (shape.values) return this.#oneOfValues(shape.values, { ...shape, values: undefined });
    if (isAny(shape)) return this.#anyValue();
    return terms.either([...shape.types].map((type) => this.#ofType(type, shape)));
  }

  #checkExclusive(shapes: readonly Shape[]): void {
    for (const [i, a] of shapes.entries()) {
      for (const b of shapes.slice(i + 1)) {
        if (areDisjoint(a, b, (part) => this.shapes.of(part))) continue;
        const wayOut = "use anyOf, or give each another type or another const of a required property";
        throw unsupported(`oneOf is supported where no value can fit two: ${wayOut}`, "oneOf", a.path);
      }
    }
  }

  #oneOfValues(values: readonly unknown[], limited: Shape): Term {
    const fitting = this.fitting(values, limited);
    const isPlain = (value: unknown) => typeof value !== "object" || value === null;
    const plain = fitting
      .filter(isPlain)
      .map((value) => [new TextEncoder().encode(JSON.stringify(value)), EMPTY] as const);
    const others = fitting.filter((value) => !isPlain(value)).map((value) => this.json.value(value));
    const { terms } = this.json;
    return terms.either([terms.trie(plain), ...others]);
  }

  /** Those of some values that fit a shape without a list of values. */
  fitting(values: readonly unknown[], limited: Shape): readonly unknown[] {
    const { minLength, maxLength } = limited;
    const rest = { ...limited, minLength: 0, maxLength: Number.POSITIVE_INFINITY };
    const ofType = values.filter((value) => {
      if (typeof value === "string" && !isBetween([...value].length, minLength, maxLength)) return false;
      return isOfType(rest.types, value);
    });
    const isFree = isAny({ ...rest, types: anyShape(rest.path).types });
    const all = isFree ? undefined : this.#fitting(rest);
    return ofType.filter((value) => {
      if (!all || this.#matches(all, new TextEncoder().encode(JSON.stringify(value)))) return true;
      if (typeof value !== "object" || value === null) return false;
      throw unsupported(
        "enum and const of objects or arrays are supported without other keywords",
        "enum",
        rest.path,
      );
    });
  }

  #matches(term: Term, bytes: Uint8Array): boolean {
    return bytes.reduce((rest, byte) => derivative(this.json.terms, rest, byte), term).nullable;
  }

  #ofType(type: Type, shape: Shape): Term {
    const { terms } = this.json;
    switch (type) {
      case "null":
        return this.json.token("null");
      case "boolean":
        return terms.either([this.json.token("true"), this.json.token("false")]);
      case "integer":
      case "number":
        return this.#numbers.term(type === "integer", shape);
      case "string":
        return this.#string(shape);
      case "array":
        return this.#array(shape);
      case "object":
        return this.#object(shape);
    }
  }

  #string(shape: Shape): Term {
    const { minLength, maxLength } = shape;
    if (minLength > maxLength) return NOTHING;
    if (shape.patterns.length === 0 && shape.formats.length === 0)
      return this.json.string(minLength, maxLength);
    return this.json.quoted(this.content(shape));
  }

  /** The texts of strings, spelled in one way. @param beside what they must match, too */
  content(
    { patterns, formats, minLength, maxLength, path }: Shape,
    spelling = this.json.spelling,
    beside: readonly string[] = [],
  ): Term {
    const sources = patterns.map(({ source }) => source);
    const key = JSON.stringify([sources, formats, minLength, maxLength, beside]);
    const known = this.#strings.get(key);
    if (known) return known;
    const keyword = patterns.length > 0 ? "pattern" : "format";
    const subject = [...sources.map((source) => `the pattern "${source}"`), ...formats].join(" with ");
    const make = () => {
      const lengths = formats.map((format) => FORMAT_LENGTHS[format] ?? maxLength);
      const all = [...sources, ...formats.map((format) => FORMATS[format]!), ...beside];
      return languageTerm(spelling, {
        expressions: all.map((source) => parseExpression(source)),
        search: true,
        minLength,
        maxLength: Math.min(maxLength, ...lengths),
      });
    };
    const { work } = this.json.terms;
    const term = located(keyword, patterns[0]?.path ?? path, () => work.on(subject, make));
    this.#strings.set(key, term);
    return term;
  }

  #array({ prefix, items, minItems, maxItems }: Shape): Term {
    const isClosed = prefix.length >= maxItems;
    const first = prefix.map((part) => this.values(part));
    const others = isClosed ? NOTHING : this.values(items);
    return arrayTerm(this.json, first, others, minItems, maxItems);
  }

  #object(shape: Shape): Term {
    const { properties, required, additional } = shape;
    const names = shape.names.length > 0 ? this.#names(this.shapes.of(shape.names)) : undefined;
    const all = new Map(properties);
    for (const name of required) if (!all.has(name)) all.set(name, additional);
    const list = Array.from(all, ([name, part]) => {
      const isPossible = !names || this.#matches(names, spelledName(name).subarray(1, -1));
      return { name, value: isPossible ? this.values(part) : NOTHING, isRequired: required.has(name) };
    });
    if (list.some(({ value, isRequired }) => isRequired && value === NOTHING)) return NOTHING;
    const extras: Extras = { names, value: this.values(additional) };
    return objectTerm(this.json, list, extras);
  }

  /** The names that propertyNames allows. */
  #names(shape: Shape): Term | undefined {
    if (shape.choices.length > 0 || shape.exclusive.length > 0) {
      throw unsupported(
        "propertyNames is supported with the keywords of strings, enum and const",
        "propertyNames",
        shape.path,
      );
    }
    if (!isOfType(shape.types, "")) return NOTHING;
    const isFree = isAny({ ...shape, types: anyShape("#").types, values: undefined });
    if (!shape.values) return isFree ? undefined : this.content(shape);
    const { terms } = this.json;
    const texts = shape.values.filter((value): value is string => typeof value === "string");
    const values = terms.trie(texts.map((text) => [spelledName(text).subarray(1, -1), EMPTY] as const));
    return isFree ? values : living(terms, terms.both([values, this.content(shape)]));
  }
}

function isBetween(count: number, min: number, max: number): boolean {
  return count >= min && count <= max;
}

/** Says of an error where in the schema it is. */
function located<T>(keyword: string, path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof ConstraintError ? unsupported(error.message, keyword, path) : error;
  }
}

/** The reference of a schema that has nothing else to say. */
function loneReference(place: Place): string | undefined {
  const { $ref, ...others } = readKeywords(place);
  return Object.keys(others).length === 0 ? ($ref as string | undefined) : undefined;
}

function isAny(shape: Shape): boolean {
  const any = anyShape(shape.path);
  return (Object.keys(any) as (keyof Shape)[]).every((key) => {
    const [own, free] = [shape[key], any[key]];
    if (own instanceof Set || own instanceof Map) return own.size === (free as typeof own).size;
    return Array.isArray(own) ? own.length === 0 : own === free;
  });
}
