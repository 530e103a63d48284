import { checkOptions } from "@llm/platform/options";
import type { Constraint } from "../constraint.js";
import { ConstraintError } from "./errors.js";
import { Grammar } from "./grammar.js";
import { JsonText } from "./json-text.js";
import { SchemaCompiler } from "./schema/compiler.js";
import { type JsonSchema, unsupported } from "./schema/keywords.js";
import { emptyRules, leftRecursiveRule } from "./schema/rules.js";
import type { Part } from "./schema/shape.js";
import type { Term } from "./term.js";
import type { Terms } from "./terms.js";

/** Options of `jsonSchema`. */
export interface JsonSchemaOptions {
  /** Blanks and line ends between two tokens of JSON, at most. Default 8; 0 gives the text of `JSON.stringify`. */
  maxBlanks?: number;
}

/**
 * Constrains a text to be JSON that fits a schema: what `z.toJSONSchema` of zod, `zodResponseFormat` of openai and
 * `Output.object` of ai make of one. Properties come in the schema's order, others after them. What is not supported is refused
 * and never left out.
 *
 * @throws ConstraintError with the path and the keyword at fault; and where no value fits
 */
export function jsonSchema(schema: JsonSchema | object, options: JsonSchemaOptions = {}): Constraint {
  checkOptions("jsonSchema", options, { maxBlanks: "natural" }, (message) => new ConstraintError(message));
  const { maxBlanks = 8 } = options;
  const root = schema as JsonSchema;
  return new Grammar("the schema", (terms) =>
    compileSchema(terms, root, maxBlanks, (compiler, part) => compiler.values(part)),
  );
}

/** @param whole what is made of the schema as a whole */
export function compileSchema(
  terms: Terms,
  schema: JsonSchema,
  maxBlanks: number,
  whole: (compiler: SchemaCompiler, root: Part) => Term,
): Term {
  const json = new JsonText(terms, maxBlanks);
  const empty = new Set<string>();
  for (;;) {
    const compiler = new SchemaCompiler(schema, json, empty);
    const term = compiler.compile(whole);
    const looping = leftRecursiveRule(compiler.rules);
    if (looping !== undefined) throw unsupported("a $ref that leads back to itself", "$ref", looping);
    const found = emptyRules(compiler.rules);
    if (found.length === 0) return term;
    for (const name of found) empty.add(name);
  }
}
