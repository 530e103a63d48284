import { uniform } from "@llm/sample";

type Schema = Record<string, unknown>;

/** A schema that was made up, and values that fit it. */
export interface Made {
  schema: Schema;
  /** Another one each time. */
  value(): unknown;
}

const PATTERNS: readonly (readonly [string, readonly string[]])[] = [
  ["^[A-Z]{2}\\d+$", ["AB1", "ZZ007"]],
  ["\\d", ["a1", "1", "é2\n"]],
  ["^(a|bc)*$", ["", "abcbca"]],
  ['^[^"]*$', ["\\", "\u0001é", ""]],
  ['^"|\\\\$', ['"a', "b\\"]],
  ["😀|^.{2}$", ["a😀b", "éa", "😀😀"]],
  ["^(?!ab)[a-c]+$", ["ba", "ac", "c"]],
  ["^\\p{Lu}\\w*$", ["É", "Ab_1"]],
];
const FORMATS: readonly (readonly [string, readonly string[]])[] = [
  ["date", ["2024-02-29", "1999-12-31", "2000-02-29"]],
  ["time", ["23:59:59Z", "00:00:00.123+05:30"]],
  ["date-time", ["2024-02-29T12:00:00Z", "1900-02-28T23:59:59.5-11:00"]],
  ["uuid", ["123e4567-e89b-12d3-a456-426614174000", "FFFFFFFF-0000-0000-0000-000000000000"]],
  ["ipv4", ["0.0.0.0", "255.249.199.99"]],
  ["email", ["a@b.co", "x.y+z@sub-domain.example.org"]],
];
const CHARACTERS = [...'ab "\\\n\u0001é😀/\u007f\u2028'];

/** Makes up schemas and values of them, the same ones for a seed. */
export class SchemaGenerator {
  readonly #seed: number;
  #position = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  #below(count: number): number {
    return Math.floor(uniform({ seed: this.#seed, position: this.#position++ }) * count);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!;
  }

  #from(low: number, high: number): number {
    return low + this.#below(high - low + 1);
  }

  root(): Made {
    if (this.#below(4) > 0) return this.#any(3);
    return this.#recursive();
  }

  #any(depth: number): Made {
    const simple = [
      this.#integer,
      this.#number,
      this.#string,
      this.#pattern,
      this.#format,
      this.#listed,
      this.#plain,
    ];
    const nested = [
      this.#array,
      this.#tuple,
      this.#object,
      this.#object,
      this.#object,
      this.#choice,
      this.#tagged,
      this.#all,
    ];
    return this.#pick(depth > 0 ? [...simple, ...nested, ...nested] : simple).call(this, depth - 1);
  }

  #plain(): Made {
    return this.#pick<Made>([
      { schema: { type: "null" }, value: () => null },
      { schema: { type: "boolean" }, value: () => this.#below(2) === 0 },
      {
        schema: { type: ["string", "null"], maxLength: 3 },
        value: () => this.#pick(["", null, "abc", "😀é\n"]),
      },
      { schema: {}, value: () => this.#pick<unknown>([1.5, [], { a: [null, "x"] }, "y"]) },
      {
        schema: { title: "T", description: "d", default: 3, type: "number" },
        value: () => this.#pick([0, -1.25, 1e21, 1e-7, 1.7e308]),
      },
    ]);
  }

  #integer(): Made {
    const low = this.#from(-200, 1200);
    const high = low + this.#below(this.#pick([1, 12, 3000]));
    const isOpen = this.#below(3) === 0 && high - low > 2;
    const schema = isOpen
      ? { type: "integer", exclusiveMinimum: low, exclusiveMaximum: high }
      : { type: "integer", minimum: low, maximum: high };
    return { schema, value: () => (isOpen ? this.#from(low + 1, high - 1) : this.#from(low, high)) };
  }

  #number(): Made {
    const low = this.#from(-50, 50) / this.#pick([1, 4, 10]);
    const width = this.#from(1, 30) / this.#pick([1, 8]);
    const schema: Schema = { type: "number", [this.#pick(["minimum", "exclusiveMinimum"])]: low };
    const isBound = this.#below(3) > 0;
    if (isBound) schema[this.#pick(["maximum", "exclusiveMaximum"])] = low + width;
    return { schema, value: () => low + (width * this.#from(1, 7)) / 8 };
  }

  #string(): Made {
    const min = this.#below(4);
    const max = min + this.#below(6);
    const value = () => Array.from({ length: this.#from(min, max) }, () => this.#pick(CHARACTERS)).join("");
    return { schema: { type: "string", minLength: min, ...(this.#below(2) && { maxLength: max }) }, value };
  }

  #pattern(): Made {
    const [pattern, values] = this.#pick(PATTERNS);
    const isLong = this.#below(2) === 0;
    return {
      schema: { type: "string", pattern, ...(isLong && { maxLength: 20 }) },
      value: () => this.#pick(values),
    };
  }

  #format(): Made {
    const [format, values] = this.#pick(FORMATS);
    return { schema: { type: "string", format }, value: () => this.#pick(values) };
  }

  #listed(): Made {
    const values = ['a"b', "ab", 1, 1.5, null, true, { x: [1, "y"] }, "", "é"].slice(this.#below(5));
    if (this.#below(3) === 0) {
      const value = this.#pick(values);
      return { schema: { const: value }, value: () => value };
    }
    return { schema: { enum: values }, value: () => this.#pick(values) };
  }

  #array(depth: number): Made {
    const item = this.#any(depth);
    const min = this.#below(3);
    const max = min + this.#below(3);
    const schema = {
      type: "array",
      items: item.schema,
      minItems: min,
      ...(this.#below(2) && { maxItems: max }),
    };
    return { schema, value: () => Array.from({ length: this.#from(min, max) }, () => item.value()) };
  }

  #tuple(depth: number): Made {
    const first = [this.#any(depth), this.#any(0)];
    const more = this.#any(0);
    const isOpen = this.#below(2) === 0;
    const min = this.#below(3);
    const schema = {
      type: "array",
      prefixItems: first.map(({ schema }) => schema),
      items: isOpen ? more.schema : false,
      minItems: min,
    };
    const value = () => {
      const length = this.#from(min, isOpen ? 3 : 2);
      return [...first, more].slice(0, length).map((each) => each.value());
    };
    return { schema, value };
  }

  #object(depth: number): Made {
    const names = ["name", "na", 'a"b', "é", "__proto", "z"].slice(0, this.#below(7));
    const members = names.map((name) => ({ name, made: this.#any(depth), isRequired: this.#below(2) === 0 }));
    const extra = this.#pick<boolean | Made>([false, false, true, this.#any(0)]);
    const schema: Schema = {
      type: "object",
      properties: Object.fromEntries(members.map(({ name, made }) => [name, made.schema])),
      required: members.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    };
    if (extra !== true) schema["additionalProperties"] = extra === false ? false : extra.schema;
    const value = () => {
      const own = members
        .filter(({ isRequired }) => isRequired || this.#below(2) === 0)
        .map(({ name, made }) => [name, made.value()]);
      const more =
        extra !== false && this.#below(2) === 0 ? [["nam", extra === true ? [1] : extra.value()]] : [];
      return Object.fromEntries([...own, ...more]) as unknown;
    };
    return { schema, value };
  }

  #choice(depth: number): Made {
    const all = Array.from({ length: this.#from(2, 3) }, () => this.#any(depth));
    return { schema: { anyOf: all.map(({ schema }) => schema) }, value: () => this.#pick(all).value() };
  }

  #tagged(depth: number): Made {
    const all = ["a", "b"].map((tag) => ({ tag, made: this.#any(depth) }));
    const schemas = all.map(({ tag, made }) => ({
      type: "object",
      properties: { type: { const: tag }, value: made.schema },
      required: ["type", "value"],
      additionalProperties: false,
    }));
    const value = () => {
      const { tag, made } = this.#pick(all);
      return { type: tag, value: made.value() };
    };
    return { schema: { oneOf: schemas }, value };
  }

  #all(depth: number): Made {
    const inner = this.#any(depth);
    const schema = {
      allOf: [
        { type: "object", properties: { a: inner.schema }, required: ["a"] },
        { properties: { b: { type: "integer", minimum: 0, maximum: 9 } }, additionalProperties: true },
      ],
      required: ["b"],
    };
    return { schema, value: () => ({ a: inner.value(), b: this.#below(10) }) };
  }

  #recursive(): Made {
    const leaf = this.#any(1);
    const schema = {
      $ref: "#/$defs/node",
      $defs: {
        node: {
          type: "object",
          properties: {
            value: { $ref: "#/$defs/leaf" },
            next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] },
            children: { type: "array", items: { $ref: "#/$defs/node" }, maxItems: 3 },
          },
          required: ["value", "next"],
          additionalProperties: false,
        },
        leaf: leaf.schema,
      },
    };
    const value = (depth = 2): unknown => ({
      value: leaf.value(),
      next: depth > 0 && this.#below(2) ? value(depth - 1) : null,
      ...(depth > 0 && this.#below(2) && { children: [value(depth - 1)] }),
    });
    return { schema, value: () => value() };
  }
}
