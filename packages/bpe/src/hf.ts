import { TokenizerFormatError, VocabularyError } from "./errors.js";
import { readPattern, writePattern } from "./hf-pattern.js";
import { asObject, parseJson } from "./json.js";
import { byteIdsOf } from "./merges.js";
import { readNormalizer, writeNormalizer } from "./normalizer.js";
import type { TokenizerParts } from "./parts.js";
import { type AddedToken, SpecialTokens } from "./special.js";
import { isId } from "./token-ids.js";
import { readMerges, readVocab, tokenNames, writeVocab } from "./vocab-bpe.js";

/** A token that a file adds to its model. */
export interface HFAddedToken {
  id: number;
  content: string;
  single_word: boolean;
  lstrip: boolean;
  rstrip: boolean;
  normalized: boolean;
  special: boolean;
}

/** The content of a Hugging Face tokenizer.json, as far as this package writes it. */
export interface HFTokenizer {
  version: "1.0";
  truncation: null;
  padding: null;
  added_tokens: HFAddedToken[];
  normalizer: object | null;
  pre_tokenizer: object;
  post_processor: object;
  decoder: object;
  model: {
    type: "BPE";
    dropout: null;
    unk_token: null;
    continuing_subword_prefix: null;
    end_of_word_suffix: null;
    fuse_unk: false;
    byte_fallback: false;
    ignore_merges: boolean;
    vocab: Record<string, number>;
    merges: [string, string][];
  };
}

/** @throws TokenizerFormatError, VocabularyError */
export function readHF(json: object | string): TokenizerParts {
  const file = parseJson(json, "The tokenizer file");
  const model = asObject(file["model"], '"model"');
  checkModel(model);
  const special = new SpecialTokens(readAddedTokens(file["added_tokens"]));
  const tokens = readVocab(asObject(model["vocab"], '"model.vocab"'), special);
  if (!Array.isArray(model["merges"])) {
    throw new TokenizerFormatError('"model.merges" is missing or not a list.');
  }
  const { vocabulary } = tokens;
  return {
    vocabulary,
    merges: readMerges(model["merges"], tokens),
    byteIds: byteIdsOf(vocabulary),
    pattern: readPattern(file["pre_tokenizer"]),
    wholePiece: model["ignore_merges"] === true,
    special,
    normalizer: readNormalizer(file["normalizer"]),
  };
}

/** The same as a file. */
export function writeHF(parts: TokenizerParts): HFTokenizer {
  const { merges, special, pattern, normalizer, wholePiece } = parts;
  const name = tokenNames(parts);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.tokens
      .map(({ content, id, special, singleWord, lstrip, rstrip, normalized }) => ({
        id,
        content,
        single_word: singleWord,
        lstrip,
        rstrip,
        normalized,
        special,
      }))
      .sort((a, b) => a.id - b.id),
    normalizer: writeNormalizer(normalizer),
    pre_tokenizer: writePattern(pattern),
    post_processor: { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false },
    decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: wholePiece,
      // With the added tokens: without them, Hugging Face's loader numbers those itself where ids have gaps.
      vocab: writeVocab(parts),
      merges: Array.from({ length: merges.length }, (_, rank) => [
        name(merges.left[rank]!),
        name(merges.right[rank]!),
      ]),
    },
  };
}

function checkModel(model: Readonly<Record<string, unknown>>): void {
  if (model["type"] !== undefined && model["type"] !== "BPE") {
    throw new TokenizerFormatError(`The model is ${JSON.stringify(model["type"])}: only "BPE" can be read.`);
  }
  for (const key of [
    "dropout",
    "unk_token",
    "continuing_subword_prefix",
    "end_of_word_suffix",
    "byte_fallback",
  ]) {
    const value = model[key];
    if (value && value !== "") {
      throw new TokenizerFormatError(`model.${key} is ${JSON.stringify(value)}: byte-level BPE has none.`);
    }
  }
}

function readAddedTokens(value: unknown): AddedToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new TokenizerFormatError('"added_tokens" is not a list.');
  const tokens = new Map<string, AddedToken>();
  for (const entry of value) {
    const { content, id, ...flags } = asObject(entry, 'An entry of "added_tokens"');
    if (typeof content !== "string" || !isId(id)) {
      throw new TokenizerFormatError(
        `An added token is ${JSON.stringify(entry)}: it needs a content and an id.`,
      );
    }
    const known = tokens.get(content);
    if (known && known.id !== id) {
      throw new VocabularyError(
        `Added token ${JSON.stringify(content)} has the ids ${known.id} and ${id}: keep one.`,
      );
    }
    // The first of two counts, as for the binding.
    if (known) continue;
    tokens.set(content, {
      content,
      id,
      special: flags["special"] === true,
      singleWord: flags["single_word"] === true,
      lstrip: flags["lstrip"] === true,
      rstrip: flags["rstrip"] === true,
      normalized: flags["normalized"] === true,
    });
  }
  return [...tokens.values()];
}
