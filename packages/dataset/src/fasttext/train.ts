import type { Kinds } from "@llm/platform/options";
import { check, checkArgument } from "../check.js";
import type { FasttextArguments } from "./arguments.js";
import type { Dictionary } from "./dictionary.js";
import { Fasttext, mean } from "./fasttext.js";
import type { Matrix } from "./matrix.js";
import { dot, softmax } from "./output.js";
import { Vocabulary } from "./vocabulary.js";

/** A text to learn from, and what it is. */
export interface LabelledText {
  readonly text: string;
  /** One word: it may not be empty or hold whitespace. */
  readonly label: string;
}

/** Options of `trainClassifier`. The names are fastText's. */
export interface TrainClassifierOptions {
  /** Longest n-gram of words. Default 2. */
  wordNgrams?: number;
  /** Shortest and longest n-gram of characters. Default none (0). */
  minn?: number;
  maxn?: number;
  /** Columns of the matrices. Default 32. */
  dim?: number;
  /** How often each text is seen. Default 5. */
  epoch?: number;
  /** The learning rate at the start; it falls to 0 in a straight line. Default .5. */
  lr?: number;
  /** How many rows all n-grams share. Default 100,000. */
  bucket?: number;
  /** Rarer words have no row of their own. Default 1. */
  minCount?: number;
  /** Default 0. With the same texts, options and seed the model has the same bytes. */
  seed?: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: TrainingProgress) => void) | undefined;
}

/** How far training is. */
export interface TrainingProgress {
  /** From 0 to 1. */
  readonly done: number;
  /** Mean cross-entropy since the progress before, in nats. */
  readonly loss: number;
  readonly lr: number;
}

const TRAIN_CLASSIFIER: Kinds<TrainClassifierOptions> = {
  wordNgrams: "number",
  minn: "number",
  maxn: "number",
  dim: "number",
  epoch: "number",
  lr: "number",
  bucket: "number",
  minCount: "number",
  seed: "number",
  signal: "signal",
  onProgress: "function",
};

/** Texts or options that nothing can be learnt from. */
export class TrainingError extends Error {
  override readonly name = "TrainingError";
}

/**
 * Trains a fastText classifier (Joulin et al. 2016): softmax, one text at a time in a new order each time, on one
 * thread. The texts are held in memory, as the numbers of their words and n-grams. Line ends count as spaces.
 *
 * @throws TrainingError for texts with fewer than two labels, a label that is not one word, or a learning rate with
 * which training diverges
 */
export async function trainClassifier(
  texts: Iterable<LabelledText> | AsyncIterable<LabelledText>,
  options: TrainClassifierOptions = {},
): Promise<Fasttext> {
  checkArgument("texts of trainClassifier", texts, "iterable");
  check("trainClassifier", options, TRAIN_CLASSIFIER);
  const { lr = 0.5, seed = 0, signal, onProgress } = options;
  const args = argumentsOf(options);
  const random = randomNumbers(seed);
  const { dictionary, samples, wordTotal } = await read(texts, args, signal);
  const labels = dictionary.labels.length;
  if (labels < 2)
    throw new TrainingError(`There are ${labels} labels in the texts, and at least 2 are needed.`);

  const hasBuckets = args.wordNgrams > 1 || args.maxn > 0;
  const input = matrix(dictionary.wordCount + (hasBuckets ? args.bucket : 0), args.dim);
  for (let i = 0; i < input.values.length; i++) input.values[i] = (2 * random() - 1) / args.dim;
  const output = matrix(labels, args.dim);
  const update = updater(input, output);

  const total = wordTotal * args.epoch;
  const report = reporter(onProgress, signal);
  let seen = 0;
  for (let epoch = 0; epoch < args.epoch; epoch++) {
    shuffle(samples, random);
    for (const { rows, label, words } of samples) {
      const rate = lr * (1 - seen / total);
      const loss = update(rows, label, rate);
      if (!Number.isFinite(loss)) {
        throw new TrainingError(`Training diverges with a learning rate (lr) of ${lr}: take a lower one.`);
      }
      seen += words;
      await report(seen / total, loss, rate);
    }
  }
  return new Fasttext(args, dictionary, input, output);
}

function argumentsOf(options: TrainClassifierOptions): FasttextArguments {
  const { wordNgrams = 2, minn = 0, maxn = 0, dim = 32, epoch = 5, bucket = 100_000, minCount = 1 } = options;
  for (const [name, value] of Object.entries({ wordNgrams, dim, epoch, bucket, minCount })) {
    if (!Number.isInteger(value) || value < 1)
      throw new TrainingError(`${name} is ${value}: give a whole number from 1.`);
  }
  return { dim, epoch, minCount, wordNgrams, loss: "softmax", bucket, minn, maxn };
}

/** A text as the rows of its words and n-grams. */
interface Sample {
  rows: Int32Array;
  label: number;
  words: number;
}

async function read(
  texts: Iterable<LabelledText> | AsyncIterable<LabelledText>,
  args: FasttextArguments,
  signal: AbortSignal | undefined,
): Promise<{ dictionary: Dictionary; samples: Sample[]; wordTotal: number }> {
  const vocabulary = new Vocabulary();
  const kept: { text: string; label: string; words: number }[] = [];
  let wordTotal = 0;
  for await (const { text, label } of texts) {
    signal?.throwIfAborted();
    if (!/^[^\t-\r \0]+$/.test(label)) throw new TrainingError(`The label "${label}" is not one word.`);
    const line = text.replaceAll("\n", " ");
    const words = vocabulary.add(line, label);
    kept.push({ text: line, label, words });
    wordTotal += words;
  }
  const dictionary = vocabulary.dictionary(args.minCount, args);
  const samples = kept.map(({ text, label, words }) => {
    dictionary.look(text);
    return {
      rows: dictionary.rows.slice(0, dictionary.count),
      label: dictionary.labels.indexOf(label),
      words,
    };
  });
  return { dictionary, samples: samples.filter(({ rows }) => rows.length > 0), wordTotal };
}

function matrix(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float32Array(rows * columns) };
}

/**
 * One step down the gradient of the cross-entropy, which it returns. As in fastText, each row gets the mean's gradient
 * divided by their number.
 */
function updater(input: Matrix, output: Matrix): (rows: Int32Array, label: number, lr: number) => number {
  const { columns } = input;
  const hidden = new Float32Array(columns);
  const gradient = new Float32Array(columns);
  const probabilities = new Float64Array(output.rows);
  return (rows, label, lr) => {
    mean(input, rows, rows.length, hidden);
    for (let row = 0; row < output.rows; row++) probabilities[row] = dot(output, row, hidden);
    softmax(probabilities);
    gradient.fill(0);
    for (let row = 0; row < output.rows; row++) {
      const step = lr * (Number(row === label) - probabilities[row]!);
      for (let i = 0, at = row * columns; i < columns; i++, at++) {
        gradient[i]! += step * output.values[at]!;
        output.values[at]! += step * hidden[i]!;
      }
    }
    for (let i = 0; i < columns; i++) gradient[i]! /= rows.length;
    for (let k = 0; k < rows.length; k++) {
      for (let i = 0, at = rows[k]! * columns; i < columns; i++, at++) input.values[at]! += gradient[i]!;
    }
    return -Math.log(probabilities[label]!);
  };
}

const PAUSE = 50;

/** Reports, and lets others run, about every `PAUSE` milliseconds: only then can a signal arrive. */
function reporter(onProgress: TrainClassifierOptions["onProgress"], signal: AbortSignal | undefined) {
  let latest = performance.now();
  let sum = 0;
  let count = 0;
  return async (done: number, loss: number, lr: number): Promise<void> => {
    sum += loss;
    count++;
    if (done < 1 && performance.now() - latest < PAUSE) return;
    onProgress?.({ done, loss: sum / count, lr });
    sum = count = 0;
    await new Promise((resume) => setTimeout(resume));
    signal?.throwIfAborted();
    latest = performance.now();
  };
}

function shuffle<T>(items: T[], random: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
}

/** Numbers from 0 to 1 of a Weyl sequence whose bits are mixed (SplitMix with 32 bits). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
