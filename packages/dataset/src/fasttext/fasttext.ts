import { type FasttextArguments, readArguments, writeArguments } from "./arguments.js";
import { BinaryReader, BinaryWriter, FasttextFormatError } from "./binary.js";
import { type Dictionary, readDictionary, writeDictionary } from "./dictionary.js";
import { type Matrix, readMatrix, writeMatrix } from "./matrix.js";
import { type Output, outputOf } from "./output.js";

/** A label and how probable it is. */
export interface FasttextPrediction {
  /** Without fastText's `__label__`. */
  label: string;
  /** From 0 to 1, and up to .00001 above that: as fastText gives it. */
  probability: number;
}

/**
 * A text classifier of fastText (Joulin et al. 2016), which predicts as fastText itself does: a text is the mean of the
 * rows of its words, of their n-grams of characters and of its n-grams of words, and one layer over that gives the
 * labels.
 */
export class Fasttext {
  readonly #arguments: FasttextArguments;
  readonly #dictionary: Dictionary;
  readonly #input: Matrix;
  readonly #output: Matrix;
  readonly #score: Output;
  readonly #hidden: Float32Array;

  /** Use `loadFasttext`, or train one. */
  constructor(args: FasttextArguments, dictionary: Dictionary, input: Matrix, output: Matrix) {
    this.#arguments = args;
    this.#dictionary = dictionary;
    this.#input = input;
    this.#output = output;
    this.#score = outputOf(args.loss, output, dictionary.content.counts.slice(dictionary.wordCount));
    this.#hidden = new Float32Array(args.dim);
  }

  /** All labels, the most frequent in training first. */
  get labels(): readonly string[] {
    return this.#dictionary.labels;
  }

  /** The `k` most probable labels of a text; none if there is nothing to go by. Line ends count as spaces. */
  predict(text: string, k = 1): FasttextPrediction[] {
    const dictionary = this.#dictionary;
    dictionary.look(text.includes("\n") ? text.replaceAll("\n", " ") : text);
    if (dictionary.count === 0) return [];
    mean(this.#input, dictionary.rows, dictionary.count, this.#hidden);
    return this.#score(this.#hidden, k).map(([label, logProbability]) => ({
      label: this.labels[label]!,
      probability: Math.exp(logProbability),
    }));
  }

  /** The model as a `.bin` file, which fastText opens too. A quantised model is written in full. */
  save(): Uint8Array {
    const { pruned } = this.#dictionary.content;
    if (pruned) throw new PrunedModelError();
    const writer = new BinaryWriter();
    writeArguments(writer, this.#arguments);
    writeDictionary(writer, this.#dictionary);
    for (const matrix of [this.#input, this.#output]) {
      writer.bool(false);
      writeMatrix(writer, matrix);
    }
    return writer.finish();
  }
}

/** A pruned model has no form in which all its rows could be written. */
export class PrunedModelError extends Error {
  override readonly name = "PrunedModelError";
  constructor() {
    super(
      "This model was pruned when it was quantised, and cannot be written as a .bin. Keep the .ftz it came from.",
    );
  }
}

/**
 * Reads a supervised model of fastText, `.bin` or `.ftz`, from the bytes of its file.
 *
 * @throws FasttextFormatError if it is none, or is cut off
 */
export function loadFasttext(bytes: Uint8Array): Fasttext {
  const reader = new BinaryReader(bytes);
  const args = readArguments(reader);
  const dictionary = readDictionary(reader, args);
  const quantized = reader.bool();
  const input = readMatrix(reader, quantized);
  const output = readMatrix(reader, reader.bool() && quantized);
  const buckets = dictionary.content.pruned?.size ?? (args.maxn > 0 || args.wordNgrams > 1 ? args.bucket : 0);
  if (
    input.columns !== args.dim ||
    output.columns !== args.dim ||
    input.rows < dictionary.wordCount + buckets
  ) {
    throw new FasttextFormatError(
      `${input.rows} x ${input.columns} values for ${dictionary.wordCount} words`,
    );
  }
  if (output.rows !== dictionary.labels.length) {
    throw new FasttextFormatError(`${output.rows} rows for ${dictionary.labels.length} labels`);
  }
  return new Fasttext(args, dictionary, input, output);
}

/** The mean of some rows. */
export function mean(
  { values, columns }: Matrix,
  rows: Int32Array,
  count: number,
  result: Float32Array,
): void {
  result.fill(0);
  for (let i = 0; i < count; i++) {
    const from = rows[i]! * columns;
    for (let column = 0; column < columns; column++) result[column]! += values[from + column]!;
  }
  for (let column = 0; column < columns; column++) result[column]! /= count;
}
