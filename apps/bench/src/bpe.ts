// Encoding with cl100k: ours beside gpt-tokenizer, tiktoken (WASM) and js-tiktoken, in MB/s; the ids are compared first.
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Tokenizer } from "@llm/bpe";
import * as gptTokenizer from "gpt-tokenizer/encoding/cl100k_base";
import { getEncoding } from "js-tiktoken";
import { get_encoding } from "tiktoken";
import { compare } from "./compare.js";
import { documentation } from "./text.js";

const wasm = get_encoding("cl100k_base");
const js = getEncoding("cl100k_base");
const ranks = readFileSync(fileURLToPath(import.meta.resolve("gpt-tokenizer/data/cl100k_base.tiktoken")));
const ours = Tokenizer.fromTiktoken(ranks, { pattern: "cl100k" });

const text = documentation(1_000_000);
const expected = wasm.encode_ordinary(text);
const ids = ours.encodeOrdinary(text);
if (ids.length !== expected.length || ids.some((id, i) => id !== expected[i])) {
  throw new Error("our ids differ from tiktoken's");
}

await compare("encoding Markdown with cl100k, warm", Buffer.byteLength(text) / 1e6, "MB", [
  { name: "@llm/bpe", run: () => ours.encodeOrdinary(text) },
  { name: "gpt-tokenizer", run: () => gptTokenizer.encode(text, { disallowedSpecial: new Set() }) },
  { name: "tiktoken (wasm)", run: () => wasm.encode_ordinary(text) },
  { name: "js-tiktoken", run: () => js.encode(text, [], []) },
]);
