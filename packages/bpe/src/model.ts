import { classTable } from "./classes.js";
import { Encoder } from "./encoder.js";
import { encodingModule } from "./encoding-module.js";
import { VocabularyError } from "./errors.js";
import { type EncodingKernels, Kernel } from "./kernel.js";
import type { TokenizerParts } from "./parts.js";
import type { Vocabulary } from "./vocabulary.js";

/** The fields of assembly/model.ts, four bytes each, in their order there. */
const FIELDS = [
  "cache",
  "cacheShift",
  "cacheUsed",
  "cacheLimit",
  "recent",
  "long",
  "longShift",
  "longUsed",
  "longLimit",
  "kept",
  "keptLength",
  "keptLimit",
  "pairs",
  "pairShift",
  "merges",
  "bytePairs",
  "byteIds",
  "crossings",
  "arena",
  "offsets",
  "size",
  "special",
  "wholePiece",
  "scratch",
] as const;

/** Short words and longer pieces that can be remembered beside the vocabulary's own, at the least. */
const SHORT_WORDS = 2 ** 15;
const LONG_PIECES = 2 ** 16;
/** As assembly/short.ts has it. */
const RECENT_WORDS = 2 ** 14;
/** Bytes for what has no room in a slot. */
const KEPT = 2 ** 23;
/** As assembly/crossings.ts has it, in bytes. */
const CROSSINGS = 2 ** 15;
const BUCKET = 64;
const SLOT = 32;
const PAIR = 4;
const MERGE = 12;
/** A slot of the table of pairs has 24 bits for a rank. */
const MOST_MERGES = 2 ** 24 - 2;

type Fields = Record<(typeof FIELDS)[number], number>;

/** Writes the struct; fields that are not given are 0. */
function place(kernel: Kernel<EncodingKernels>, fields: Partial<Fields>): number {
  const model = kernel.allocate(FIELDS.length * 4);
  kernel.words.set(
    FIELDS.map((field) => fields[field] ?? 0),
    model >> 2,
  );
  return model;
}

/** Room for the pairs of so many merges, and what they make; none are in it yet. */
function roomForMerges(
  kernel: Kernel<EncodingKernels>,
  merges: number,
): Pick<Fields, "pairs" | "pairShift" | "merges" | "bytePairs"> {
  if (merges > MOST_MERGES) {
    throw new VocabularyError(`The vocabulary has ${merges} merges: at most ${MOST_MERGES} can be used.`);
  }
  const bits = log2(merges * 2 + 2);
  return {
    pairs: kernel.allocate(PAIR * 2 ** bits),
    pairShift: 64 - bits,
    merges: kernel.allocate(merges * MERGE),
    bytePairs: kernel.allocate(4 * 2 ** 16),
  };
}

/** What `assembly/recover.ts` needs of a vocabulary whose merges are not known yet. */
export function modelWithoutMerges(
  kernel: Kernel<EncodingKernels>,
  vocabulary: Vocabulary,
  byteIds: Int32Array,
  merges: number,
): number {
  return place(kernel, {
    ...roomForMerges(kernel, merges),
    byteIds: kernel.copy(byteIds),
    offsets: kernel.copy(vocabulary.offsets),
    arena: kernel.copy(vocabulary.arena),
    scratch: kernel.allocate(kernel.run.mergeScratch(vocabulary.longest)),
  });
}

/** Lays a vocabulary out in the memory of a kernel of its own. */
export function createEncoder(parts: TokenizerParts): Encoder {
  const { vocabulary, merges, byteIds, wholePiece, pattern } = parts;
  const { size, count, arena, offsets, special } = vocabulary;
  const kernel = new Kernel<EncodingKernels>(encodingModule.get());
  const long = wholePiece ? longTokens(offsets) : 0;
  const buckets = log2((wholePiece ? count - long : 0) * 0.75 + SHORT_WORDS);
  const slots = log2((long + LONG_PIECES) * 1.5);
  const model = place(kernel, {
    cache: kernel.allocate(BUCKET * 2 ** buckets),
    cacheShift: 64 - buckets,
    cacheLimit: 1.4 * 2 ** buckets,
    recent: kernel.allocate(SLOT * RECENT_WORDS),
    long: kernel.allocate(SLOT * 2 ** slots),
    longShift: 64 - slots,
    longLimit: 0.7 * 2 ** slots,
    kept: kernel.allocate(KEPT),
    keptLimit: KEPT,
    ...roomForMerges(kernel, merges.length),
    byteIds: kernel.copy(byteIds),
    crossings: kernel.allocate(CROSSINGS),
    offsets: kernel.copy(offsets),
    size,
    special: kernel.copy(special),
    // The table of classes comes behind it, so that 16 bytes of the last token can be loaded.
    arena: kernel.copy(arena),
    wholePiece: wholePiece ? 1 : 0,
  });
  const classes = kernel.copy(classTable());
  for (let rank = 0; rank < merges.length; rank++) {
    kernel.run.addMerge(model, merges.left[rank]!, merges.right[rank]!, rank, merges.token[rank]!);
  }
  kernel.run.empty(model);
  return new Encoder(kernel, pattern, model, classes);
}

/** The exponent of the power of two at or above `n`, and 1 at the least. */
function log2(n: number): number {
  return Math.max(1, Math.ceil(Math.log2(n)));
}

function longTokens(offsets: Uint32Array): number {
  let count = 0;
  for (let id = 0; id + 1 < offsets.length; id++) if (offsets[id + 1]! - offsets[id]! > 15) count++;
  return count;
}
