import { isUtf8 } from "node:buffer";
import { open, stat } from "node:fs/promises";
import { TrainingError } from "./errors.js";
import type { Tokenizer } from "./tokenizer.js";
import { type TextSink, trainFrom } from "./train.js";
import { planOf, type TrainOptions } from "./train-options.js";

/** Bytes that are read at once: on workers, a job. */
const CHUNK = 2 ** 20;
const JOB = 2 ** 23;
const NEWLINE = 10;

/**
 * `train` on files of UTF-8, of which little is in memory at a time. They are read line by line, as Hugging Face's
 * trainer does: each line, with its line break, is a text. Bytes that are not UTF-8 count as U+FFFD.
 *
 * @throws TrainingError, or the file system's error
 */
export async function trainFiles(
  paths: string | readonly string[],
  options: TrainOptions,
): Promise<Tokenizer> {
  const plan = planOf(options);
  const files = typeof paths === "string" ? [paths] : paths;
  if (files.length === 0) throw new TrainingError("There are no files to train on: name at least one.");
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  // Only the known patterns end a piece at every such place.
  const known = !(plan.pattern instanceof RegExp);
  return trainFrom(plan, total, async (sink) => {
    for (const path of files) await feed(path, sink, plan.workers > 0 ? JOB : CHUNK, known);
  });
}

async function feed(path: string, sink: TextSink, size: number, cutsLines: boolean): Promise<void> {
  const file = await open(path);
  try {
    let buffer = new Uint8Array(size);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      length += bytesRead;
      const end = bytesRead === 0 ? length : borderIn(buffer.subarray(0, length), cutsLines);
      if (end > 0) {
        await sink.addLines(wellFormed(buffer.slice(0, end)));
        buffer.copyWithin(0, end, length);
        length -= end;
      }
      if (bytesRead === 0) return;
      if (length === buffer.length) {
        // A line that is longer than all that was read.
        const larger = new Uint8Array(length * 2);
        larger.set(buffer);
        buffer = larger;
      }
    }
  } finally {
    await file.close();
  }
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
