import type { Characters } from "./character-tables.js";
import { type Encoder, IdBuffer } from "./encoder.js";
import { createEncoder } from "./model.js";
import { hasEdits, normalize } from "./normalizer.js";
import { Borders, type Offsets } from "./offsets.js";
import type { TokenizerParts } from "./parts.js";
import { wellFormed } from "./pieces.js";
import { type Around, readAround } from "./post-processor.js";
import { type Segment, Segmenter } from "./segments.js";
import { type EncodeOptions, ordinary } from "./special.js";

const NONE: Around = { before: [], after: [] };

/** From text to ids: added tokens split out, the rest normalised, prepared, cut and merged. */
export class Pipeline {
  readonly encoder: Encoder;
  readonly #parts: TokenizerParts;
  readonly #segmenter: Segmenter;
  readonly #scratch = new IdBuffer();
  #longest = 0;

  constructor(parts: TokenizerParts) {
    this.#parts = parts;
    const { characters } = parts;
    this.encoder = createEncoder(characters ? { ...parts, ...kernelParts(characters) } : parts);
    this.#segmenter = new Segmenter(parts.special, (text) => this.normalize(text));
  }

  /** The ids, in a buffer that the next call uses again. */
  encode(text: string, options: EncodeOptions): IdBuffer {
    const out = this.#scratch;
    out.start(text.length);
    const { before, after } = this.around(options);
    for (const id of before) out.push(id);
    for (const segment of this.segments(text, options)) {
      if (segment.token) out.push(segment.token.id);
      else this.#encodePlain(segment.text, out);
    }
    for (const id of after) out.push(id);
    return out;
  }

  /** See `Tokenizer.encodeWithOffsets`. */
  offsets(text: string, options: EncodeOptions): Offsets {
    const out = new IdBuffer();
    const { vocabulary, characters } = this.#parts;
    const borders = new Borders(vocabulary);
    let covered = "";
    const { before, after } = this.around(options);
    const add = (ids: readonly number[]) => {
      for (const id of ids) {
        out.push(id);
        borders.token("");
      }
    };
    add(before);
    for (const segment of this.segments(text, options)) {
      covered += segment.text;
      const from = out.length;
      if (segment.token) {
        out.push(segment.token.id);
        borders.token(segment.text);
      } else {
        this.#encodePlain(segment.text, out);
        const ids = out.ids.subarray(from, out.length);
        if (characters?.hasUnknown) {
          let at = 0;
          for (const id of ids) {
            const end = characters.end(segment.text, at, id);
            borders.token(segment.text.slice(at, end));
            at = end;
          }
        } else borders.plain(ids);
      }
    }
    add(after);
    return {
      ids: out.taken(),
      bytes: borders.bytes(),
      utf16: borders.utf16(),
      text: covered,
    };
  }

  /** How many ids there are, or `limit + 1` where there are more than `limit`. */
  count(text: string, options: EncodeOptions, limit: number): number {
    if (text.length > limit * this.#mostUnits()) return limit + 1;
    const { before, after } = this.around(options);
    let total = before.length + after.length;
    for (const segment of this.segments(text, ordinary(options))) {
      total += segment.token ? 1 : this.#countPlain(segment.text, limit - total);
      if (total > limit) return limit + 1;
    }
    return total;
  }

  /** The pieces of plain text. */
  split(text: string): string[] {
    const { prepare } = this.#parts;
    const plain = this.normalize(text);
    return (prepare && plain ? prepare(plain, true) : [plain]).flatMap((part) => this.encoder.pieces(part));
  }

  /** What `addSpecialTokens` adds. */
  around({ addSpecialTokens }: EncodeOptions): Around {
    return addSpecialTokens ? readAround(this.#parts.file?.["post_processor"]) : NONE;
  }

  /** The segments as the encoder takes them. */
  segments(text: string, options: EncodeOptions): Iterable<Segment> {
    const segments = this.#segmenter.segments(text, options);
    return this.#parts.prepare ? prepared(segments, this.#parts.prepare) : segments;
  }

  normalize(text: string): string {
    const { normalizer, pattern } = this.#parts;
    // An expression of the user's must see what the bytes will say.
    return normalize(pattern instanceof RegExp ? wellFormed(text) : text, normalizer);
  }

  #encodePlain(text: string, out: IdBuffer): void {
    const from = out.length;
    this.encoder.encode(text, out);
    if (!this.#parts.characters) return;
    const ids = this.#parts.characters.spelled(out.ids.slice(from, out.length));
    out.length = from;
    out.append(ids);
  }

  #countPlain(text: string, limit: number): number {
    if (!this.#parts.characters) return this.encoder.count(text, limit);
    const out = new IdBuffer();
    this.#encodePlain(text, out);
    return out.length;
  }

  /** UTF-16 units that one token can stand for. */
  #mostUnits(): number {
    const { vocabulary, special, normalizer, characters, prepare } = this.#parts;
    // An edit may make a short text of any.
    if (characters?.hasUnknown || prepare || hasEdits(normalizer)) return Number.POSITIVE_INFINITY;
    if (special.tokens.some((token) => token.lstrip || token.rstrip)) return Number.POSITIVE_INFINITY;
    if (this.#longest === 0) {
      for (let id = 0; id < vocabulary.size; id++) {
        this.#longest = Math.max(this.#longest, vocabulary.offsets[id + 1]! - vocabulary.offsets[id]!);
      }
    }
    // A unit is at least one byte; composing makes at most four units one character.
    return this.#longest * (normalizer ? 4 : 1);
  }
}

function kernelParts({ vocabulary, merges, byteIds }: Characters): Partial<TokenizerParts> {
  return { vocabulary, merges, byteIds };
}

function* prepared(
  segments: Iterable<Segment>,
  prepare: NonNullable<TokenizerParts["prepare"]>,
): Generator<Segment> {
  let first = true;
  for (const segment of segments) {
    if (segment.token) yield segment;
    else for (const text of prepare(segment.text, first)) yield { text };
    first = false;
  }
}
