import { classTable } from "./classes.js";
import { Encoder } from "./encoder.js";
import { Kernel } from "./kernel.js";
import { kernelModule } from "./kernel-module.js";
import type { Merges } from "./merges.js";
import type { TokenizerParts } from "./parts.js";

/** The fields of assembly/model.ts, four bytes each, in their order there. */
const FIELDS = [
  "cache",
  "cacheShift",
  "cacheUsed",
  "cacheLimit",
  "long",
  "longShift",
  "longUsed",
  "longLimit",
  "kept",
  "keptLength",
  "keptLimit",
  "pairs",
  "pairShift",
  "made",
  "byteIds",
  "arena",
  "offsets",
  "size",
  "special",
  "wholePiece",
  "scratch",
] as const;

/** Short words and longer pieces that can be remembered beside the vocabulary's own, at the least. */
const SHORT_WORDS = 2 ** 15;
const LONG_PIECES = 2 ** 13;
/** Bytes for what has no room in a slot. */
const KEPT = 2 ** 21;
const BUCKET = 64;
const SLOT = 32;
const PAIR = 12;

type Fields = Record<(typeof FIELDS)[number], number>;

/** Lays a vocabulary out in the memory of a kernel of its own. */
export function createEncoder(parts: TokenizerParts): Encoder {
  const { vocabulary, merges, byteIds, wholePiece, pattern } = parts;
  const { size, count, arena, offsets, special } = vocabulary;
  const kernel = new Kernel(kernelModule());
  const model = kernel.allocate(FIELDS.length * 4);
  const long = wholePiece ? longTokens(offsets) : 0;
  const buckets = log2((wholePiece ? count - long : 0) * 0.75 + SHORT_WORDS);
  const slots = log2((long + LONG_PIECES) * 1.5);
  const pairs = log2(merges.length * 2 + 2);
  const fields: Fields = {
    cache: kernel.allocate(BUCKET * 2 ** buckets),
    cacheShift: 64 - buckets,
    cacheUsed: 0,
    cacheLimit: 1.4 * 2 ** buckets,
    long: kernel.allocate(SLOT * 2 ** slots),
    longShift: 64 - slots,
    longUsed: 0,
    longLimit: 0.7 * 2 ** slots,
    kept: kernel.allocate(KEPT),
    keptLength: 0,
    keptLimit: KEPT,
    pairs: kernel.allocate(PAIR * 2 ** pairs),
    pairShift: 64 - pairs,
    made: kernel.copy(merges.token.subarray(0, merges.length)),
    byteIds: kernel.copy(byteIds),
    offsets: kernel.copy(offsets),
    size,
    special: kernel.copy(special),
    // Behind it comes the table of classes, so that 16 bytes of the last token can be loaded.
    arena: kernel.copy(arena),
    wholePiece: wholePiece ? 1 : 0,
    scratch: 0,
  };
  const classes = kernel.copy(classTable());
  kernel.words.set(
    FIELDS.map((field) => fields[field]),
    model >> 2,
  );
  kernel.bytes.fill(0xff, fields.pairs, fields.pairs + PAIR * 2 ** pairs);
  addMerges(kernel, model, merges);
  kernel.run.empty(model);
  return new Encoder(kernel, pattern, model, classes);
}

function addMerges(kernel: Kernel, model: number, merges: Merges): void {
  const { top } = kernel;
  const { left, right, length } = merges;
  const [a, b] = [left, right].map((ids) => kernel.copy(ids.subarray(0, length)));
  kernel.run.addMerges(model, a!, b!, 0, length);
  kernel.free(top);
}

/** The power of two at or above `n`. */
function log2(n: number): number {
  return Math.max(1, Math.ceil(Math.log2(n)));
}

function longTokens(offsets: Uint32Array): number {
  let count = 0;
  for (let id = 0; id + 1 < offsets.length; id++) if (offsets[id + 1]! - offsets[id]! > 15) count++;
  return count;
}
