// Whether a model, a tokenizer and an engine are those that a file was compressed with.

import { crc32 } from "@llm/platform/crc32";
import type { LogitsModel } from "../types.js";
import type { ByteTokenizer } from "./byte-tokenizer.js";
import { CompressionMismatchError } from "./errors.js";
import type { Coding } from "./header.js";

/** Logits of one model that another engine computed differ by less. */
const SAME_MODEL = 1e-2;

/** Checksum of the bytes of all tokens below `count`. */
export function tokenizerChecksum(tokenizer: ByteTokenizer, count: number): number {
  let sum = 0;
  for (let id = 0; id < count; id++) {
    const bytes = bytesOfToken(tokenizer, id);
    sum = crc32(bytes, crc32(Uint8Array.of(bytes.length & 255, bytes.length >>> 8), sum));
  }
  return sum;
}

function bytesOfToken(tokenizer: ByteTokenizer, id: number): Uint8Array {
  try {
    return tokenizer.decodeBytes([id]);
  } catch {
    return new Uint8Array(0); // a gap in the vocabulary
  }
}

/** @throws CompressionMismatchError */
export function checkModelOf(coding: Coding, model: LogitsModel, name: string): void {
  const { vocabSize, blockSize } = model;
  if (vocabSize === coding.vocabSize && blockSize === coding.blockSize) return;
  const shape = (of: { vocabSize: number; blockSize: number }) =>
    `${of.vocabSize} tokens and blocks of ${of.blockSize}`;
  throw otherModel(coding, name, ` (${shape(coding)}, not ${shape(model)})`);
}

/** @throws CompressionMismatchError */
export function checkTokenizerOf(coding: Coding, tokenizer: ByteTokenizer, count: number): void {
  if (tokenizerChecksum(tokenizer, count) === coding.tokenizer) return;
  throw new CompressionMismatchError(
    "tokenizer",
    "the file was compressed with another tokenizer: take the one that belongs to its model",
  );
}

/** @throws CompressionMismatchError */
export function checkEngine(coding: Coding, engine: string, now: Float32Array, name: string): void {
  const then = coding.probe;
  if (now.some((logit, i) => Math.abs(logit - then[i]!) > SAME_MODEL * (1 + Math.abs(then[i]!)))) {
    throw otherModel(coding, name, "");
  }
  if (engine !== coding.engine) {
    throw new CompressionMismatchError(
      "engine",
      `the file was compressed on ${called(coding.engine, "an engine that was not named")}, and this is ${called(engine, "one that is not named")}: both must compute the same bits`,
    );
  }
  if (now.every((logit, i) => Object.is(logit, then[i]))) return;
  throw new CompressionMismatchError(
    "engine",
    `this engine${engine && ` (${engine})`} computes other bits than the one that compressed the file, though it has the same name: take the same version and kind of CPU`,
  );
}

function otherModel(coding: Coding, name: string, why: string): CompressionMismatchError {
  return new CompressionMismatchError(
    "model",
    `the file was compressed with ${called(coding.name, "another model")}, and this is ${called(name, "not the same")}${why}`,
  );
}

function called(name: string, otherwise: string): string {
  return name === "" ? otherwise : `"${name}"`;
}
