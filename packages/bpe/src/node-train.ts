import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { cutsOf } from "./borders.js";
import { TrainingError } from "./errors.js";
import { hasEdits } from "./normalizer.js";
import { safeParts, textOf } from "./text-parts.js";
import type { Tokenizer } from "./tokenizer.js";
import { type TextSink, trainFrom } from "./train.js";
import { checkTraining, planOf, TRAIN, type TrainOptions, type TrainPlan } from "./train-options.js";

/** Bytes that are read at once: on workers, a job. */
const CHUNK = 2 ** 20;
const JOB = 2 ** 23;
const NEWLINE = 10;

/** How to train on files. */
export interface TrainFilesOptions extends TrainOptions {
  /** Whether each line, with its line break, is a text by itself, as for Hugging Face's trainer; else each file is one. Default: true. */
  lines?: boolean;
}

/**
 * `train` on files of UTF-8, with little of them in memory at a time. Bytes that are not UTF-8 count as U+FFFD.
 *
 * @throws TrainingError, or the file system's error
 */
export async function trainFiles(
  paths: string | readonly string[],
  options: TrainFilesOptions,
): Promise<Tokenizer> {
  checkTraining("trainFiles", options, { ...TRAIN, lines: "boolean" });
  const files = typeof paths === "string" ? [paths] : paths;
  if (files.length === 0) throw new TrainingError("There are no files to train on: name at least one.");
  let total = 0;
  for (const path of files) {
    const entry = await stat(path);
    if (entry.isDirectory()) throw new TrainingError(`${path} is a folder: name the files in it.`);
    total += entry.size;
  }
  function* streams() {
    for (const path of files) yield createReadStream(path, { highWaterMark: CHUNK });
  }
  return trainStreams(streams(), total, options);
}

/** The same on UTF-8 from anywhere, `totalBytes` of it if that is known. */
export async function trainStreams(
  streams: Iterable<AsyncIterable<Uint8Array>>,
  totalBytes: number | undefined,
  { lines = true, ...options }: TrainFilesOptions,
): Promise<Tokenizer> {
  const plan = planOf(options);
  const feed = lines ? feedLines : feedText;
  return trainFrom(plan, totalBytes, async (sink) => {
    for (const stream of streams) await feed(stream, sink, plan);
  });
}

async function feedText(
  stream: AsyncIterable<Uint8Array>,
  sink: TextSink,
  { pattern, normalizer }: TrainPlan,
): Promise<void> {
  for await (const part of safeParts(textOf(stream), cutsOf(pattern, normalizer))) await sink.add(part);
}

async function feedLines(
  stream: AsyncIterable<Uint8Array>,
  sink: TextSink,
  { pattern, normalizer, workers }: TrainPlan,
): Promise<void> {
  const size = workers > 0 ? JOB : CHUNK;
  let pending: Uint8Array[] = [];
  let length = 0;
  let enough = size;
  for await (const chunk of stream) {
    pending.push(chunk);
    length += chunk.length;
    if (length < enough) continue;
    const bytes = joined(pending, length);
    // Only the known patterns end a piece wherever a long line is cut, and edits mind where it ends.
    const end = borderIn(bytes, !(pattern instanceof RegExp || hasEdits(normalizer)));
    // Each with memory of its own, which may be given away to a worker.
    if (end > 0) await sink.addLines(wellFormed(bytes.slice(0, end)));
    pending = [bytes.subarray(end)];
    length -= end;
    // Of a line that is longer than all that was read, twice as much is waited for, which keeps the work linear.
    enough = Math.max(size, 2 * length);
  }
  if (length > 0) await sink.addLines(wellFormed(joined(pending, length)));
}

/** As `Buffer.concat`, which takes small ones from memory that others share. */
function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Behind the last line; of a line that fills the buffer, before a blank that follows a letter, if lines may be cut. */
function borderIn(bytes: Uint8Array, cutsLines: boolean): number {
  const line = bytes.lastIndexOf(NEWLINE) + 1;
  if (line > 0 || !cutsLines) return line;
  for (let at = bytes.length - 1; at > 0; at--) {
    if (bytes[at] === 0x20 && ((bytes[at - 1]! | 0x20) - 0x61) >>> 0 < 26) return at;
  }
  return 0;
}

function wellFormed(utf8: Uint8Array): Uint8Array {
  if (isUtf8(utf8)) return utf8;
  return new TextEncoder().encode(new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8));
}
