import { without } from "../../constraints/determinise.js";
import { parseExpression } from "../../constraints/expression-parser.js";
import { Grammar } from "../../constraints/grammar.js";
import { compileSchema } from "../../constraints/json-schema.js";
import { languageTerm } from "../../constraints/language.js";
import type { SchemaCompiler } from "../../constraints/schema/compiler.js";
import { type JsonSchema, unsupported } from "../../constraints/schema/keywords.js";
import { isOfType, type Part, type Shape } from "../../constraints/schema/shape.js";
import { Shapes } from "../../constraints/schema/shapes.js";
import { Spelling } from "../../constraints/spelling.js";
import { EMPTY, NOTHING, type Term } from "../../constraints/term.js";
import { type ArgumentTags, escaped } from "./call-form.js";
import { alternatives, type ValueForm, valueForm } from "./value-form.js";

/** Blanks between two tokens of JSON, as `jsonSchema` has them. */
const MAX_BLANKS = 8;

/** The arguments of a call, one after the other, each in tags. */
export class TaggedArguments {
  readonly #schema: JsonSchema;
  readonly #shapes: Shapes;
  readonly #root: Shape;

  /** @throws ConstraintError for what is not supported */
  constructor(schema: JsonSchema) {
    this.#schema = schema;
    this.#shapes = new Shapes(schema);
    this.#root = this.#shapes.of([{ schema, path: "#" }]);
    const { choices, exclusive, values, names } = this.#root;
    if (names.length > 0 && !isAnyText(this.#shapes.of(names))) {
      throw unsupported("propertyNames is not supported: list the properties", "propertyNames", "#");
    }
    if (choices.length > 0 || exclusive.length > 0 || values) {
      const keyword = values ? "enum" : choices.length > 0 ? "anyOf" : "oneOf";
      const what = "arguments that are written one by one are described by properties alone";
      throw unsupported(`${keyword} is not supported: ${what}`, keyword, "#");
    }
  }

  /** All that can be written. @throws ConstraintError for what is not supported, and where nothing fits */
  grammar(tags: ArgumentTags): Grammar {
    return new Grammar("the arguments", (terms) =>
      compileSchema(terms, this.#schema, MAX_BLANKS, (compiler) =>
        new Writer(compiler, tags).all(this.#root),
      ),
    );
  }

  /** How the value of an argument is written. */
  formOf(name: string): ValueForm {
    return valueForm(this.#shapes, partOf(this.#root, name));
  }
}

function isAnyText({ types, values, minLength, maxLength, ...lists }: Shape): boolean {
  const { patterns, formats, choices, exclusive } = lists;
  const limits = [...patterns, ...formats, ...choices, ...exclusive];
  return (
    types.has("string") &&
    !values &&
    limits.length === 0 &&
    minLength === 0 &&
    maxLength === Number.POSITIVE_INFINITY
  );
}

function partOf({ properties, additional }: Shape, name: string): Part {
  return properties.get(name) ?? additional;
}

class Writer {
  readonly #compiler: SchemaCompiler;
  readonly #tags: ArgumentTags;
  readonly #plain: Spelling;

  constructor(compiler: SchemaCompiler, tags: ArgumentTags) {
    this.#compiler = compiler;
    this.#tags = tags;
    this.#plain = new Spelling(compiler.json.terms);
  }

  /** Arguments in the schema's order, and behind them others where it allows such. */
  all(root: Shape): Term {
    const { terms } = this.#compiler.json;
    if (!isOfType(root.types, {})) return NOTHING;
    const names = [...new Set([...root.properties.keys(), ...root.required])];
    const { behind } = this.#tags;
    for (const name of names) {
      if ((name + behind).indexOf(behind) === name.length) continue;
      throw unsupported(`the name of an argument cannot hold "${behind}"`, "properties", "#");
    }
    const named = names.map((name) => {
      const value = this.#value(partOf(root, name));
      const argument = this.#argument(this.#text(name), value);
      return root.required.has(name) ? argument : terms.optional(argument);
    });
    return terms.sequence(...named, terms.repeat(this.#other(root, names), 0, Number.POSITIVE_INFINITY));
  }

  /** An argument that the schema does not name. */
  #other(root: Shape, names: readonly string[]): Term {
    const value = this.#value(root.additional);
    if (value === NOTHING) return NOTHING;
    const { terms } = this.#compiler.json;
    const anyName = languageTerm(this.#plain, { expressions: [parseExpression('[^<>"\\s]+')] });
    const encoder = new TextEncoder();
    return this.#argument(
      without(
        terms,
        anyName,
        names.map((name) => encoder.encode(name)),
      ),
      value,
    );
  }

  #argument(name: Term, value: Term): Term {
    const { before, behind, end } = this.#tags;
    const { terms } = this.#compiler.json;
    return terms.sequence(this.#text(before), name, this.#text(behind), value, this.#text(end));
  }

  #value(part: Part): Term {
    const compiler = this.#compiler;
    if (valueForm(compiler.shapes, part) === "json") return compiler.values(part);
    const shapes = alternatives(compiler.shapes, compiler.shapes.of(part))!;
    return compiler.json.terms.either(shapes.map((shape) => this.#plainValue(shape)));
  }

  /** A text without quotation marks, or null. Texts that hold the end of an argument cannot be written. */
  #plainValue(shape: Shape): Term {
    if (shape.types.has("null")) return this.#text("null");
    if (shape.minLength > shape.maxLength) return NOTHING;
    const mark = this.#tags.end.trim();
    if (!shape.values) return this.#compiler.content(shape, this.#plain, [`^(?![^]*${escaped(mark)})[^]*$`]);
    const texts = this.#compiler.fitting(shape.values, { ...shape, values: undefined }) as readonly string[];
    const encoder = new TextEncoder();
    return this.#compiler.json.terms.trie(
      texts.filter((text) => !text.includes(mark)).map((text) => [encoder.encode(text), EMPTY] as const),
    );
  }

  #text(text: string): Term {
    return this.#compiler.json.token(text);
  }
}
