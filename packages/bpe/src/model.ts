import type { Kernel } from "./kernel.js";
import type { Merges } from "./merges.js";
import type { Vocabulary } from "./vocabulary.js";

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

/** A vocabulary and its merges in a kernel's memory. */
export class Model {
  readonly address: number;
  readonly #kernel: Kernel;

  constructor(
    kernel: Kernel,
    vocabulary: Vocabulary,
    merges: Merges,
    byteIds: Int32Array,
    wholePiece: boolean,
  ) {
    this.#kernel = kernel;
    this.address = kernel.allocate(FIELDS.length * 4);
    const { size, count, arena, offsets, special } = vocabulary;
    this.#set("made", kernel.copy(merges.token.subarray(0, merges.length)));
    this.#set("byteIds", kernel.copy(byteIds));
    this.#set("arena", kernel.copy(arena));
    kernel.allocate(16); // 16 bytes of the last token can be loaded
    this.#set("offsets", kernel.copy(offsets));
    this.#set("special", kernel.copy(special));
    this.#set("size", size);

    this.#set("wholePiece", wholePiece ? 1 : 0);
    const long = wholePiece ? longTokens(offsets) : 0;
    const buckets = log2((wholePiece ? count - long : 0) * 0.75 + SHORT_WORDS);
    this.#set("cacheShift", 64 - buckets);
    this.#set("cacheLimit", 1.4 * 2 ** buckets);
    this.#set("cache", kernel.allocate(BUCKET * 2 ** buckets));
    const slots = log2((long + LONG_PIECES) * 1.5);
    this.#set("longShift", 64 - slots);
    this.#set("longLimit", 0.7 * 2 ** slots);
    this.#set("long", kernel.allocate(SLOT * 2 ** slots));
    this.#set("keptLimit", KEPT);
    this.#set("kept", kernel.allocate(KEPT));

    const pairs = log2(merges.length * 2 + 2);
    this.#set("pairShift", 64 - pairs);
    const table = kernel.allocate(PAIR * 2 ** pairs);
    kernel.bytes.fill(0xff, table, table + PAIR * 2 ** pairs);
    this.#set("pairs", table);
    this.#addMerges(merges);

    kernel.run.empty(this.address);
  }

  /** Where merging may write while it works on pieces of up to `length` bytes: `kernel.run.mergeScratch(length)` bytes. */
  set scratch(address: number) {
    this.#set("scratch", address);
  }

  #addMerges(merges: Merges): void {
    const { top } = this.#kernel;
    const { left, right, length } = merges;
    const [a, b] = [left, right].map((ids) => this.#kernel.copy(ids.subarray(0, length)));
    this.#kernel.run.addMerges(this.address, a!, b!, 0, length);
    this.#kernel.free(top);
  }

  #set(field: (typeof FIELDS)[number], value: number): void {
    this.#kernel.words[(this.address >> 2) + FIELDS.indexOf(field)] = value;
  }
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
