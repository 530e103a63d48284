import { fromByteChars, toByteChars } from "./byte-alphabet.js";
import { TokenizerFormatError, VocabularyError } from "./errors.js";
import { byteIdsOf, Merges } from "./merges.js";
import type { Normalizer, TokenizerParts } from "./parts.js";
import { PATTERN_SOURCES, type Pattern, patternNamed, patternRegExp } from "./patterns.js";
import { SpecialTokens } from "./special.js";
import { Vocabulary } from "./vocabulary.js";

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
  normalizer: { type: Normalizer } | null;
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

type Json = Record<string, unknown>;

/** @throws TokenizerFormatError, VocabularyError */
export function readHF(json: object | string): TokenizerParts {
  const file = asObject(typeof json === "string" ? parse(json) : json, "The file");
  const model = asObject(file["model"], '"model"');
  checkModel(model);
  const { special, always } = readAddedTokens(file["added_tokens"]);
  const added = new Map([...special, ...always]);
  const vocab = asObject(model["vocab"], '"model.vocab"');
  const tokens: (Uint8Array | undefined)[] = [];
  const ids = new Map<string, number>();
  for (const [text, id] of Object.entries(vocab)) {
    if (!isId(id)) {
      throw new TokenizerFormatError(
        `Token ${JSON.stringify(text)} has the id ${String(id)}: ids are whole numbers.`,
      );
    }
    if (tokens[id]) {
      throw new VocabularyError(`Id ${id} is given twice, the second time to ${JSON.stringify(text)}.`);
    }
    ids.set(text, id);
    const bytes = added.get(text) === id ? new TextEncoder().encode(text) : fromByteChars(text);
    if (!bytes) {
      throw new TokenizerFormatError(
        `Token ${JSON.stringify(text)} (id ${id}) is not in the byte alphabet: this is no byte-level vocabulary.`,
      );
    }
    tokens[id] = bytes;
  }
  for (const [text, id] of added) {
    if (tokens[id] && ids.get(text) !== id) {
      throw new VocabularyError(
        `Added token ${JSON.stringify(text)} has the id ${id}, which is another token's.`,
      );
    }
    tokens[id] = new TextEncoder().encode(text);
  }
  const addedIds = new Set(added.values());
  // A single byte stays findable even where a file lists it as an added token.
  const vocabulary = new Vocabulary(tokens, (id) => !addedIds.has(id) || tokens[id]!.length === 1);
  return {
    vocabulary,
    merges: readMerges(model["merges"], ids),
    byteIds: byteIdsOf(vocabulary),
    pattern: readPattern(file["pre_tokenizer"]),
    wholePiece: model["ignore_merges"] === true,
    special: new SpecialTokens(special, always),
    normalizer: readNormalizer(file["normalizer"]),
  };
}

/** The same as a file. */
export function writeHF(parts: TokenizerParts): HFTokenizer {
  const { vocabulary, merges, special, pattern, normalizer, wholePiece } = parts;
  const added = new Map<number, string>();
  for (const [content, id] of [...special.ids, ...special.always]) added.set(id, content);
  const name = (id: number) => added.get(id) ?? toByteChars(vocabulary.bytes(id));
  // No prototype: "__proto__" is a token like any other.
  const vocab: Record<string, number> = Object.create(null);
  // Special tokens are listed here too: without that, Hugging Face's loader numbers them itself where ids have gaps.
  for (let id = 0; id < vocabulary.size; id++) {
    if (vocabulary.has(id)) vocab[name(id)] = id;
  }
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [...added]
      .sort(([a], [b]) => a - b)
      .map(([id, content]) => ({
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: special.ids.has(content),
      })),
    normalizer: normalizer ? { type: normalizer } : null,
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
      vocab,
      merges: Array.from({ length: merges.length }, (_, rank) => [
        name(merges.left[rank]!),
        name(merges.right[rank]!),
      ]),
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TokenizerFormatError(`The tokenizer file is not JSON: ${(cause as Error).message}.`);
  }
}

function asObject(value: unknown, what: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TokenizerFormatError(
      `${what} is ${value === undefined ? "missing" : "not an object"}: this is no tokenizer.json.`,
    );
  }
  return value as Json;
}

function isId(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 24;
}

function checkModel(model: Json): void {
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

function readMerges(value: unknown, ids: ReadonlyMap<string, number>): Merges {
  if (!Array.isArray(value)) throw new TokenizerFormatError('"model.merges" is missing or not a list.');
  const merges = new Merges(value.length);
  for (const merge of value) {
    const pair: unknown = typeof merge === "string" ? merge.split(" ") : merge;
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((part) => typeof part !== "string")) {
      throw new TokenizerFormatError(
        `Merge ${merges.length} is ${JSON.stringify(merge)}: expected two tokens.`,
      );
    }
    const made = [pair[0], pair[1], pair[0] + pair[1]].map((text: string) => {
      const id = ids.get(text);
      if (id !== undefined) return id;
      throw new VocabularyError(
        `Merge ${merges.length} needs ${JSON.stringify(text)}, which "model.vocab" lacks.`,
      );
    });
    merges.add(made[0]!, made[1]!, made[2]!);
  }
  return merges;
}

function readAddedTokens(value: unknown): { special: Map<string, number>; always: Map<string, number> } {
  const special = new Map<string, number>();
  const always = new Map<string, number>();
  for (const entry of Array.isArray(value) ? value : []) {
    const { content, id, ...flags } = asObject(entry, 'An entry of "added_tokens"');
    if (typeof content !== "string" || !isId(id)) {
      throw new TokenizerFormatError(
        `An added token is ${JSON.stringify(entry)}: it needs a content and an id.`,
      );
    }
    for (const flag of ["single_word", "lstrip", "rstrip"]) {
      if (flags[flag] === true) {
        throw new TokenizerFormatError(
          `Added token ${JSON.stringify(content)} has ${flag}: true, which is not supported: set it to false.`,
        );
      }
    }
    (flags["special"] === true ? special : always).set(content, id);
  }
  return { special, always };
}

function readNormalizer(value: unknown): Normalizer | null {
  if (value === null || value === undefined) return null;
  const { type, normalizers } = asObject(value, '"normalizer"');
  if (type === "NFC" || type === "NFD" || type === "NFKC" || type === "NFKD") return type;
  if (type === "Sequence" && Array.isArray(normalizers) && normalizers.length < 2) {
    return readNormalizer(normalizers[0]);
  }
  throw new TokenizerFormatError(
    `The normalizer is ${JSON.stringify(type)}: only NFC, NFD, NFKC, NFKD and none can be read.`,
  );
}

function writePattern(pattern: Pattern): object {
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: pattern === "gpt2",
  };
  if (pattern === "gpt2") return byteLevel;
  const Regex =
    typeof pattern === "string"
      ? PATTERN_SOURCES[pattern]
      : (pattern.ignoreCase ? "(?i)" : "") + pattern.source;
  return {
    type: "Sequence",
    pretokenizers: [{ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false }, byteLevel],
  };
}

function readPattern(value: unknown): Pattern {
  const outer = asObject(value, '"pre_tokenizer"');
  const steps = outer["type"] === "Sequence" ? outer["pretokenizers"] : [outer];
  if (!Array.isArray(steps)) throw new TokenizerFormatError('"pre_tokenizer.pretokenizers" is not a list.');
  const [first, second] = steps.map((step) => asObject(step, "A pre-tokenizer"));
  const last = second ?? first;
  if (last?.["type"] !== "ByteLevel" || steps.length > 2 || (second && first?.["type"] !== "Split")) {
    const types = steps.map((step) => String((step as Json)["type"])).join(", ");
    throw new TokenizerFormatError(
      `The pre-tokenizer is ${types}: only ByteLevel, and Split + ByteLevel, can be read.`,
    );
  }
  if (last["add_prefix_space"] === true) {
    throw new TokenizerFormatError(
      "add_prefix_space: true is not supported: set it to false and prepend the blank.",
    );
  }
  // use_regex is true where a file does not say.
  const own = last["use_regex"] !== false;
  if (!second && own) return "gpt2";
  if (!second) return /.+/gsu;
  if (own || first!["behavior"] !== "Isolated" || first!["invert"] === true) {
    throw new TokenizerFormatError(
      "Only Split with Isolated, not inverted, and ByteLevel without its own regex can be read.",
    );
  }
  const { Regex, String: literal } = asObject(first!["pattern"], 'The pattern of "Split"');
  if (typeof Regex === "string") return patternNamed(Regex) ?? patternRegExp(Regex);
  if (typeof literal === "string") return patternRegExp(literal.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  throw new TokenizerFormatError('The pattern of "Split" has neither "Regex" nor "String".');
}
