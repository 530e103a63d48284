import { TokenizerFormatError, VocabularyError } from "./errors.js";
import type { Expressions } from "./expressions.js";
import { isCharacterLevel, ordinaryNormalizer, ordinaryPattern } from "./hf-steps.js";
import { asObject, type Json, parseJson } from "./json.js";
import { byteIdsOf } from "./merges.js";
import { type NormalizationForm, type Normalizer, stepsOf, type TextEdit } from "./normalizer.js";
import type { ExpressionWriter, TokenizerParts } from "./parts.js";
import { PATTERN_SOURCES, type Pattern, sourceOf } from "./patterns.js";
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
  truncation: object | null;
  padding: object | null;
  added_tokens: HFAddedToken[];
  normalizer: object | null;
  pre_tokenizer: object | null;
  post_processor: object | null;
  decoder: object | null;
  model: {
    type: "BPE";
    dropout: null;
    unk_token: string | null;
    continuing_subword_prefix: null;
    end_of_word_suffix: null;
    fuse_unk: boolean;
    byte_fallback: boolean;
    ignore_merges: boolean;
    vocab: Record<string, number>;
    merges: [string, string][];
  };
}

/** Reads files whose tokens are made of characters: `characters` of `@llm/bpe/characters`. */
export type CharacterReader = (file: Json, model: Json, special: SpecialTokens) => TokenizerParts;

/** What the less ordinary files need. */
export interface HFOptions {
  /** Reads tokens made of characters. Default: such files are an error. */
  characters?: CharacterReader;
  /** Reads text treated in ways of a file's own. Default: such files are an error. */
  expressions?: Expressions;
}

/** Which reader a file needs. @throws TokenizerFormatError */
export function readerFor(file: Json): keyof HFOptions | undefined {
  if (isCharacterLevel(file)) return "characters";
  return ordinaryPattern(file) === undefined || ordinaryNormalizer(file) === undefined
    ? "expressions"
    : undefined;
}

/** @throws TokenizerFormatError, VocabularyError */
export function readHF(json: object | string, readers: HFOptions): TokenizerParts {
  const file = parseJson(json, "The tokenizer file");
  const model = asObject(file["model"], '"model"');
  checkModel(model);
  const special = new SpecialTokens(readAddedTokens(file["added_tokens"]));
  if (!Array.isArray(model["merges"])) {
    throw new TokenizerFormatError('"model.merges" is missing or not a list.');
  }
  const needed = readerFor(file);
  if (needed && !readers[needed]) {
    const why =
      needed === "characters" ? "tokens are made of characters" : "text is not only cut by a known pattern";
    throw new TokenizerFormatError(
      `The ${why}: \`await Tokenizer.openHF(json)\`, or pass { ${needed} } of @llm/bpe/${needed}.`,
    );
  }
  // What these hold is in the parts, and written from there.
  const { vocab, merges, ...flags } = model;
  const kept = { ...file, model: flags };
  if (needed === "characters") return { ...readers.characters!(file, model, special), file: kept };
  const tokens = readVocab(asObject(model["vocab"], '"model.vocab"'), special);
  const { vocabulary } = tokens;
  return {
    pattern: ordinaryPattern(file)!,
    normalizer: ordinaryNormalizer(file)!,
    ...(needed && readers.expressions!.read(file)),
    vocabulary,
    merges: readMerges(model["merges"], tokens),
    byteIds: byteIdsOf(vocabulary),
    wholePiece: model["ignore_merges"] === true,
    special,
    file: kept,
  };
}

/**
 * The same as a file.
 * @param write says expressions of the user's. @throws TokenizerFormatError where it is needed and not there, or cannot
 */
export function writeHF(parts: TokenizerParts, write = parts.writeExpression): HFTokenizer {
  const { merges, special, pattern, normalizer, wholePiece, file } = parts;
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
  const name = tokenNames(parts);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    normalizer: null,
    pre_tokenizer: null,
    post_processor: file ? null : byteLevel,
    decoder: file ? null : byteLevel,
    ...(structuredClone(file) ?? {
      normalizer: writeNormalizer(normalizer, write),
      pre_tokenizer: writePattern(pattern, write),
    }),
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
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ...(file?.["model"] as object | undefined),
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
  // Older files leave the type out; a list of tokens is Unigram's.
  const type = model["type"] ?? (Array.isArray(model["vocab"]) ? "Unigram" : "BPE");
  if (type !== "BPE") {
    throw new TokenizerFormatError(
      `The model is ${JSON.stringify(type)}: only "BPE" can be read. Use the package tokenizers.`,
    );
  }
  for (const key of ["dropout", "continuing_subword_prefix", "end_of_word_suffix"]) {
    const value = model[key];
    if (value && value !== "") {
      throw new TokenizerFormatError(`model.${key} is ${JSON.stringify(value)}: it cannot be read.`);
    }
  }
}

/** Added tokens as files have them. @throws TokenizerFormatError, VocabularyError */
export function readAddedTokens(value: unknown): AddedToken[] {
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

/** A pattern as a pre-tokenizer. */
function writePattern(pattern: Pattern, write: ExpressionWriter | undefined): object {
  // ByteLevel's own expression is GPT-2's.
  const own = typeof pattern === "string" && PATTERN_SOURCES[pattern] === PATTERN_SOURCES.gpt2;
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: own };
  if (own) return byteLevel;
  const Regex = typeof pattern === "string" ? PATTERN_SOURCES[pattern] : written(pattern, write);
  return {
    type: "Sequence",
    pretokenizers: [{ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false }, byteLevel],
  };
}

function writeNormalizer(normalizer: Normalizer | null, write: ExpressionWriter | undefined): object | null {
  const steps = stepsOf(normalizer).map((step: NormalizationForm | TextEdit) => {
    if (typeof step === "string") return { type: step };
    if (step.type !== "Replace" || !(step.pattern instanceof RegExp)) return step;
    return { ...step, pattern: { Regex: written(step.pattern, write) } };
  });
  return steps.length > 1 ? { type: "Sequence", normalizers: steps } : (steps[0] ?? null);
}

function written(expression: RegExp, write: ExpressionWriter | undefined): string {
  const source = sourceOf(expression) ?? write?.(expression);
  if (source !== undefined) return source;
  throw new TokenizerFormatError(
    `A tokenizer.json says ${expression} in other words: pass { expressions } of @llm/bpe/expressions to toHF, ` +
      "or write the file by `save` of @llm/bpe/node.",
  );
}
