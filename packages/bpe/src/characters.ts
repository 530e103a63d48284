// tokenizer.json of SentencePiece's kind: merges over characters, blanks written as U+2581, bytes as <0x0A>.
import { CharacterDecoder, type Leading } from "./character-decoder.js";
import { Characters } from "./character-tables.js";
import { TokenizerFormatError, VocabularyError } from "./errors.js";
import { asObject, type Json } from "./json.js";
import { byteIdsOf, type Merges } from "./merges.js";
import { type Normalizer, stepsOf } from "./normalizer.js";
import type { TokenizerParts } from "./parts.js";
import { type CutStep, cut, cutStep, inOrder, prefixed, readPreTokenizer, WHOLE } from "./pre-tokenizer.js";
import { readNormalizer } from "./read-normalizer.js";
import type { SpecialTokens } from "./special.js";
import { type FileTokens, readMerges, readVocab } from "./vocab-bpe.js";

/** How files write a blank. Tokens have blanks here, and texts keep theirs: what stands for one becomes one. */
const MARK = "▁";
const blanks = (text: string) => text.replaceAll(MARK, " ");

/** For `Tokenizer.fromHF`. @throws TokenizerFormatError, VocabularyError */
export function characters(file: Json, model: Json, special: SpecialTokens): TokenizerParts {
  const cuts = readPreTokenizer(file, readMetaspace);
  const normalizer = readNormalizer(file);
  const marks = marksBlanks(file["pre_tokenizer"], normalizer);
  const fallback = model["byte_fallback"] === true;
  const text = marks ? blanks : (name: string) => name;
  const tokens = readVocab(asObject(model["vocab"], '"model.vocab"'), special, {
    bytesOf: (name) =>
      fallback && byteOf(name) >= 0 ? Uint8Array.of(byteOf(name)) : new TextEncoder().encode(text(name)),
    isText: (name) => !(fallback && byteOf(name) >= 0) && !(marks && name.includes(" ")),
  });
  const { vocabulary, names, idOf } = tokens;
  const merges = readMerges(model["merges"] as unknown[], tokens);
  const unknown = unknownOf(model, idOf);
  const byteTokens = fallback ? byteTokensOf(idOf) : undefined;
  const tables = new Characters({
    tokens: tokens.tokens,
    vocabulary,
    merges,
    characters: charactersOf(names, text),
    byteTokens,
    unknown,
    fuse: model["fuse_unk"] === true,
  });
  const wholePiece = model["ignore_merges"] === true;
  const leading = readDecoder(file["decoder"]);
  const spelled = new Set(
    byteTokens?.filter((id) => id !== undefined && byteOf(names[id]!) >= 0) as number[],
  );
  let { steps, pattern } = cuts;
  if (marks) {
    // Text has marks until here, and patterns of a file are written for them.
    const literal =
      pattern instanceof RegExp && !/[ .-]|\\[^nrt]/.test(pattern.source.replaceAll(`[^${MARK}`, ""));
    if (pattern === WHOLE) pattern = wholePiece ? WHOLE : wordsOf(names, merges);
    else if (literal) pattern = new RegExp(blanks((pattern as RegExp).source), (pattern as RegExp).flags);
    else [steps, pattern] = [[...steps, cutStep(pattern)], WHOLE];
    steps = [...steps, (marked) => [blanks(marked)]];
  }
  return {
    vocabulary,
    merges,
    byteIds: byteIdsOf(vocabulary),
    pattern,
    wholePiece,
    special,
    normalizer,
    prepare: inOrder(steps),
    characters: tables,
    names,
    decoder: () => new CharacterDecoder(vocabulary, spelled, leading),
  };
}

/** Blanks become marks, one is put in front, and each may begin a piece. */
function readMetaspace(step: Json): CutStep {
  if ((step["replacement"] ?? MARK) !== MARK) {
    throw new TokenizerFormatError(
      `The pre_tokenizer has Metaspace with the replacement ${JSON.stringify(step["replacement"])}: only ${MARK} can be read.`,
    );
  }
  // Older files say add_prefix_space.
  const scheme = step["prepend_scheme"] ?? (step["add_prefix_space"] === false ? "never" : "always");
  const prefix = scheme === "never" ? undefined : prefixed(MARK, scheme === "first");
  return (text, first) => {
    const marked = text.replaceAll(" ", MARK);
    const [whole = ""] = prefix ? prefix(marked, first) : [marked];
    return step["split"] === false ? [whole] : cut(whole, /▁/g, "MergedWithNext", false);
  };
}

/** Whether text has marks for all its blanks before it is cut. */
function marksBlanks(preTokenizer: unknown, normalizer: Normalizer | null): boolean {
  const replaced = stepsOf(normalizer).some(
    (step) =>
      typeof step === "object" &&
      step.type === "Replace" &&
      "String" in step.pattern &&
      step.pattern.String === " " &&
      step.content === MARK,
  );
  return replaced || JSON.stringify(preTokenizer ?? null).includes('"Metaspace"');
}

function byteOf(name: string): number {
  return /^<0x[0-9A-F]{2}>$/.test(name) ? Number.parseInt(name.slice(3, 5), 16) : -1;
}

/**
 * The tokens of all bytes; undefined where there are none. Bytes may be left out that are a character with a token (Gemma's
 * tab), or that UTF-8 never has. With others left out Hugging Face's library would move unknown characters behind those that
 * it spells.
 * @throws VocabularyError where others are missing
 */
function byteTokensOf(idOf: FileTokens["idOf"]): (number | undefined)[] | undefined {
  const nameOf = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
  const known = Array.from({ length: 256 }, (_, byte) => idOf(nameOf(byte)));
  if (known.every((id) => id === undefined)) return undefined;
  const ids = known.map((id, byte) => id ?? (byte < 0x80 ? idOf(String.fromCharCode(byte)) : undefined));
  const missing = ids.findIndex((id, byte) => id === undefined && isInUtf8(byte));
  if (missing < 0) return ids;
  throw new VocabularyError(
    `The model has byte_fallback, but no token ${nameOf(missing)}: add tokens for all bytes of UTF-8, or for none.`,
  );
}

function isInUtf8(byte: number): boolean {
  return byte < 0xc0 || (byte > 0xc1 && byte < 0xf5);
}

function unknownOf(model: Json, idOf: FileTokens["idOf"]): number | undefined {
  const token = model["unk_token"];
  if (typeof token !== "string") return undefined;
  const id = idOf(token);
  if (id !== undefined) return id;
  throw new VocabularyError(`unk_token is ${JSON.stringify(token)}, which the vocabulary lacks.`);
}

/** The tokens that are one character. */
function charactersOf(names: FileTokens["names"], text: (name: string) => string): Map<string, number> {
  const known = new Map<string, number>();
  names.forEach((name, id) => {
    if (!name || name.length > 2 || name.length > (name.codePointAt(0)! > 0xffff ? 2 : 1)) return;
    // A literal blank never meets a token where blanks are written otherwise.
    if (name !== " " || text(MARK) === MARK) known.set(text(name), id);
  });
  return known;
}

/** Where no merge joins what ends a word with a blank behind it, words are pieces, which the kernel remembers. */
function wordsOf(names: FileTokens["names"], merges: Merges): RegExp {
  const joining = new Set<string>();
  for (let rank = 0; rank < merges.length; rank++) {
    if (!names[merges.right[rank]!]!.startsWith(MARK)) continue;
    const left = names[merges.left[rank]!]!;
    if (!left.endsWith(MARK)) joining.add(Array.from(left).at(-1)!);
  }
  const joins = Array.from(joining, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`).join("");
  return joining.size > 0 ? new RegExp(` *(?:[^ ]|(?<=[${joins}]) +)+| +`, "gu") : / *[^ ]+| +/gu;
}

/** What a decoder takes off the start of a text; all else that these do is always done. @throws TokenizerFormatError */
function readDecoder(value: unknown): Leading {
  const outer =
    value === null || value === undefined ? { type: "Sequence", decoders: [] } : asObject(value, '"decoder"');
  const list: unknown = outer["type"] === "Sequence" ? outer["decoders"] : [outer];
  const leading = { blanks: 0, firstToken: false };
  let fused = false;
  for (const entry of Array.isArray(list) ? list : [undefined]) {
    const {
      type,
      pattern,
      content,
      start,
      stop,
      prepend_scheme: scheme,
      ...rest
    } = asObject(entry, "A decoder");
    if (type === "Fuse") fused = true;
    else if (type === "Metaspace") {
      leading.firstToken = scheme ? scheme !== "never" : rest["add_prefix_space"] !== false;
    } else if (type === "Strip" && fused && content === " " && stop === 0) leading.blanks = Number(start);
    else if (type !== "ByteFallback" && !(type === "Replace" && content === " " && isMark(pattern))) {
      throw new TokenizerFormatError(
        `The decoder has ${JSON.stringify(type)}: with tokens made of characters, only Replace of ${MARK} by a blank, ` +
          "ByteFallback, Fuse, then Strip of blanks at the start, and Metaspace can be read.",
      );
    }
  }
  return leading;
}

function isMark(pattern: unknown): boolean {
  return (Object(pattern) as Json)["String"] === MARK;
}
