import type { Document } from "./document.js";
import { readShare } from "./share.js";
import type { Sink } from "./sink.js";
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
  /** Which share of the source's files to read, `files[rank::world]`. Default 0. */
  rank?: number | undefined;
  /** Into how many shares the files are dealt. Default 1: all is read. */
  world?: number | undefined;
}

/** A source and the steps its documents go through, one document at a time. Nothing runs until `docs` is read. */
export interface Pipeline {
  readonly source: Source;
  readonly steps: readonly Step[];
  /** Where executors write what comes out; `docs` does not. */
  readonly sink?: Sink | undefined;
  /** Starts a run. Every call reads the source anew and starts the statistics at zero. */
  docs(options?: RunOptions): AsyncIterable<Document>;
  /** The latest run so far: the source first, then every step in order. */
  stats(): StepStats[];
}

type Steps = (Step | readonly Step[])[];

/** Builds a pipeline; a list of steps, such as a preset, may stand for its steps. A sink may come last. */
export function pipeline(source: Documents, ...steps: Steps | [...Steps, Sink]): Pipeline {
  const from = "read" in source ? source : documents(source);
  const items: readonly (Step | Sink)[] = steps.flat();
  const last = items.at(-1);
  const sink = last && "open" in last ? last : undefined;
  const flat = (sink ? items.slice(0, -1) : items) as readonly Step[];
  let stats = [from, ...flat].map(({ name }) => counters(name));
  return {
    source: from,
    steps: flat,
    sink,
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
  { signal, onDrop, rank = 0, world = 1 }: RunOptions,
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
  const read = world === 1 ? source.read(context(0)) : readShare(source, { rank, world }, context(0));
  let stream = counted(read, stats, 0, signal);
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
