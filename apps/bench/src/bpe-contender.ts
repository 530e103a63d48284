// One tokenizer, one vocabulary, one text, in a process of its own: `bpe-contender.ts <name> <vocabulary> <file>` prints
// its figures as JSON. Cold is the first encoding after loading; warm the median of seven more.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Tokenizer } from "@llm/bpe";

export interface Figures {
  load: number;
  cold: number;
  warm: number;
  decode: number;
  ids: number;
  hash: string;
}

interface Contender {
  encode(text: string): ArrayLike<number>;
  decode(ids: ArrayLike<number>): string;
}

type Vocabulary = "cl100k" | "o200k";
const path = (specifier: string) => fileURLToPath(import.meta.resolve(specifier));

const contenders: Record<string, (vocabulary: Vocabulary) => Promise<Contender>> = {
  async "@llm/bpe"(vocabulary) {
    const ranks = readFileSync(path(`gpt-tokenizer/data/${vocabulary}_base.tiktoken`));
    const tokenizer = Tokenizer.fromTiktoken(ranks, { pattern: vocabulary });
    return {
      encode: (text) => tokenizer.encodeOrdinary(text),
      decode: (ids) => tokenizer.decode(ids),
    };
  },
  async hypertok(vocabulary) {
    const { fromBytes } = await import("hypertok");
    const { vocabulary: url } = await import(`@hypertok/vocab-${vocabulary}`);
    const tokenizer = await fromBytes(new Uint8Array(readFileSync(url)), { tier: "single" });
    return {
      encode: (text) => tokenizer.encodeSync(text),
      decode: (ids) => tokenizer.decode(ids as Uint32Array),
    };
  },
  async "gpt-tokenizer"(vocabulary) {
    const { encode, decode } = await import(`gpt-tokenizer/encoding/${vocabulary}_base`);
    return {
      encode: (text) => encode(text, { disallowedSpecial: new Set() }),
      decode,
    };
  },
  async "ai-tokenizer"(vocabulary) {
    const { default: AiTokenizer } = await import("ai-tokenizer");
    const encoding = await import(`ai-tokenizer/encoding/${vocabulary}_base`);
    const tokenizer = new AiTokenizer(encoding);
    return {
      encode: (text) => tokenizer.encode(text),
      decode: (ids) => tokenizer.decode(ids as number[]),
    };
  },
  async "tiktoken (wasm)"(vocabulary) {
    const { get_encoding } = await import("tiktoken");
    const encoding = get_encoding(`${vocabulary}_base`);
    const decoder = new TextDecoder();
    return {
      encode: (text) => encoding.encode_ordinary(text),
      decode: (ids) => decoder.decode(encoding.decode(ids as Uint32Array)),
    };
  },
  async "js-tiktoken"(vocabulary) {
    const { getEncoding } = await import("js-tiktoken");
    const encoding = getEncoding(`${vocabulary}_base`);
    return {
      encode: (text) => encoding.encode(text, [], []),
      decode: (ids) => encoding.decode(ids as number[]),
    };
  },
};

export const names = Object.keys(contenders);

function timed<T>(work: () => T): [seconds: number, result: T] {
  const start = performance.now();
  const result = work();
  return [(performance.now() - start) / 1000, result];
}

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [name, vocabulary, file] = process.argv.slice(2) as [string, Vocabulary, string];
  const text = readFileSync(file, "utf8");
  const start = performance.now();
  const { encode, decode } = await contenders[name]!(vocabulary);
  const load = (performance.now() - start) / 1000;
  const [cold, ids] = timed(() => encode(text));
  const rounds = cold > 2 ? 1 : 7;
  const again = (work: () => unknown) => median(Array.from({ length: rounds }, () => timed(work)[0]));
  const figures: Figures = {
    load,
    cold,
    warm: again(() => encode(text)),
    decode: again(() => decode(ids)),
    ids: ids.length,
    hash: createHash("sha256").update(Uint32Array.from(ids)).digest("hex"),
  };
  console.log(JSON.stringify(figures));
}
