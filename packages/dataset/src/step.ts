import { shown } from "@llm/platform/options";
import { checkArgument, OptionsError } from "./check.js";
import type { Document } from "./document.js";

/**
 * What one check found in one document. A document leaves the pipeline at its first verdict with `keep: false`.
 * A verdict that keeps may say what it measured, so that `explain` can show it.
 */
export type Verdict =
  | {
      keep: true;
      metric?: string;
      value?: number | string;
      threshold?: number | string;
      bound?: "min" | "max";
    }
  | {
      keep: false;
      /** Why, in a word that statistics count by: `"too_few_words"`. */
      reason: string;
      /** What was measured: `"words"`. */
      metric: string;
      value: number | string;
      threshold: number | string;
      /** Whether the threshold is the least or the most that is kept. */
      bound?: "min" | "max";
    };

/** A verdict that drops its document. */
export type DropVerdict = Extract<Verdict, { keep: false }>;

/** What a running pipeline offers to its source and steps. */
export interface StepContext {
  /** Counts the document as dropped here and tells the pipeline's `onDrop`. */
  drop(document: Document, verdict: DropVerdict): void;
  /** Notes what one document measured, where the run keeps statistics; a verdict that drops goes to `drop` as well. */
  observe?(verdicts: readonly Verdict[]): void;
  readonly signal?: AbortSignal | undefined;
}

/** What a step would do with one document: all its verdicts, also after the first that drops, and the document it passes on. */
export interface Inspection {
  verdicts: Verdict[];
  document: Document;
}

/** One job in a pipeline: documents in, documents out. State that spans documents is made inside `transform`, once per run. */
export interface Step {
  readonly name: string;
  transform(documents: AsyncIterable<Document>, context: StepContext): AsyncIterable<Document>;
  /** For `explain`; absent in a step that has to see many documents to judge one. */
  inspect?(document: Document): Promise<Inspection>;
  /** Whether a document's fate depends on those before it. Such a step cannot go on in the middle of a task, which is begun anew instead. */
  readonly stateful?: boolean | undefined;
}

/** Where documents come from. What cannot be read is dropped, with a reason, rather than thrown. */
export interface Source {
  readonly name: string;
  read(context: StepContext): AsyncIterable<Document>;
  /** The files it reads, in order, for executors, which freeze the list and deal it out; absent where it reads no files. */
  files?(signal?: AbortSignal): Promise<readonly SourceFile[]>;
  /** The same source over one of its files, from the start or from behind a document that had this `position`. */
  open?(file: SourceFile, context: StepContext, position?: SourcePosition): AsyncIterable<Document>;
}

/** A file, or an object in a store. */
export interface SourceFile {
  /** A path or a URL. */
  readonly path: string;
  /** What its documents are called after. */
  readonly id: string;
  /** In bytes, where it is known. */
  readonly size?: number | undefined;
}

/**
 * Where a source can go on in a file: how many documents (and drops) it had given. Sources that can seek may keep more in it.
 */
export interface SourcePosition {
  readonly given: number;
}

type MaybePromise<T> = T | Promise<T>;

/** What a filter says of a document. `false` drops it under the filter's name, or, in a pair, for the reason beside it. */
export type Answer = Verdict | boolean | readonly [keep: boolean, reason?: string];

/**
 * A step that keeps or drops documents and leaves them as they are. A check answers `true` or `false`, or a verdict, which says
 * more to statistics and `explain`. One that measures several things is a generator of verdicts, cheapest first: running
 * stops at the first that drops, `explain` reads on to the last.
 *
 * @throws OptionsError while running, for a check that answers something else
 */
export function filter(
  name: string,
  check: (document: Document) => MaybePromise<Answer> | Iterable<Answer> | AsyncIterable<Answer>,
): Step {
  checkArgument("name of filter", name, "string");
  checkArgument(`check of filter("${name}")`, check, "function");
  return rewrite(name, async function* (document) {
    const found = await check(document);
    if (isMany(found)) for await (const answer of found) yield toVerdict(answer, name);
    else yield toVerdict(found, name);
    return document;
  });
}

function isMany(found: unknown): found is AsyncIterable<Answer> {
  if (typeof found !== "object" || found === null || isPair(found)) return false;
  return Symbol.iterator in found || Symbol.asyncIterator in found;
}

function isVerdict(answer: unknown): answer is Verdict {
  return (
    typeof answer === "object" && answer !== null && "keep" in answer && typeof answer.keep === "boolean"
  );
}

function isPair(answer: unknown): answer is readonly [keep: boolean, reason?: string] {
  return Array.isArray(answer) && typeof answer[0] === "boolean";
}

function toVerdict(answer: unknown, name: string): Verdict {
  if (isVerdict(answer)) return answer.keep || answer.reason ? answer : { ...answer, reason: name };
  const [keep, reason = name] = isPair(answer) ? answer : [answer];
  if (typeof keep === "boolean") {
    const measured = { metric: name, value: `${keep}`, threshold: "true" };
    return keep ? { keep, ...measured } : { keep, reason, ...measured };
  }
  const wayOut = "it must answer true or false, or a verdict { keep, reason, metric, value, threshold }";
  throw new OptionsError(`filter("${name}") answered ${shown(answer)}: ${wayOut}.`);
}

/** A verdict that keeps what measures at least `threshold`. */
export function atLeast(reason: string, metric: string, value: number, threshold: number): Verdict {
  return value < threshold
    ? { keep: false, reason, metric, value, threshold, bound: "min" }
    : { keep: true, metric, value, threshold, bound: "min" };
}

/** A verdict that keeps what measures at most `threshold`. */
export function atMost(reason: string, metric: string, value: number, threshold: number): Verdict {
  return value > threshold
    ? { keep: false, reason, metric, value, threshold, bound: "max" }
    : { keep: true, metric, value, threshold, bound: "max" };
}

/**
 * A step that passes on another document for each it takes; a generator may give verdicts, as in `filter`, and returns the
 * new document.
 *
 * @throws OptionsError while running, for a change that answers no document
 */
export function rewrite(
  name: string,
  change: (
    document: Document,
  ) => MaybePromise<Document> | Generator<Verdict, Document> | AsyncGenerator<Verdict, Document>,
): Step {
  checkArgument("name of rewrite", name, "string");
  checkArgument(`change of rewrite("${name}")`, change, "function");
  return {
    name,
    async *transform(documents, context) {
      for await (const document of documents) {
        const { verdicts, document: changed } = await follow(change(document), true);
        context.observe?.(verdicts);
        const last = verdicts.at(-1);
        if (last?.keep === false) context.drop(document, last);
        else yield checkDocument(changed, name);
      }
    },
    async inspect(document) {
      const { verdicts, document: changed } = await follow(change(document), false);
      return { verdicts, document: changed ?? document };
    },
  };
}

function checkDocument(changed: Document | undefined, name: string): Document {
  if (typeof changed?.text === "string" && typeof changed.id === "string") return changed;
  const wayOut = "it must answer the new document: { ...document, text }";
  throw new OptionsError(`rewrite("${name}") answered ${shown(changed)}: ${wayOut}.`);
}

async function follow(
  change: MaybePromise<Document> | Generator<Verdict, Document> | AsyncGenerator<Verdict, Document>,
  stopAtDrop: boolean,
): Promise<{ verdicts: Verdict[]; document?: Document }> {
  if (typeof change !== "object" || change === null || !("next" in change))
    return { verdicts: [], document: await change };
  const verdicts: Verdict[] = [];
  for (;;) {
    const next = await change.next();
    if (next.done) return { verdicts, document: next.value };
    verdicts.push(next.value);
    if (stopAtDrop && !next.value.keep) return { verdicts };
  }
}
