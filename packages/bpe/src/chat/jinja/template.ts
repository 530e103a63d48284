import { TemplateError } from "../errors.js";
import { Blocks } from "./blocks.js";
import { toValue } from "./convert.js";
import { Environment, hasFilter, hasTest } from "./environment.js";
import { execute, type Rendering } from "./execute.js";
import { createGlobals } from "./globals.js";
import type { Statement } from "./nodes.js";
import { Generations, Output, type Span } from "./output.js";
import { type Parsed, parse } from "./parse-statement.js";
import { Scope } from "./scope.js";
import { Text } from "./text.js";
import type { Value } from "./values.js";

/** Variables by name. */
export type Variables = Readonly<Record<string, unknown>>;

export interface Rendered {
  text: Text;
  /** What stood between `{% generation %}` and `{% endgeneration %}`, in UTF-16 units of the text. */
  spans: Span[];
}

/** A template in Jinja, as transformers reads and runs it. */
export class JinjaTemplate {
  readonly #parsed: Parsed;

  /** @throws TemplateError where it is not valid Jinja. */
  constructor(source: string) {
    this.#parsed = guarded(() => parse(source, { hasFilter, hasTest }));
  }

  get hasGenerations(): boolean {
    return this.#parsed.hasGenerations;
  }

  /**
   * @param own variables that count as the template's own text.
   * @param fromOutside variables whose text came in with the chat.
   * @throws TemplateError with the line that failed.
   */
  render(own: Variables, fromOutside: Variables): Rendered {
    const cx = new Environment();
    const variables = createGlobals(cx, () => new Date());
    for (const [name, value] of entries(own, Text.own)) variables.set(name, value);
    for (const [name, value] of entries(fromOutside, Text.fromOutside)) variables.set(name, value);
    const out = new Output();
    const generations = new Generations(out);
    const top = new Scope(new Scope(undefined, variables));
    const rendering: Rendering = { cx, top, generations, line: 0 };
    const written = (body: readonly Statement[]) => {
      const block = new Output();
      execute(rendering, new Scope(top), block, body);
      return block.text();
    };
    variables.set("self", new Blocks(this.#parsed.blocks, written));
    guarded(() => execute(rendering, top, out, this.#parsed.body), rendering);
    const text = out.text();
    const length = text.length;
    const spans = generations.spans.map(({ start, end }) => ({
      start: text.unitAt(Math.min(start, length)),
      end: text.unitAt(Math.min(end, length)),
    }));
    return { text, spans };
  }
}

function* entries(variables: Variables, textOf: (text: string) => Text): Generator<[string, Value]> {
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined) yield [name, toValue(value, textOf)];
  }
}

/** Runs; where the engine itself has had enough, that is an error of the template too. */
function guarded<T>(run: () => T, at?: { line: number }): T {
  try {
    return run();
  } catch (cause) {
    const isTooMuch = cause instanceof RangeError || (cause as Error).name === "InternalError";
    const message = isTooMuch ? "the template asks for too much" : (cause as Error).message;
    if (!isTooMuch && !(cause instanceof TemplateError)) throw cause;
    throw new TemplateError(at && at.line > 0 ? `${message} (line ${at.line})` : message, { cause });
  }
}
