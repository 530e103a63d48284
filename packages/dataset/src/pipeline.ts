import { type Kinds, shown } from "@llm/platform/options";
import { check, checkArgument, OptionsError } from "./check.js";
import { checkSource, checkStream, splitSteps } from "./check-pipeline.js";
import type { Document } from "./document.js";
import { readShare } from "./share.js";
import { type Sink, SinkError } from "./sink.js";
import { StatisticsCollector } from "./stats/collector.js";
import { STATISTICS, type StatisticsOptions, type StepDetails } from "./stats/details.js";
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

/** Options of `Pipeline.write`, and most of those of `Pipeline.docs`. */
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

/** Options of `Pipeline.docs`. */
export interface DocsOptions extends RunOptions {
  /** `false` reads a pipeline that ends in a sink without writing: what `write` would have written. */
  sink?: false | undefined;
}

const RUN: Kinds<RunOptions> = {
  signal: "signal",
  onDrop: "function",
  rank: "natural",
  world: "count",
  statistics: "boolean|object",
};

/**
 * A source and the steps its documents go through, one document at a time. Nothing runs until `docs` is read or `write` is
 * called.
 */
export interface Pipeline {
  readonly source: Source;
  readonly steps: readonly Step[];
  /** Where `write` and the executors write what comes out. */
  readonly sink?: Sink | undefined;
  /**
   * Starts a run. Every call reads the source anew and starts the statistics at zero.
   *
   * @throws SinkError where the pipeline ends in a sink, which would stay empty, but for `docs({ sink: false })`
   */
  docs(options?: DocsOptions): AsyncIterable<Document>;
  /**
   * Runs the pipeline into its sink, and answers the paths of the files, relative to the sink's folder, that are now there.
   * For many files and workers, and to go on after a crash, take `run` of `@llm/dataset/node`.
   *
   * @throws SinkError where the pipeline ends in none, whatever the sink throws, or the signal's reason
   */
  write(options?: RunOptions): Promise<readonly string[]>;
  /** The latest run so far: the source first, then every step in order. */
  stats(): StepStats[];
}

type Steps = (Step | readonly Step[])[];

/**
 * Builds a pipeline; a list of steps, such as a preset, may stand for its steps. A sink may come last.
 *
 * @throws OptionsError for what is no source, step or sink, or stands in the wrong place
 */
export function pipeline(source: Documents, ...steps: Steps | [...Steps, Sink]): Pipeline {
  checkSource(source);
  const from = "read" in source ? source : documents(source);
  const { steps: flat, sink } = splitSteps(steps.flat());
  let stats = [from, ...flat].map(({ name }) => counters(name));
  let collector: StatisticsCollector | undefined;
  const start = (options: RunOptions) => {
    stats = [from, ...flat].map(({ name }) => counters(name));
    const { statistics } = options;
    if (typeof statistics === "object") check("statistics", statistics, STATISTICS);
    collector = statistics
      ? new StatisticsCollector(stats.length, statistics === true ? {} : statistics)
      : undefined;
    return run(from, flat, stats, options, collector);
  };
  return {
    source: from,
    steps: flat,
    sink,
    docs(options = {}) {
      check("docs", options, { ...RUN, sink: "boolean" });
      if (sink && options.sink !== false) {
        throw new SinkError(
          `docs() would leave ${sink.name} empty, in which this pipeline ends: call write(), or run it with ` +
            "run(pipeline, { logDir }) of @llm/dataset/node. docs({ sink: false }) reads without writing.",
        );
      }
      return start(options);
    },
    async write(options = {}) {
      check("write", options, RUN);
      if (!sink) {
        throw new SinkError(
          "this pipeline ends in no sink: let one, such as writeJsonl(folder), come last, or read docs().",
        );
      }
      const { rank = 0, world = 1 } = options;
      const writer = await sink.open({ rank, world });
      try {
        for await (const document of start(options)) await writer.write(document);
        return await writer.close();
      } catch (error) {
        await writer.abort().catch(() => {}); // the first error says more
        throw error;
      }
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
  checkArgument("items of documents", items, "iterable");
  return {
    name,
    async *read() {
      let position = 0;
      for await (const item of items) {
        if (typeof item !== "string" && typeof item?.text !== "string") {
          const wanted = "it must be a text, or a document { id, text, meta }";
          throw new OptionsError(`item ${position} of ${name} is ${shown(item)}: ${wanted}.`);
        }
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
    stream = stage(i + 1, checkStream(step.name, step.transform(stream, context(i + 1))));
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
