// The tokenizer inside a GGUF file, as plain data.
import type { Metadata, MetadataEntry } from "./metadata.js";

/** What a GGUF file says about its tokenizer. */
export interface GGUFTokenizer {
  /** "gpt2": byte-level BPE. "llama": SentencePiece's BPE, whose merges follow from the scores. */
  readonly model: string;
  /** llama.cpp's name for how a text is cut into words, such as "llama-bpe". */
  readonly pre?: string;
  /** Every token's text, by id. */
  readonly tokens: readonly string[];
  /** What each is: 1 normal, 2 unknown, 3 control, 4 added by a user, 5 unused, 6 byte. */
  readonly types?: readonly number[];
  readonly scores?: readonly number[];
  /** "a b": a and b become ab, the first that applies first. */
  readonly merges?: readonly string[];
  /** Begins a text. */
  readonly bosId?: number;
  /** Ends a text. */
  readonly eosId?: number;
  readonly unknownId?: number;
  readonly paddingId?: number;
  /** Whether texts are encoded with the token that begins them. */
  readonly addBos?: boolean;
  readonly addEos?: boolean;
  /** Whether a blank is put before a text. */
  readonly addSpacePrefix?: boolean;
  /** In Jinja. */
  readonly chatTemplate?: string;
}

const KEY = "tokenizer.ggml";

/** null where the file has none. */
export function readTokenizer(metadata: Metadata): GGUFTokenizer | null {
  const model = metadata.text(`${KEY}.model`);
  const tokens = metadata.texts(`${KEY}.tokens`);
  if (model === undefined || tokens === undefined) return null;
  const id = (name: string) =>
    metadata.has(`${KEY}.${name}`) ? metadata.number(`${KEY}.${name}`) : undefined;
  return given<GGUFTokenizer>({
    model,
    tokens,
    pre: metadata.text(`${KEY}.pre`),
    types: perToken(metadata, `${KEY}.token_type`, tokens.length),
    scores: perToken(metadata, `${KEY}.scores`, tokens.length),
    merges: metadata.texts(`${KEY}.merges`),
    bosId: id("bos_token_id"),
    eosId: id("eos_token_id"),
    unknownId: id("unknown_token_id"),
    paddingId: id("padding_token_id"),
    addBos: metadata.flag(`${KEY}.add_bos_token`),
    addEos: metadata.flag(`${KEY}.add_eos_token`),
    addSpacePrefix: metadata.flag(`${KEY}.add_space_prefix`),
    chatTemplate: metadata.text("tokenizer.chat_template"),
  });
}

function perToken(metadata: Metadata, key: string, count: number): readonly number[] | undefined {
  const values = metadata.numbers(key);
  if (values && values.length !== count)
    metadata.refuse(key, `one for each of the ${count} tokens is needed`);
  return values;
}

type Open<T> = { [K in keyof T]: T[K] | undefined };

const given = <T extends object>(fields: Open<Required<T>>): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** The pairs that say it. */
export function tokenizerEntries(tokenizer: GGUFTokenizer): MetadataEntry[] {
  const { pre, types, scores, merges, addBos, addEos, addSpacePrefix, chatTemplate } = tokenizer;
  const ids = {
    bos_token_id: tokenizer.bosId,
    eos_token_id: tokenizer.eosId,
    unknown_token_id: tokenizer.unknownId,
    padding_token_id: tokenizer.paddingId,
  };
  const flags = { add_bos_token: addBos, add_eos_token: addEos, add_space_prefix: addSpacePrefix };
  const entries: MetadataEntry[] = [[`${KEY}.model`, "string", tokenizer.model]];
  if (pre !== undefined) entries.push([`${KEY}.pre`, "string", pre]);
  entries.push([`${KEY}.tokens`, "strings", tokenizer.tokens]);
  if (types) entries.push([`${KEY}.token_type`, "i32s", types]);
  if (scores) entries.push([`${KEY}.scores`, "f32s", scores]);
  if (merges) entries.push([`${KEY}.merges`, "strings", merges]);
  for (const [name, id] of Object.entries(ids))
    if (id !== undefined) entries.push([`${KEY}.${name}`, "u32", id]);
  for (const [name, flag] of Object.entries(flags)) {
    if (flag !== undefined) entries.push([`${KEY}.${name}`, "bool", flag]);
  }
  if (chatTemplate !== undefined) entries.push(["tokenizer.chat_template", "string", chatTemplate]);
  return entries;
}
