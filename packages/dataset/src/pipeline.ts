import type { Document } from "./document.js";
import type { DropVerdict, Source, Step, StepContext } from "./step.js";

/** What a pipeline can start from. */
export type Documents = Source | AsyncIterable<Document> | Iterable<Document>;

/** A document that left the pipeline, where, and why. */
export interface Drop {
  /** The step's name, or the source's. */
  step: string;
  document: Document;
  verdict: DropVerdict;
}

/** What a step did so far. In a source, `in` counts what it tried to read. */
export interface StepStats {
  name: string;
  in: number;
  out: number;
  /** Documents dropped, by reason. */
  dropped: Record<string, number>;
}

/** Options of `Pipeline.docs`. */
export interface RunOptions {
  signal?: AbortSignal | undefined;
  /** Called for every document that is dropped, at once. */
  onDrop?: ((drop: Drop) => void) | undefined;
}

/** A source and the steps its documents go through, one document at a time. Nothing runs until `docs` is read. */
export interface Pipeline {
  readonly source: Source;
  readonly steps: readonly Step[];
  /** Starts a run. Every call reads the source anew and starts the statistics at zero. */
  docs(options?: RunOptions): AsyncIterable<Document>;
  /** The latest run so far: the source first, then every step in order. */
  stats(): StepStats[];
}

/** Builds a pipeline; a list of steps, such as a preset, may stand for its steps. */
export function pipeline(source: Documents, ...steps: (Step | readonly Step[])[]): Pipeline {
  const from = "read" in source ? source : documents(source);
  const flat = steps.flat();
  let stats = [from, ...flat].map(({ name }) => counters(name));
  return {
    source: from,
    steps: flat,
    docs(options = {}) {
      stats = [from, ...flat].map(({ name }) => counters(name));
      return run(from, flat, stats, options);
    },
    stats: () => stats.map((step) => ({ ...step, dropped: { ...step.dropped } })),
  };
}

/** A source over documents, or bare texts, that are already here; a text's id is its position. */
export function documents(
  items: AsyncIterable<Document | string> | Iterable<Document | string>,
  name = "documents",
): Source {
  return {
    name,
    async *read() {
      let position = 0;
      for await (const item of items) {
        yield typeof item === "string" ? { id: `${position}`, text: item, meta: {} } : item;
        position++;
      }
    },
  };
}

function counters(name: string): StepStats {
  return { name, in: 0, out: 0, dropped: {} };
}

function run(
  source: Source,
  steps: readonly Step[],
  stats: StepStats[],
  { signal, onDrop }: RunOptions,
): AsyncIterable<Document> {
  const context = (at: number): StepContext => ({
    signal,
    drop(document, verdict) {
      const { name, dropped } = stats[at]!;
      dropped[verdict.reason] = (dropped[verdict.reason] ?? 0) + 1;
      if (at === 0) stats[0]!.in++;
      onDrop?.({ step: name, document, verdict });
    },
  });
  let stream = counted(source.read(context(0)), stats, 0, signal);
  steps.forEach((step, i) => {
    stream = counted(step.transform(stream, context(i + 1)), stats, i + 1, signal);
  });
  return stream;
}

/** Counts what leaves the stage `at`, and so enters the next. */
async function* counted(
  stream: AsyncIterable<Document>,
  stats: StepStats[],
  at: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Document> {
  signal?.throwIfAborted();
  for await (const document of stream) {
    signal?.throwIfAborted();
    stats[at]!.out++;
    if (at === 0) stats[0]!.in++;
    const next = stats[at + 1];
    if (next) next.in++;
    yield document;
  }
}
