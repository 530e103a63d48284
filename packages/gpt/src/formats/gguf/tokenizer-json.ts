import { ConfigError } from "../../errors.js";
import { preTokenizerOf } from "./pre-tokenizers.js";
import { TOKEN_TYPES } from "./token-types.js";
import type { GGUFTokenizer } from "./tokenizer.js";

/**
 * The text of the tokenizer.json that encodes and decodes as llama.cpp does with this tokenizer, for `Tokenizer.openHF` of
 * @llm/bpe, or for Hugging Face's `tokenizers`. Byte-level BPE ("gpt2") and SentencePiece's BPE ("llama").
 * @throws {ConfigError} for a kind of tokenizer, or of cutting into words, that is not known here
 */
export function tokenizerJson(tokenizer: GGUFTokenizer): string {
  const { model, tokens, types = [] } = tokenizer;
  if (model !== "gpt2" && model !== "llama") {
    throw new ConfigError(
      `tokenizer.ggml.model is "${model}"; gpt2 and llama become a tokenizer.json: take that of the model's Hugging Face folder`,
    );
  }
  const { control, user } = TOKEN_TYPES;
  const added = tokens.flatMap((content, id) =>
    types[id] === control || types[id] === user
      ? [
          {
            id,
            content,
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
            special: types[id] === control,
          },
        ]
      : [],
  );
  const file = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    ...(model === "gpt2" ? byteLevel(tokenizer) : sentencePiece(tokenizer)),
  };
  return JSON.stringify(file);
}

function byteLevel(tokenizer: GGUFTokenizer) {
  const { pre = "gpt-2", merges = [] } = tokenizer;
  const preTokenizer = preTokenizerOf(pre);
  if (!preTokenizer) {
    throw new ConfigError(
      `tokenizer.ggml.pre is "${pre}", a way of cutting into words that is not known here: take the tokenizer.json of the model's Hugging Face folder`,
    );
  }
  const level = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  return {
    normalizer: null,
    pre_tokenizer: preTokenizer,
    post_processor: framed(tokenizer) ?? level,
    decoder: level,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: pre === "llama-bpe" || pre === "llama3" || pre === "llama-v3" || pre === "falcon3",
      vocab: vocabOf(tokenizer),
      merges,
    },
  };
}

const BLANK = "\u2581";

function sentencePiece(tokenizer: GGUFTokenizer) {
  const { tokens, types = [], addSpacePrefix = true, unknownId } = tokenizer;
  const blanks = { type: "Replace", pattern: { String: " " }, content: BLANK };
  const decoders = [
    { type: "Replace", pattern: { String: BLANK }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
    ...(addSpacePrefix ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : []),
  ];
  return {
    normalizer: addSpacePrefix
      ? { type: "Sequence", normalizers: [{ type: "Prepend", prepend: BLANK }, blanks] }
      : blanks,
    pre_tokenizer: null,
    post_processor: framed(tokenizer),
    decoder: { type: "Sequence", decoders },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: unknownId === undefined ? null : tokens[unknownId],
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: types.includes(TOKEN_TYPES.byte),
      ignore_merges: false,
      vocab: vocabOf(tokenizer),
      merges: mergesOf(tokenizer),
    },
  };
}

/** Every token that is used; of equal texts the first. */
function vocabOf({ tokens, types = [] }: GGUFTokenizer): Record<string, number> {
  const vocab = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    if (types[id] !== TOKEN_TYPES.unused && !vocab.has(token)) vocab.set(token, id);
  }
  return Object.fromEntries(vocab);
}

/** Every way to make a token of two others; those of the best score come first. */
function mergesOf({ tokens, types = [], scores = [] }: GGUFTokenizer): [string, string][] {
  const { normal, user } = TOKEN_TYPES;
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    const type = types[id] ?? normal;
    if ((type === normal || type === user) && !ids.has(token)) ids.set(token, id);
  }
  const merges: { pair: [string, string]; score: number; order: number }[] = [];
  for (const [token, id] of ids) {
    const characters = [...token];
    for (let cut = 1, at = 0; cut < characters.length; cut++) {
      at += characters[cut - 1]!.length;
      const pair: [string, string] = [token.slice(0, at), token.slice(at)];
      const [left, right] = [ids.get(pair[0]), ids.get(pair[1])];
      if (left === undefined || right === undefined) continue;
      merges.push({ pair, score: scores[id] ?? 0, order: left });
    }
  }
  return merges.sort((a, b) => b.score - a.score || a.order - b.order).map(({ pair }) => pair);
}

/** Puts the tokens that begin and end a text around it; null where there are none. */
function framed({ tokens, bosId, eosId, addBos = false, addEos = false }: GGUFTokenizer): object | null {
  const name = (id: number | undefined, isAdded: boolean) =>
    isAdded && id !== undefined ? tokens[id] : undefined;
  const [begin, end] = [name(bosId, addBos), name(eosId, addEos)];
  if (begin === undefined && end === undefined) return null;
  const special = (id: string | undefined, type_id: number) =>
    id === undefined ? [] : [{ SpecialToken: { id, type_id } }];
  const around = (sequence: string, type_id: number) => [
    ...special(begin, type_id),
    { Sequence: { id: sequence, type_id } },
    ...special(end, type_id),
  ];
  const used = new Map([
    [begin, bosId],
    [end, eosId],
  ]);
  used.delete(undefined);
  return {
    type: "TemplateProcessing",
    single: around("A", 0),
    pair: [...around("A", 0), ...around("B", 1)],
    special_tokens: Object.fromEntries(
      [...used].map(([id, value]) => [id, { id, ids: [value], tokens: [id] }]),
    ),
  };
}
