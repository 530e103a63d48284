import type { Constraint } from "../../constraint.js";
import { ConstraintError } from "../../constraints/errors.js";
import { Grammar } from "../../constraints/grammar.js";
import { jsonSchema } from "../../constraints/json-schema.js";
import { regex } from "../../constraints/regex.js";
import type { Term } from "../../constraints/term.js";
import type { Terms } from "../../constraints/terms.js";
import { ApiError } from "../errors.js";
import { answerConstraint } from "./answer-constraint.js";
import { type CallForm, escaped, type Lead, leadsOf } from "./call-form.js";
import { TaggedArguments } from "./tagged-arguments.js";
import { argumentsSchema, type ChatTool } from "./tools.js";

/** What an answer has to be. */
export interface Structure {
  /** JSON of this schema. Left out: any text. */
  schema?: object | undefined;
  /** The field that the schema came in. */
  schemaParam: string;
  /** Tools that may be called. */
  tools: readonly ChatTool[];
  /** Where the parameters of a tool are found. */
  toolParam: (index: number) => string;
  /** Whether one has to be called. */
  mustCall: boolean;
  /** Whether there may be more than one call. */
  isParallel: boolean;
}

/** Constraints that are kept, the least used of them leaving first: their masks are the dear part. */
const MOST_KEPT = 64;

const encoder = new TextEncoder();

/** Makes constraints of structures, and keeps them. */
export class Structures {
  readonly #known = new Map<string, Constraint>();

  /**
   * Nothing, where an answer may be any text.
   * @param form how the model writes calls
   * @throws ApiError for what is not supported, by name and path
   */
  constraint(wanted: Structure, form: () => CallForm): Constraint | undefined {
    const { schema, schemaParam, tools, mustCall, isParallel } = wanted;
    if (!schema && tools.length === 0) return undefined;
    const shapes = tools.map(({ function: { name, parameters } }) => [name, parameters]);
    const key = JSON.stringify([schema, schemaParam, shapes, mustCall, isParallel]);
    const constraint = this.#known.get(key) ?? answer(wanted, form);
    this.#known.delete(key);
    this.#known.set(key, constraint);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST_KEPT) break;
      this.#known.delete(oldest);
    }
    return constraint;
  }
}

function answer(wanted: Structure, formOf: () => CallForm): Constraint {
  const { schema, schemaParam, tools, toolParam, mustCall, isParallel } = wanted;
  const json = schema && compile(schema, schemaParam);
  if (tools.length === 0) return answerConstraint(json!, schemaParam);
  const form = formOf();
  const parameters = new Map(
    tools.map((tool, i) => {
      const param = toolParam(i);
      const schema = argumentsSchema(tool, param);
      const { tags } = form;
      const compiled = tags
        ? located(param, () => new TaggedArguments(schema).grammar(tags))
        : compile(schema, param);
      return [tool.function.name, compiled];
    }),
  );
  const [text, note, between] = [
    textBeside(form),
    regex(form.more ? `(${form.more})?` : ""),
    regex(form.between ?? ""),
  ] as Grammar[];
  const { first, later } = leadsOf(form, [...parameters.keys()]);
  const constraint = new Grammar("the tools", (terms) => {
    const behind = terms.chain(note!.build(terms), terms.literal(encoder.encode(form.end)));
    const calls = (leads: readonly Lead[]) => callsTerm(terms, leads, parameters, behind);
    const more = terms.chain(between!.build(terms), calls(later));
    const isOne = !isParallel || form.between === undefined;
    const all = terms.sequence(
      calls(first),
      isOne ? terms.literal([]) : terms.repeat(more, 0, Number.POSITIVE_INFINITY),
      terms.literal(encoder.encode(form.close)),
    );
    if (mustCall) return all;
    if (json) return terms.either([json.build(terms), all]);
    const free = text!.build(terms);
    return terms.either([free, form.mark === undefined ? all : terms.chain(free, all)]);
  });
  return answerConstraint(constraint, "tools", form);
}

function callsTerm(
  terms: Terms,
  leads: readonly Lead[],
  parameters: ReadonlyMap<string, Grammar>,
  behind: Term,
): Term {
  return terms.trie(
    leads.map(({ name, text }) => [
      encoder.encode(text),
      terms.chain(parameters.get(name)!.build(terms), behind),
    ]),
  );
}

/** What stands before calls, or instead of them. */
function textBeside({ mark, opens, before }: CallForm): Grammar {
  const isMark = mark === undefined ? undefined : `(?![\\s\\S]*${escaped(mark)})`;
  const beginsCall = opens.map((open) => `(?!${escaped(open || before)})`).join("");
  return regex(`${isMark ?? beginsCall}[\\s\\S]*`) as Grammar;
}

function compile(schema: object, param: string): Grammar {
  return located(param, () => jsonSchema(schema) as Grammar);
}

/** Says of an error which field of the request is at fault. @throws ApiError */
function located<T>(param: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof ConstraintError)) throw cause;
    throw new ApiError(400, `${param}: ${cause.message}`, { param, cause });
  }
}
