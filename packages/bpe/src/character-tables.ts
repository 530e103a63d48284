// A vocabulary over characters, as the kernel of bytes takes it: merges in front of the file's own put characters together
// out of their UTF-8, so that all that holds for bytes (speed, long pieces, workers) holds for characters as well.
import { VocabularyError } from "./errors.js";
import { Merges } from "./merges.js";
import { type TraceStep, traceMerges } from "./trace.js";
import { Vocabulary } from "./vocabulary.js";

/** What a file over characters has beside its merges. */
export interface CharacterOptions {
  /** The bytes of each token, by id. */
  tokens: readonly (Uint8Array | undefined)[];
  vocabulary: Vocabulary;
  merges: Merges;
  /** The id of each character that is a token. */
  characters: ReadonlyMap<string, number>;
  /** The tokens that stand for the bytes of UTF-8, which spell characters that are no token. */
  byteTokens: readonly (number | undefined)[] | undefined;
  /** The token of a character that cannot be spelled. */
  unknown: number | undefined;
  /** Whether one such token stands for a run of these characters. */
  fuse: boolean;
}

/** The first byte of a character of so many bytes, and the continuations after it. */
const LEADS: readonly (readonly [number, number])[] = [
  [0xc2, 0xdf],
  [0xe0, 0xef],
  [0xf0, 0xf4],
];
const CONTINUATIONS = Array.from({ length: 64 }, (_, i) => 0x80 + i);

/** The tables of a vocabulary over characters; ids from the vocabulary's size on are known here only. */
export class Characters {
  /** What the kernel is given. */
  readonly vocabulary: Vocabulary;
  readonly merges: Merges;
  readonly byteIds = new Int32Array(256).fill(-1);
  readonly #options: CharacterOptions;
  readonly #built: number;
  /** The ids that each of our own stands for in the end. */
  readonly #spelled: (readonly number[] | undefined)[] = [];

  constructor(options: CharacterOptions) {
    const { tokens, vocabulary, merges, characters, byteTokens, unknown, fuse } = options;
    this.#options = options;
    const all = [...tokens];
    all.length = vocabulary.size;
    const own = (spelled: readonly number[] | undefined, byte?: number) => {
      this.#spelled.push(spelled);
      return all.push(byte === undefined ? undefined : Uint8Array.of(byte)) - 1;
    };
    const joins: [number, number, number][] = [];
    /** What bytes that are no whole character become. */
    const spell = (bytes: readonly number[]) => byteTokens && bytes.map((byte) => byteTokens[byte]!);
    const missing = byteTokens ? undefined : unknown;
    for (let byte = 0; byte < 256; byte++) {
      const id = byteTokens?.[byte] ?? own(missing === undefined ? undefined : [missing], byte);
      this.byteIds[byte] = (byte < 0x80 ? characters.get(String.fromCharCode(byte)) : undefined) ?? id;
    }
    const trie: Node = new Map();
    for (const [character, id] of characters) {
      const bytes = new TextEncoder().encode(character);
      let node = trie;
      for (const byte of bytes.subarray(0, -1)) {
        if (!(node.get(byte) instanceof Map)) node.set(byte, new Map());
        node = node.get(byte) as Node;
      }
      node.set(bytes.at(-1)!, id);
    }
    // Where nothing spells a character, every way that a byte may go on is a merge: what no token is becomes `unknown`.
    const dead = missing === undefined ? [] : [missing, own(undefined), own(undefined)];
    const join = (node: Node | undefined, id: number, bytes: readonly number[], rest: number) => {
      for (const byte of missing === undefined ? [...(node?.keys() ?? [])] : CONTINUATIONS) {
        const next = node?.get(byte);
        const path = [...bytes, byte];
        const made = typeof next === "number" ? next : next ? own(spell(path)) : dead[rest - 1]!;
        joins.push([id, this.byteIds[byte]!, made]);
        if (next instanceof Map) join(next, made, path, rest - 1);
      }
    };
    LEADS.forEach(([first, last], i) => {
      for (let lead = first; lead <= last; lead++) {
        join(trie.get(lead) as Node | undefined, this.byteIds[lead]!, [lead], i + 1);
      }
    });
    if (missing !== undefined) {
      for (const rest of [1, 2]) {
        for (const byte of CONTINUATIONS) joins.push([dead[rest]!, this.byteIds[byte]!, dead[rest - 1]!]);
      }
      if (fuse) {
        const lone = Array.from(this.byteIds.subarray(0, 0x80)).filter((id) => id >= vocabulary.size);
        for (const left of [missing, ...lone]) {
          for (const right of [missing, ...lone]) joins.push([left, right, missing]);
        }
      }
    }
    this.#built = joins.length;
    this.merges = new Merges(joins.length + merges.length);
    for (const [left, right, made] of joins) this.merges.add(left, right, made);
    for (let rank = 0; rank < merges.length; rank++) {
      this.merges.add(merges.left[rank]!, merges.right[rank]!, merges.token[rank]!);
    }
    this.vocabulary = new Vocabulary(all, (id) => id < vocabulary.size && vocabulary.special[id] === 0);
  }

  /** The vocabulary's own ids for those that the kernel gave. @throws VocabularyError where the text has no tokens */
  spelled(ids: Uint32Array): Uint32Array {
    const { size } = this.#options.vocabulary;
    if (ids.every((id) => id < size)) return ids;
    return Uint32Array.from(
      Array.from(ids).flatMap((id) => {
        const spelled = id < size ? [id] : this.#spelled[id - size];
        if (spelled) return spelled;
        throw new VocabularyError(
          "The text has a character that is no token, and the vocabulary has neither byte_fallback nor unk_token: it cannot be encoded.",
        );
      }),
    );
  }

  /** How far the token `id` goes in `text` from `at` on. */
  end(text: string, at: number, id: number): number {
    const { tokens, unknown, fuse, characters } = this.#options;
    if (id !== unknown) return at + new TextDecoder("utf-8", { ignoreBOM: true }).decode(tokens[id]).length;
    let end = at;
    do end += text.codePointAt(end)! > 0xffff ? 2 : 1;
    while (fuse && end < text.length && !characters.has(String.fromCodePoint(text.codePointAt(end)!)));
    return end;
  }

  /** Whether `end` must be asked: an unknown character's token does not say how long it is. */
  get hasUnknown(): boolean {
    return this.#options.unknown !== undefined && !this.#options.byteTokens;
  }

  /** See `traceMerges`: from characters on. */
  trace(bytes: Uint8Array): { start: number[]; ids: number[]; steps: TraceStep[] } {
    const plain = (ids: readonly number[]) => Array.from(this.spelled(Uint32Array.from(ids)));
    const { ids, steps } = traceMerges(bytes, this.merges, this.byteIds);
    const first = steps.findIndex(({ rank }) => rank >= this.#built);
    const count = first < 0 ? steps.length : first;
    const before = count > 0 ? steps[count - 1]!.parts : Array.from(bytes, (byte) => this.byteIds[byte]!);
    let parts = before;
    return {
      start: plain(before),
      ids: plain(ids),
      steps: steps.slice(count).map((step) => {
        const index = plain(parts.slice(0, step.index)).length;
        parts = step.parts;
        return { ...step, rank: step.rank - this.#built, index, parts: plain(parts) };
      }),
    };
  }
}

type Node = Map<number, Node | number>;
