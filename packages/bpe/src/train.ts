import { classTable } from "./classes.js";
import { TrainingError } from "./errors.js";
import { learn } from "./learn.js";
import { hasEdits, type Normalizer, normalize } from "./normalizer.js";
import type { Pattern } from "./patterns.js";
import type { Tokenizer } from "./tokenizer.js";
import { planOf, requireTexts, type TrainOptions, type TrainPlan } from "./train-options.js";
import { trainingModule } from "./training-module.js";
import { takingTurns } from "./turns.js";
import { WordCounter } from "./word-counts.js";
import type { WorkerCounter } from "./workers/count-words.js";

/** What texts are given to: it counts their words, on this thread or others. Who gets a promise waits for it. */
export interface TextSink {
  /** One text, which is cut by itself. */
  add(text: string): Promise<void> | undefined;
  /** UTF-8 in which each line, with its line break, is a text. */
  addLines(utf8: Uint8Array): Promise<void> | undefined;
}

/**
 * Trains a byte-level BPE vocabulary on texts. Each is cut into pieces by itself. The result depends on
 * nothing but the texts and options: not on the order of the texts, nor on `workers`.
 *
 * @throws TrainingError if there is no text, or an option is not what it must be.
 */
export async function train(
  texts: string | Iterable<string> | AsyncIterable<string>,
  options: TrainOptions,
): Promise<Tokenizer> {
  requireTexts(texts);
  const source = typeof texts === "string" ? [texts] : texts;
  return trainFrom(planOf(options), undefined, async (sink) => {
    if (Symbol.asyncIterator in source) {
      for await (const text of source) await sink.add(text);
      return;
    }
    for (const text of source) {
      const pause = sink.add(text);
      if (pause) await pause;
    }
  });
}

/** Trains on what `feed` puts into the sink. */
export async function trainFrom(
  plan: TrainPlan,
  totalBytes: number | undefined,
  feed: (sink: TextSink) => Promise<void>,
): Promise<Tokenizer> {
  const { pattern, normalizer, signal, onRead, workers } = plan;
  const total = new WordCounter(trainingModule.get(), pattern, classTable());
  const report = () => onRead?.({ bytes: total.read, totalBytes, words: total.size });
  const turn = takingTurns(signal, report);
  const remote = workers > 0 ? await workerCounter(total, pattern, workers) : undefined;
  const counter = remote ?? total;
  const sink: TextSink = {
    add(text) {
      if (typeof text !== "string") {
        throw new TrainingError(`The texts to train on hold a ${typeof text}: each must be a string.`);
      }
      return counter.add(normalize(text, normalizer))?.then(turn) ?? turn();
    },
    addLines(utf8) {
      if (hasEdits(normalizer)) return addEach(sink, utf8);
      return counter.addLines(normalizeUtf8(utf8, normalizer))?.then(turn) ?? turn();
    },
  };
  try {
    await feed(sink);
    await remote?.finish();
  } finally {
    remote?.stop();
  }
  const words = total.counts();
  signal?.throwIfAborted();
  report();
  if (words.ends.length === 0) {
    throw new TrainingError(
      "There is no text to train on: every text is empty. Pass at least one that is not.",
    );
  }
  return learn(words, plan);
}

/** Lines one by one, as a normaliser's edits mind where a text begins and ends. */
async function addEach(sink: TextSink, utf8: Uint8Array): Promise<void> {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8);
  for (const [line] of text.matchAll(/[^\n]*\n|[^\n]+/g)) {
    const pause = sink.add(line);
    if (pause) await pause;
  }
}

function normalizeUtf8(utf8: Uint8Array, normalizer: Normalizer | null): Uint8Array {
  if (normalizer === null) return utf8;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8);
  return new TextEncoder().encode(normalize(text, normalizer));
}

/** Workers are loaded when they are asked for. */
async function workerCounter(total: WordCounter, pattern: Pattern, workers: number): Promise<WorkerCounter> {
  const { WorkerCounter } = await import("./workers/count-words.js");
  return new WorkerCounter(total, pattern, workers);
}
