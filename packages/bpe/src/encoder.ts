import { Merger } from "./merge.js";
import type { Merges } from "./merges.js";
import type { Pattern } from "./patterns.js";
import { PieceReader } from "./pieces.js";
import type { Vocabulary } from "./vocabulary.js";
import { CACHED_BYTES, WordCache } from "./word-cache.js";

/** Ids being collected: doubles as it fills. */
export class IdBuffer {
  ids = new Uint32Array(1024);
  length = 0;

  /** Makes room for `more` ids. */
  reserve(more: number): void {
    if (this.length + more <= this.ids.length) return;
    const ids = new Uint32Array(Math.max(this.ids.length * 2, this.length + more));
    ids.set(this.ids.subarray(0, this.length));
    this.ids = ids;
  }

  push(id: number): void {
    this.reserve(1);
    this.ids[this.length++] = id;
  }
}

/** Plain text to ids: pieces, then the word cache, then the vocabulary, then merging. */
export class Encoder {
  readonly merger: Merger;
  readonly #reader: PieceReader;
  readonly #cache = new WordCache();
  readonly #vocabulary: Vocabulary;
  readonly #wholePiece: boolean;

  constructor(
    vocabulary: Vocabulary,
    merges: Merges,
    byteIds: Int32Array,
    pattern: Pattern,
    wholePiece: boolean,
  ) {
    this.#vocabulary = vocabulary;
    this.merger = new Merger(merges, byteIds);
    this.#reader = new PieceReader(pattern);
    this.#wholePiece = wholePiece;
  }

  /** Appends the ids of `text`. */
  encode(text: string, out: IdBuffer): void {
    for (let at = 0; at < text.length; ) {
      at = this.#reader.read(text, at);
      this.#encodeChunk(out);
    }
  }

  /** How many ids `text` has, without keeping them; some number above `limit` where there are more than that. */
  count(text: string, limit: number): number {
    const out = new IdBuffer();
    let total = 0;
    for (let at = 0; at < text.length && total <= limit; ) {
      at = this.#reader.read(text, at);
      this.#encodeChunk(out);
      total += out.length;
      out.length = 0;
    }
    return total;
  }

  /** The pieces of `text`, as its pattern cuts it. */
  pieces(text: string): string[] {
    const reader = this.#reader;
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const pieces: string[] = [];
    for (let at = 0; at < text.length; ) {
      at = reader.read(text, at);
      for (let k = 0, start = 0; k < reader.count; k++) {
        pieces.push(decoder.decode(reader.bytes.subarray(start, reader.ends[k])));
        start = reader.ends[k]!;
      }
    }
    return pieces;
  }

  #encodeChunk(out: IdBuffer): void {
    const { bytes, view, ends, count } = this.#reader;
    if (count === 0) return;
    const cache = this.#cache;
    out.reserve(ends[count - 1]!);
    const ids = out.ids;
    let length = out.length;
    let start = 0;
    for (let k = 0; k < count; k++) {
      const end = ends[k]!;
      const size = end - start;
      if (size <= CACHED_BYTES) {
        const index = cache.find(view, start, size);
        const known = cache.slots[index + 4]!;
        if (known === 1) {
          ids[length++] = cache.slots[index + 5]!;
        } else if (known === 0) {
          const made = this.#encodePiece(bytes, start, end, ids, length);
          cache.add(view, start, size, ids, length, made);
          length += made;
        } else if (known <= 3) {
          for (let i = 0; i < known; i++) ids[length++] = cache.slots[index + 5 + i]!;
        } else {
          const from = cache.slots[index + 5]!;
          for (let i = 0; i < known; i++) ids[length++] = cache.spilled[from + i]!;
        }
      } else {
        length += this.#encodePiece(bytes, start, end, ids, length);
      }
      start = end;
    }
    out.length = length;
  }

  #encodePiece(bytes: Uint8Array, start: number, end: number, ids: Uint32Array, at: number): number {
    if (this.#wholePiece) {
      const id = this.#vocabulary.find(bytes, start, end);
      if (id >= 0) {
        ids[at] = id;
        return 1;
      }
    }
    return this.merger.merge(bytes, start, end, ids, at);
  }
}
