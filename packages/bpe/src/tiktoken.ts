import { TokenizerFormatError, VocabularyError } from "./errors.js";
import { byteIdsOf, requireAllBytes } from "./merges.js";
import type { TokenizerParts } from "./parts.js";
import type { Pattern } from "./patterns.js";
import { recoverMerges } from "./recover.js";
import { SpecialTokens } from "./special.js";
import { Vocabulary } from "./vocabulary.js";

/** The content of a `.tiktoken` file, as text or bytes, or its entries. */
export type TiktokenRanks = string | Uint8Array | Iterable<readonly [token: Uint8Array, rank: number]>;

/** What a table of ranks does not say by itself. */
export interface TiktokenOptions {
  /** How the vocabulary's text was cut into pieces. */
  pattern: Pattern;
  /** Special tokens and their ids, which must be free. */
  specialTokens?: ReadonlyMap<string, number> | Readonly<Record<string, number>>;
}

/** @throws TokenizerFormatError, VocabularyError */
export function readTiktoken(ranks: TiktokenRanks, options: TiktokenOptions): TokenizerParts {
  const isFile = typeof ranks === "string" || ranks instanceof Uint8Array;
  const tokens: (Uint8Array | undefined)[] = [];
  for (const [token, rank] of isFile ? parse(ranks) : ranks) {
    if (!Number.isInteger(rank) || rank < 0 || rank >= 2 ** 24) {
      throw new VocabularyError(
        `Rank ${rank} is out of range: ranks are whole numbers from 0 to ${2 ** 24 - 1}.`,
      );
    }
    if (tokens[rank])
      throw new VocabularyError(`Rank ${rank} is given twice: each token needs one of its own.`);
    tokens[rank] = token;
  }
  const { specialTokens = {} } = options;
  const special = new Map(specialTokens instanceof Map ? specialTokens : Object.entries(specialTokens));
  const ids = addSpecialTokens(tokens, special);
  const vocabulary = new Vocabulary(tokens, (id) => !ids.has(id));
  const byteIds = byteIdsOf(vocabulary);
  requireAllBytes(byteIds);
  const ranked = Array.from(tokens.keys()).filter((id) => !ids.has(id) && (tokens[id]?.length ?? 0) > 1);
  return {
    vocabulary,
    byteIds,
    merges: recoverMerges(vocabulary, byteIds, ranked),
    pattern: options.pattern,
    wholePiece: true,
    special: new SpecialTokens(special),
    normalizer: null,
  };
}

/** Puts special tokens at their ids, which must be free; returns those ids. */
export function addSpecialTokens(
  tokens: (Uint8Array | undefined)[],
  special: ReadonlyMap<string, number>,
): Set<number> {
  const ids = new Set<number>();
  for (const [token, id] of special) {
    if (!Number.isInteger(id) || id < 0 || id >= 2 ** 24) {
      throw new VocabularyError(
        `Special token ${JSON.stringify(token)} has the id ${id}: give it a whole number.`,
      );
    }
    if (tokens[id]) {
      throw new VocabularyError(`Special token ${JSON.stringify(token)} has the id ${id}, which is taken.`);
    }
    tokens[id] = new TextEncoder().encode(token);
    ids.add(id);
  }
  return ids;
}

/** The content of a `.tiktoken` file. @throws VocabularyError where ids are not in the order of the merges. */
export function writeTiktoken(parts: TokenizerParts): string {
  const { vocabulary, merges, byteIds, special, wholePiece } = parts;
  const lines: string[] = [];
  const ranked: number[] = [];
  const specials = new Set([...special.ids.values(), ...special.always.values()]);
  for (let id = 0; id < vocabulary.size; id++) {
    if (!vocabulary.has(id) || specials.has(id)) continue;
    const bytes = vocabulary.bytes(id);
    if (bytes.length > 1) ranked.push(id);
    lines.push(`${btoa(String.fromCharCode(...bytes))} ${id}\n`);
  }
  requireAllBytes(byteIds);
  const recovered = recoverMerges(vocabulary, byteIds, ranked);
  let same = recovered.length === merges.length && (wholePiece || recovered.length === ranked.length);
  for (const list of ["left", "right", "token"] as const) {
    for (let rank = 0; rank < merges.length; rank++) same &&= recovered[list][rank] === merges[list][rank];
  }
  if (!same) {
    throw new VocabularyError(
      "This vocabulary cannot be written as a .tiktoken file, where a token's id is the rank of its merge: " +
        "here ids and merges are in different orders. Save it as tokenizer.json instead.",
    );
  }
  return lines.join("");
}

function* parse(file: string | Uint8Array): Generator<readonly [Uint8Array, number]> {
  const text = typeof file === "string" ? file : new TextDecoder().decode(file);
  let number = 0;
  for (const line of text.split("\n")) {
    number++;
    if (line.trim() === "") continue;
    const match = /^([A-Za-z0-9+/]+=*) (\d+)\s*$/.exec(line);
    if (!match) {
      throw new TokenizerFormatError(
        `Line ${number} of the .tiktoken file is ${JSON.stringify(line.slice(0, 60))}: expected a token in base64, a blank and its rank.`,
      );
    }
    yield [fromBase64(match[1]!, number), Number(match[2])];
  }
}

function fromBase64(text: string, line: number): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    throw new TokenizerFormatError(
      `Line ${line} of the .tiktoken file holds ${JSON.stringify(text)}, which is not base64.`,
    );
  }
}
