import { crc32 } from "@llm/platform/crc32";
import type { Kinds } from "@llm/platform/options";
import { check, checkArgument, checkModel } from "../check.js";
import { InvalidOptionError } from "../errors.js";
import type { LogitsModel } from "../types.js";
import type { ByteTokenizer } from "./byte-tokenizer.js";
import { CompressedFileError } from "./errors.js";
import { type Coding, readCompressed, writeCompressed } from "./header.js";
import { inStep, probe } from "./lockstep.js";
import { checkEngine, checkModelOf, checkTokenizerOf, tokenizerChecksum } from "./match.js";
import { RangeDecoder, RangeEncoder } from "./range-coder.js";
import { Shares } from "./shares.js";
import { bytesOf, LONGEST_STRETCH, type Symbols, symbolsOf } from "./symbols.js";

/** How far `compress` or `decompress` is. */
export interface CompressionProgress {
  /** Symbols so far, and of how many: tokens, and stretches of up to 256 bytes that are no text. */
  done: number;
  of: number;
  /** What the tokens so far would take by the model's own probabilities, in bits. Of `compress` only. */
  bits?: number;
}

/** Options of `decompress`. */
export interface DecompressOptions {
  /** What the model is called, for messages. */
  name?: string;
  /**
   * What computes, in words, such as `engine().device` of `@llm/tensor`. Other arithmetic gives other text: a file that names
   * another engine or another path of the CPU is refused.
   */
  engine?: string;
  signal?: AbortSignal;
  onProgress?: (progress: CompressionProgress) => void;
}

/** Options of `compress`. */
export interface CompressOptions extends DecompressOptions {
  /**
   * In how many rows the text is read at once, at most: more are faster, and each begins without context. Default 16, and
   * fewer where the text has less than a block for each.
   */
  rows?: number;
  /** How many tokens a row goes on with when the model's block is full. Default half a block. */
  overlap?: number;
}

const DECOMPRESS: Kinds<DecompressOptions> = {
  name: "string",
  engine: "string",
  signal: "signal",
  onProgress: "function",
};
const COMPRESS: Kinds<CompressOptions> = { ...DECOMPRESS, rows: "count", overlap: "natural" };

/**
 * Packs any bytes by a model's predictions: each token takes -log2 of its probability in bits (arithmetic coding). Only
 * `decompress` with the same model, tokenizer, engine and path of the CPU reads it again; the file names them. Bytes that the
 * model does not make smaller are stored as they are.
 */
export async function compress(
  model: LogitsModel,
  tokenizer: ByteTokenizer,
  bytes: Uint8Array,
  options: CompressOptions = {},
): Promise<Uint8Array> {
  check("compress", options, COMPRESS);
  checkArguments("compress", model, tokenizer, bytes);
  const { blockSize } = model;
  const { name = "", engine = "", overlap = Math.floor(blockSize / 2), signal, onProgress } = options;
  if (overlap >= blockSize) {
    throw new InvalidOptionError(
      "overlap",
      `overlap is ${overlap}; it must be less than the block of ${blockSize}`,
    );
  }
  const stored = { size: bytes.length, original: crc32(bytes) };
  const shares = new Shares(Math.min(model.vocabSize, tokenizer.vocabSize));
  const plain = writeCompressed({ ...stored, payload: bytes });
  const { symbols, stretches } = await symbolsOf(bytes, tokenizer, shares.escape, signal);
  // Decoders of some tokenizers depend on what stands before.
  if (crc32(bytesOf({ symbols, stretches }, tokenizer, shares.escape)) !== stored.original) return plain;
  const rows = Math.min(options.rows ?? 16, Math.ceil(symbols.length / blockSize) || 1);
  const coding: Coding = {
    symbols: symbols.length,
    rows,
    overlap,
    prefixId: model.config?.endOfText ?? 0,
    vocabSize: model.vocabSize,
    blockSize,
    tokenizer: tokenizerChecksum(tokenizer, shares.escape),
    probe: await probe(model, rows),
    name,
    engine,
  };

  const starts = startsOf(coding);
  const next = starts.slice(0, -1);
  // Stretches come in the order of turns here, and stood in the order of the text.
  const stretchAt = new Map<number, Uint8Array>();
  for (const [at, symbol] of symbols.entries()) {
    if (symbol === shares.escape) stretchAt.set(at, stretches[stretchAt.size]!);
  }
  const encoder = new RangeEncoder();
  let done = 0;
  let bits = 0;
  const turn = (row: number, logits: Float32Array): number => {
    const at = next[row]!++;
    const symbol = symbols[at]!;
    shares.load(logits);
    encoder.encode(...shares.of(symbol));
    done++;
    if (symbol !== shares.escape) {
      bits += shares.bits(symbol);
      if (row === 0) onProgress?.({ done, of: symbols.length, bits });
      return symbol;
    }
    const stretch = stretchAt.get(at)!;
    encoder.encode(stretch.length - 1, 1, LONGEST_STRETCH);
    for (const byte of stretch) encoder.encode(byte, 1, 256);
    return -1;
  };
  await inStep(model, readingOf(coding, starts), turn, signal);
  onProgress?.({ done, of: symbols.length, bits });
  const whole = writeCompressed({ ...stored, coding, payload: encoder.finish() });
  return whole.length < plain.length ? whole : plain;
}

/**
 * The bytes that `compress` packed.
 *
 * @throws CompressionMismatchError for another model, tokenizer, engine or path of the CPU
 * @throws CompressedFileError for what is no such file, is cut off or was changed
 */
export async function decompress(
  model: LogitsModel,
  tokenizer: ByteTokenizer,
  bytes: Uint8Array,
  options: DecompressOptions = {},
): Promise<Uint8Array> {
  check("decompress", options, DECOMPRESS);
  checkArguments("decompress", model, tokenizer, bytes);
  const { name = "", engine = "", signal, onProgress } = options;
  const { size, original, coding, payload } = readCompressed(bytes);
  if (!coding) {
    if (payload.length === size && crc32(payload) === original) return payload.slice();
    throw new CompressedFileError("the file is damaged: its bytes have another checksum");
  }
  const shares = new Shares(Math.min(model.vocabSize, tokenizer.vocabSize));
  checkModelOf(coding, model, name);
  checkTokenizerOf(coding, tokenizer, shares.escape);
  checkEngine(coding, engine, await probe(model, coding.rows), name);

  const decoder = new RangeDecoder(payload);
  const starts = startsOf(coding);
  const next = starts.slice(0, -1);
  const symbols = new Uint32Array(coding.symbols);
  const stretchAt = new Map<number, Uint8Array>();
  let done = 0;
  const turn = (row: number, logits: Float32Array): number => {
    const at = next[row]!++;
    shares.load(logits);
    const [symbol, from, width] = shares.at(decoder.target());
    decoder.take(from, width);
    symbols[at] = symbol;
    done++;
    if (symbol !== shares.escape) {
      if (row === 0) onProgress?.({ done, of: symbols.length });
      return symbol;
    }
    const length = 1 + takePart(decoder, LONGEST_STRETCH);
    stretchAt.set(
      at,
      Uint8Array.from({ length }, () => takePart(decoder, 256)),
    );
    return -1;
  };
  await inStep(model, readingOf(coding, starts), turn, signal);
  onProgress?.({ done, of: symbols.length });
  const stretches = [...stretchAt].sort(([a], [b]) => a - b).map(([, stretch]) => stretch);
  const text: Symbols = { symbols, stretches };
  const result = bytesOf(text, tokenizer, shares.escape);
  if (result.length === size && crc32(result) === original) return result;
  throw new CompressedFileError(
    "what was decompressed has another checksum than the original: the model computed otherwise than when it was compressed",
  );
}

function takePart(decoder: RangeDecoder, total: number): number {
  const part = decoder.target(total);
  decoder.take(part, 1, total);
  return part;
}

/** Where each row begins among the symbols, and the end of the last. */
function startsOf({ symbols, rows }: Coding): number[] {
  return Array.from({ length: rows + 1 }, (_, row) => Math.floor((symbols * row) / rows));
}

function readingOf({ prefixId, overlap }: Coding, starts: readonly number[]) {
  return { counts: starts.slice(1).map((end, row) => end - starts[row]!), prefixId, overlap };
}

function checkArguments(of: string, model: unknown, tokenizer: ByteTokenizer, bytes: unknown): void {
  checkModel(of, model);
  for (const method of ["encode", "decodeBytes"] as const) {
    if (typeof Object(tokenizer)[method] === "function") continue;
    throw new InvalidOptionError(
      "tokenizer",
      `the tokenizer of ${of} has no ${method}(): pass one such as Tokenizer of @llm/bpe`,
    );
  }
  if (!(bytes instanceof Uint8Array)) {
    checkArgument(`bytes of ${of}`, bytes, "list");
    throw new InvalidOptionError("bytes", `bytes of ${of} must be a Uint8Array`);
  }
}
