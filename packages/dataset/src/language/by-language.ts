import { checkArgument, OptionsError } from "../check.js";
import { checkStep } from "../check-pipeline.js";
import type { Document } from "../document.js";
import type { Inspection, Step, StepContext, Verdict } from "../step.js";

/**
 * Takes each document through the steps of its language, `meta.language`, which `language` notes. Documents of other
 * languages are dropped. What one of the steps drops is counted here, by its reason.
 *
 * @throws OptionsError for what is no step, and where no language is named, which would drop everything
 */
export function byLanguage(steps: Readonly<Record<string, Step | readonly Step[]>>): Step {
  checkArgument("steps of byLanguage", steps, "object");
  const lists = new Map<string, readonly Step[]>();
  for (const [language, given] of Object.entries(steps)) {
    const list = Array.isArray(given) ? given : [given];
    for (const step of list) checkStep(`a step of byLanguage for ${language}`, step);
    lists.set(language, list);
  }
  if (lists.size === 0)
    throw new OptionsError("steps of byLanguage is empty: name at least one language, { en: [..] }.");
  const judge = (document: Document): Verdict => {
    const measured = {
      metric: "language",
      value: languageOf(document),
      threshold: [...lists.keys()].join(", "),
    };
    return lists.has(measured.value)
      ? { keep: true, ...measured }
      : { keep: false, reason: "language", ...measured };
  };
  return {
    name: "byLanguage",
    async *transform(documents, context) {
      const branches = new Map<string, Branch>();
      try {
        for await (const document of documents) {
          const verdict = judge(document);
          if (!verdict.keep) {
            context.drop(document, verdict);
            continue;
          }
          const language = languageOf(document);
          const branch = branches.get(language) ?? new Branch(lists.get(language)!, context);
          branches.set(language, branch);
          yield* branch.give(document);
        }
        for (const branch of branches.values()) yield* branch.end();
      } finally {
        for (const branch of branches.values()) await branch.close();
      }
    },
    async inspect(document) {
      const verdicts: Verdict[] = [judge(document)];
      let current = document;
      for (const step of lists.get(languageOf(document)) ?? []) {
        const found: Inspection | undefined = await step.inspect?.(current);
        if (!found) continue;
        verdicts.push(...found.verdicts);
        current = found.document;
      }
      return { verdicts, document: current };
    },
  };
}

function languageOf({ meta }: Document): string {
  return typeof meta["language"] === "string" ? meta["language"] : "";
}

/** Steps that get their documents one at a time from outside. */
class Branch {
  readonly #output: AsyncIterator<Document>;
  readonly #waiting: Document[] = [];
  #ended = false;
  /** Called when the steps ask for a document and there is none. */
  #onHungry = () => {};
  #onFed = () => {};
  #pending: Promise<IteratorResult<Document>> | undefined;

  constructor(steps: readonly Step[], context: StepContext) {
    let stream: AsyncIterable<Document> = this.#input();
    for (const step of steps) stream = step.transform(stream, context);
    this.#output = stream[Symbol.asyncIterator]();
  }

  /** What the steps pass on before they ask for another document. */
  async *give(document: Document): AsyncGenerator<Document> {
    this.#waiting.push(document);
    for (;;) {
      const hungry = new Promise<undefined>((resolve) => {
        this.#onHungry = () => resolve(undefined);
      });
      this.#onFed();
      this.#pending ??= this.#output.next();
      const next = await Promise.race([this.#pending, hungry]);
      if (!next || next.done) return;
      this.#pending = undefined;
      yield next.value;
    }
  }

  /** What the steps have kept back. */
  async *end(): AsyncGenerator<Document> {
    this.#ended = true;
    this.#onFed();
    for (;;) {
      const next = await (this.#pending ?? this.#output.next());
      this.#pending = undefined;
      if (next.done) return;
      yield next.value;
    }
  }

  /** Gives up; what is still waiting is lost. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#waiting.length = 0;
    this.#onFed();
    await this.#output.return?.();
  }

  async *#input(): AsyncGenerator<Document> {
    for (;;) {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) yield next;
      if (this.#ended) return;
      const fed = new Promise<void>((resolve) => {
        this.#onFed = resolve;
      });
      this.#onHungry();
      await fed;
    }
  }
}
