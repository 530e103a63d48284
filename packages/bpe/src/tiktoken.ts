import { type Kinds, nearest } from "@llm/platform/options";
import { check } from "./check.js";
import { ENCODINGS, type EncodingName } from "./encodings.js";
import { VocabularyError } from "./errors.js";
import { byteIdsOf, requireAllBytes } from "./merges.js";
import { defaultNormalizer, type Normalizer } from "./normalizer.js";
import type { TokenizerParts } from "./parts.js";
import { checkPattern, type Pattern } from "./patterns.js";
import { recoverMerges } from "./recover.js";
import { SpecialTokens } from "./special.js";
import { parseTiktoken } from "./tiktoken-file.js";
import { isId, specialTokenMap } from "./token-ids.js";
import { requireByteLevel } from "./vocab-bpe.js";
import { Vocabulary } from "./vocabulary.js";

/** The content of a `.tiktoken` file, as text or bytes, or its entries. */
export type TiktokenRanks = string | Uint8Array | Iterable<readonly [token: Uint8Array, rank: number]>;

/** What a table of ranks does not say by itself. */
export interface TiktokenOptions {
  /** How the vocabulary's text was cut into pieces. */
  pattern: Pattern;
  /** Special tokens and their ids, which must be free. */
  specialTokens?: ReadonlyMap<string, number> | Readonly<Record<string, number>>;
  /** Default: NFC for the pattern "qwen2", none for others. */
  normalizer?: Normalizer | null;
}

/** The kinds of {@link TiktokenOptions}. */
export const TIKTOKEN: Kinds<TiktokenOptions> = {
  pattern: "string|object!",
  specialTokens: "object",
  normalizer: "any",
};

/** @throws TokenizerFormatError, VocabularyError, OptionsError */
export function readTiktoken(ranks: TiktokenRanks, encoding: EncodingName | TiktokenOptions): TokenizerParts {
  const options = typeof encoding === "string" ? publishedEncoding(encoding) : encoding;
  if (options === encoding) {
    check("fromTiktoken", options, TIKTOKEN);
    checkPattern("fromTiktoken", options.pattern);
  }
  const isFile = typeof ranks === "string" || ranks instanceof Uint8Array;
  const tokens: (Uint8Array | undefined)[] = [];
  let count = 0;
  for (const [token, rank] of isFile ? parseTiktoken(ranks) : ranks) {
    if (!isId(rank)) {
      throw new VocabularyError(
        `Rank ${rank} is out of range: ranks are whole numbers from 0 to ${2 ** 24 - 1}.`,
      );
    }
    if (tokens[rank]) {
      throw new VocabularyError(`Rank ${rank} is given twice: each token needs one of its own.`);
    }
    tokens[rank] = token;
    count++;
  }
  if (typeof encoding === "string" && count !== ENCODINGS[encoding].ranks) {
    throw new VocabularyError(
      `The table has ${count} tokens, but that of ${encoding} has ${ENCODINGS[encoding].ranks}: ` +
        "it is cut short, or another encoding's.",
    );
  }
  const special = specialTokenMap(options.specialTokens ?? {});
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
    normalizer: options.normalizer === undefined ? defaultNormalizer(options.pattern) : options.normalizer,
  };
}

function publishedEncoding(name: EncodingName): TiktokenOptions {
  if (Object.hasOwn(ENCODINGS, name)) return ENCODINGS[name];
  const near = nearest(name, Object.keys(ENCODINGS));
  throw new VocabularyError(
    `There is no published encoding ${JSON.stringify(name)}: ${near ? `did you mean "${near}"? T` : "t"}here are ${Object.keys(ENCODINGS).join(", ")}. ` +
      "For another one pass { pattern, specialTokens }.",
  );
}

/** Puts special tokens at their ids, which must be free; returns those ids. */
export function addSpecialTokens(
  tokens: (Uint8Array | undefined)[],
  special: ReadonlyMap<string, number>,
): Set<number> {
  for (const [token, id] of special) {
    if (tokens[id]) {
      throw new VocabularyError(
        `Special token ${JSON.stringify(token)} has the id ${id}, which is taken: give it a free one.`,
      );
    }
    tokens[id] = new TextEncoder().encode(token);
  }
  return new Set(special.values());
}

/** The content of a `.tiktoken` file. @throws VocabularyError where ids are not in the order of the merges. */
export function writeTiktoken(parts: TokenizerParts): string {
  requireByteLevel(parts);
  const { vocabulary, merges, byteIds, special, wholePiece } = parts;
  const lines: string[] = [];
  const ranked: number[] = [];
  const specials = new Set(special.tokens.map(({ id }) => id));
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
