// One worker and two, on the same batch: `npm run bench:bpe-workers`.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Tokenizer } from "@llm/bpe";
import { compare } from "./compare.js";
import { documentation } from "./text.js";

const ranks = readFileSync(fileURLToPath(import.meta.resolve("gpt-tokenizer/data/cl100k_base.tiktoken")));
const text = documentation(5_000_000);
/** Documents as crawls have them: of a few kilobytes. */
const documents = Array.from({ length: Math.ceil(text.length / 4096) }, (_, i) =>
  text.slice(i * 4096, (i + 1) * 4096),
);
const texts = Array.from({ length: 8 }, () => documents).flat();
const [one, two, here] = [1, 2, 0].map(() => Tokenizer.fromTiktoken(ranks, { pattern: "cl100k" }));

await compare(
  "encoding a batch of documents with cl100k, warm",
  (Buffer.byteLength(text) * 8) / 1e6,
  "MB",
  [
    { name: "two workers", run: () => two!.encodeBatch(texts, { workers: 2, disallowedSpecial: [] }) },
    { name: "one worker", run: () => one!.encodeBatch(texts, { workers: 1, disallowedSpecial: [] }) },
    { name: "no worker", run: () => here!.encodeBatch(texts, { disallowedSpecial: [] }) },
  ],
  9,
  8,
);
