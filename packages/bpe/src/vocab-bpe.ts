// vocab.json and merges.txt, GPT-2's own files; tokenizer.json holds the same two lists in its "model".
import type { Kinds } from "@llm/platform/options";
import { fromByteChars, toByteChars } from "./byte-alphabet.js";
import { check } from "./check.js";
import { TokenizerFormatError, VocabularyError } from "./errors.js";
import { parseJson } from "./json.js";
import { byteIdsOf, Merges } from "./merges.js";
import { defaultNormalizer, type Normalizer } from "./normalizer.js";
import type { TokenizerParts } from "./parts.js";
import { checkPattern, type Pattern } from "./patterns.js";
import { type AddedToken, SpecialTokens } from "./special.js";
import { isId, specialTokenMap } from "./token-ids.js";
import { traceMerges } from "./trace.js";
import { Vocabulary } from "./vocabulary.js";

/** What vocab.json and merges.txt do not say by themselves. */
export interface VocabBpeOptions {
  /** How text is cut into pieces. Default: "gpt2". */
  pattern?: Pattern;
  /** Special tokens: the names of some that vocab.json has, or names with ids, which are added where it lacks them. */
  specialTokens?: readonly string[] | ReadonlyMap<string, number> | Readonly<Record<string, number>>;
  /** Default: NFC for the pattern "qwen2", none for others. */
  normalizer?: Normalizer | null;
}

/** The contents of the two files. */
export interface VocabBpe {
  /** For vocab.json: tokens in the byte alphabet, and special ones as they are. */
  vocab: Record<string, number>;
  /** For merges.txt. */
  merges: string;
}

/** The kinds of {@link VocabBpeOptions}. */
export const VOCAB_BPE: Kinds<VocabBpeOptions> = {
  pattern: "string|object",
  specialTokens: "object|array",
  normalizer: "any",
};

/**
 * @param added tokens to look for where the options name none.
 * @throws TokenizerFormatError, VocabularyError, OptionsError
 */
export function readVocabBpe(
  vocabJson: object | string,
  mergesText: string,
  options: VocabBpeOptions,
  added: readonly AddedToken[] = [],
): TokenizerParts {
  check("fromVocabBpe", options, VOCAB_BPE);
  checkPattern("fromVocabBpe", options.pattern);
  const { specialTokens, pattern = "gpt2" } = options;
  const vocab = parseJson(vocabJson, "The vocabulary");
  const special = new SpecialTokens(
    Array.isArray(specialTokens)
      ? new Map(specialTokens.map((token: string) => [token, idIn(vocab, token)]))
      : specialTokens
        ? specialTokenMap(specialTokens as Readonly<Record<string, number>>)
        : added,
  );
  const tokens = readVocab(vocab, special);
  const { vocabulary } = tokens;
  return {
    vocabulary,
    merges: readMerges(mergeLines(mergesText), tokens),
    byteIds: byteIdsOf(vocabulary),
    pattern,
    wholePiece: false,
    special,
    normalizer: options.normalizer === undefined ? defaultNormalizer(pattern) : options.normalizer,
  };
}

/** @throws VocabularyError where merges alone do not say what the tokenizer does. */
export function writeVocabBpe(parts: TokenizerParts): VocabBpe {
  requireByteLevel(parts);
  if (parts.wholePiece) requireReachable(parts);
  const { merges } = parts;
  const name = tokenNames(parts);
  const lines = Array.from(
    { length: merges.length },
    (_, rank) => `${name(merges.left[rank]!)} ${name(merges.right[rank]!)}\n`,
  );
  return { vocab: writeVocab(parts), merges: `#version: 0.2\n${lines.join("")}` };
}

/** The tokens of a file. */
export interface FileTokens {
  vocabulary: Vocabulary;
  /** The text of each id, as the file writes it; none of added tokens that only their own list has. */
  names: readonly (string | undefined)[];
  /** The bytes of each id. */
  tokens: readonly (Uint8Array | undefined)[];
  idOf: (name: string) => number | undefined;
}

/** How the names of tokens are read: as bytes, or undefined where they are none; `added`: those of an added token. */
export interface Spelling {
  bytesOf(name: string, added: boolean): Uint8Array | undefined;
  /** Whether text may be that token. */
  isText(name: string): boolean;
}

const BYTE_LEVEL: Spelling = {
  bytesOf: (name, added) => (added ? new TextEncoder().encode(name) : fromByteChars(name)),
  isText: () => true,
};

/** Reads the tokens of a file, and puts the added ones in where it lacks them. */
export function readVocab(
  vocab: Readonly<Record<string, unknown>>,
  special: SpecialTokens,
  spelling: Spelling = BYTE_LEVEL,
): FileTokens {
  const added = new Map(special.tokens.map(({ content, id }) => [content, id]));
  const names = namesOf(vocab);
  const tokens = names.map((text, id) => {
    if (text === undefined) return undefined;
    const bytes = spelling.bytesOf(text, added.get(text) === id);
    if (bytes) return bytes;
    throw new TokenizerFormatError(
      `Token ${JSON.stringify(text)} (id ${id}) is not in the byte alphabet: this is no byte-level vocabulary, ` +
        "or the token is a special one and has to be named as such.",
    );
  });
  // What an object inherits is no id.
  const idOf = (name: string) => (isId(vocab[name]) ? vocab[name] : undefined);
  for (const [text, id] of added) {
    const quoted = JSON.stringify(text);
    const listed = idOf(text);
    if (listed !== undefined && listed !== id) {
      throw new VocabularyError(
        `Added token ${quoted} has the id ${id}, but the vocabulary lists it as ${listed}: make them agree.`,
      );
    }
    if (listed === undefined && tokens[id]) {
      throw new VocabularyError(
        `Added token ${quoted} has the id ${id}, which is another token's: give it a free one.`,
      );
    }
    tokens[id] = spelling.bytesOf(text, true);
  }
  const addedIds = new Set(added.values());
  // A single byte stays findable where a file has it as an added token only.
  const isByte = (token: Uint8Array, id: number) =>
    token.length === 1 && (idOf(toByteChars(token)) ?? id) === id;
  const vocabulary = new Vocabulary(tokens, (id) =>
    addedIds.has(id) ? spelling === BYTE_LEVEL && isByte(tokens[id]!, id) : spelling.isText(names[id]!),
  );
  return { vocabulary, names, tokens, idOf };
}

/** The texts of a vocabulary by their ids. */
function namesOf(vocab: Readonly<Record<string, unknown>>): (string | undefined)[] {
  const texts = Object.keys(vocab);
  // Of about its full length from the start: ids come in any order, and an array that grows by leaps is a slow one.
  const names: (string | undefined)[] = texts.map(() => undefined);
  for (const text of texts) {
    const id = vocab[text];
    if (!isId(id)) {
      throw new TokenizerFormatError(
        `Token ${JSON.stringify(text)} has the id ${String(id)}: ids are whole numbers.`,
      );
    }
    if (names[id] !== undefined) {
      throw new VocabularyError(`Id ${id} is given twice, the second time to ${JSON.stringify(text)}.`);
    }
    names[id] = text;
  }
  return names;
}

/** Merges as pairs, or in the older form with a blank between. @throws TokenizerFormatError, VocabularyError */
export function readMerges(list: readonly unknown[], { names, idOf }: FileTokens): Merges {
  const merges = new Merges(list.length);
  const id = (text: string) => {
    const known = idOf(text);
    if (known !== undefined) return known;
    throw new VocabularyError(
      `Merge ${merges.length} needs ${JSON.stringify(text)}, which the vocabulary lacks.`,
    );
  };
  let token = -1;
  for (const merge of list) {
    const pair: unknown = typeof merge === "string" ? merge.split(" ") : merge;
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((part) => typeof part !== "string")) {
      throw new TokenizerFormatError(
        `Merge ${merges.length} is ${JSON.stringify(merge)}: expected two tokens.`,
      );
    }
    const [left, right] = pair as [string, string];
    const parts = [id(left), id(right)] as const;
    // Most merges make the token behind that of the merge before, which is seen sooner than a text is looked up.
    const next = names[token + 1];
    const isNext =
      next?.length === left.length + right.length && next.startsWith(left) && next.endsWith(right);
    token = isNext ? token + 1 : id(left + right);
    merges.add(...parts, token);
  }
  return merges;
}

/** How files write each token: added ones as they are, others in the byte alphabet. */
export function tokenNames({ vocabulary, special, names }: TokenizerParts): (id: number) => string {
  const added = new Map(special.tokens.map(({ content, id }) => [id, content]));
  return (id) => added.get(id) ?? names?.[id] ?? toByteChars(vocabulary.bytes(id));
}

/** Every token's name and id. @throws VocabularyError where two have one name. */
export function writeVocab(parts: TokenizerParts): Record<string, number> {
  const name = tokenNames(parts);
  // No prototype: "__proto__" is a token like any other.
  const vocab: Record<string, number> = Object.create(null);
  for (let id = 0; id < parts.vocabulary.size; id++) {
    if (!parts.vocabulary.has(id)) continue;
    const text = name(id);
    if (vocab[text] !== undefined) {
      throw new VocabularyError(
        `Tokens ${vocab[text]} and ${id} would both be written as ${JSON.stringify(text)}: ` +
          "give the special one another text.",
      );
    }
    vocab[text] = id;
  }
  return vocab;
}

/** @throws VocabularyError where tokens are made of characters, or text is prepared in a way that only a tokenizer.json can say */
export function requireByteLevel({ characters, prepare }: TokenizerParts): void {
  if (!characters && !prepare) return;
  throw new VocabularyError("Only a tokenizer.json can hold this: use toHF.");
}

function idIn(vocab: Readonly<Record<string, unknown>>, token: string): number {
  const id = Object.hasOwn(vocab, token) ? vocab[token] : undefined;
  if (isId(id)) return id;
  throw new VocabularyError(
    `Special token ${JSON.stringify(token)} is not in the vocabulary: pass specialTokens as { token: id } to add it.`,
  );
}

function mergeLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.startsWith("#version")) lines.shift();
  return lines.filter((line) => line !== "");
}

function requireReachable({ vocabulary, merges, byteIds, special }: TokenizerParts): void {
  const added = new Set(special.tokens.map(({ id }) => id));
  for (let id = 0; id < vocabulary.size; id++) {
    if (!vocabulary.has(id) || added.has(id)) continue;
    const bytes = vocabulary.bytes(id);
    if (traceMerges(bytes, merges, byteIds).ids.length === 1) continue;
    throw new VocabularyError(
      `Token ${id} cannot be made by merges, only by looking up a whole piece, which merges.txt cannot say. ` +
        "Save the tokenizer as tokenizer.json instead.",
    );
  }
}
