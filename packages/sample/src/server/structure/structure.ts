import type { Constraint } from "../../constraint.js";
import { ConstraintError } from "../../constraints/errors.js";
import { Grammar } from "../../constraints/grammar.js";
import { jsonSchema } from "../../constraints/json-schema.js";
import { regex } from "../../constraints/regex.js";
import type { Term, Terms } from "../../constraints/term.js";
import { ApiError } from "../errors.js";
import { BEFORE_ARGUMENTS, BEFORE_NAME, BEHIND_ARGUMENTS, CALL_START } from "./call-form.js";
import type { ChatTool } from "./tools.js";

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

const LINE_END = 10;

/** Makes constraints of structures, and keeps them. */
export class Structures {
  readonly #known = new Map<string, Constraint>();

  /** Nothing, where an answer may be any text. @throws ApiError for what is not supported, by name and path */
  constraint(wanted: Structure): Constraint | undefined {
    const { schema, tools, mustCall, isParallel } = wanted;
    if (!schema && tools.length === 0) return undefined;
    const shapes = tools.map(({ function: { name, parameters } }) => [name, parameters]);
    const key = JSON.stringify([schema, shapes, mustCall, isParallel]);
    const constraint = this.#known.get(key) ?? answer(wanted);
    this.#known.delete(key);
    this.#known.set(key, constraint);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST_KEPT) break;
      this.#known.delete(oldest);
    }
    return constraint;
  }
}

function answer({ schema, schemaParam, tools, toolParam, mustCall, isParallel }: Structure): Constraint {
  const json = schema && compile(schema, schemaParam);
  if (tools.length === 0) return json!;
  const calls = tools.map(({ function: { name, parameters } }, i) => ({
    name,
    parameters: compile(parameters ?? { type: "object" }, toolParam(i)),
  }));
  const text = regex(`(?![\\s\\S]*${CALL_START})[\\s\\S]*`) as Grammar;
  return new Grammar("the tools", (terms) => {
    const call = callTerm(terms, calls);
    const more = terms.chain(terms.byte(LINE_END), call);
    const all = isParallel ? terms.chain(call, terms.repeat(more, 0, Number.POSITIVE_INFINITY)) : call;
    if (mustCall) return all;
    if (json) return terms.either([json.build(terms), all]);
    const free = text.build(terms);
    return terms.either([free, terms.chain(free, all)]);
  });
}

function callTerm(terms: Terms, calls: readonly { name: string; parameters: Grammar }[]): Term {
  const encoder = new TextEncoder();
  const behind = terms.literal(encoder.encode(BEHIND_ARGUMENTS));
  return terms.trie(
    calls.map(({ name, parameters }) => [
      encoder.encode(`${BEFORE_NAME}${name}${BEFORE_ARGUMENTS}`),
      terms.chain(parameters.build(terms), behind),
    ]),
  );
}

function compile(schema: object, param: string): Grammar {
  try {
    return jsonSchema(schema) as Grammar;
  } catch (cause) {
    if (!(cause instanceof ConstraintError)) throw cause;
    throw new ApiError(400, `${param}: ${cause.message}`, { param, cause });
  }
}
