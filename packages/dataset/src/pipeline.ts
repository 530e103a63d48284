import type { Document } from "./document.js";
import { readShare } from "./share.js";
import type { Sink } from "./sink.js";
import { StatisticsCollector } from "./stats/collector.js";
import type { StatisticsOptions, StepDetails } from "./stats/details.js";
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
  /** In a run with `statistics`. */
  details?: StepDetails | undefined;
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
  /** Whether `stats()` gets sizes, times, histograms of what was measured and samples of what was dropped. Default false. */
  statistics?: boolean | StatisticsOptions | undefined;
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
  let collector: StatisticsCollector | undefined;
  return {
    source: from,
    steps: flat,
    sink,
    docs(options = {}) {
      stats = [from, ...flat].map(({ name }) => counters(name));
      const { statistics } = options;
      collector = statistics
        ? new StatisticsCollector(stats.length, statistics === true ? {} : statistics)
        : undefined;
      return run(from, flat, stats, options, collector);
    },
    stats: () =>
      stats.map((step, at) => ({
        ...step,
        dropped: { ...step.dropped },
        ...(collector && { details: collector.details(at) }),
      })),
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
  collector: StatisticsCollector | undefined,
): AsyncIterable<Document> {
  const context = (at: number): StepContext => ({
    signal,
    drop(document, verdict) {
      const { name, dropped } = stats[at]!;
      dropped[verdict.reason] = (dropped[verdict.reason] ?? 0) + 1;
      if (at === 0) stats[0]!.in++;
      collector?.drop(at, document, verdict);
      onDrop?.({ step: name, document, verdict });
    },
    ...(collector && { observe: (verdicts) => collector.observe(at, verdicts) }),
  });
  const stage = (at: number, stream: AsyncIterable<Document>) =>
    counted(collector?.timed(at, stream) ?? stream, stats, at, signal, collector);
  const read = world === 1 ? source.read(context(0)) : readShare(source, { rank, world }, context(0));
  let stream = stage(0, read);
  steps.forEach((step, i) => {
    stream = stage(i + 1, step.transform(stream, context(i + 1)));
  });
  return stream;
}

/** Counts what leaves the stage `at`, and so enters the next. */
async function* counted(
  stream: AsyncIterable<Document>,
  stats: StepStats[],
  at: number,
  signal: AbortSignal | undefined,
  collector: StatisticsCollector | undefined,
): AsyncGenerator<Document> {
  signal?.throwIfAborted();
  for await (const document of stream) {
    signal?.throwIfAborted();
    stats[at]!.out++;
    if (at === 0) stats[0]!.in++;
    const next = stats[at + 1];
    if (next) next.in++;
    collector?.pass(at, document);
    yield document;
  }
}
