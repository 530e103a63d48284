import { readFile } from "node:fs/promises";
import { Tokenizer, train } from "@llm/bpe";
import type { Document } from "@llm/dataset";
import { writeTokens } from "@llm/dataset/node";
import { writeAside } from "@llm/platform/durable";
import { formatCount } from "@llm/platform/terminal";
import { DemoError } from "../errors.js";
import type { RunFolder, StageResult } from "../run-folder.js";
import type { Terminal } from "../terminal.js";

const separator = "<|endoftext|>";

interface Work {
  terminal: Terminal;
  signal: AbortSignal;
}

/** Learns the vocabulary from the training documents, into tokenizer.json. */
export async function trainTokenizer(
  folder: RunFolder,
  vocabSize: number,
  { terminal, signal }: Work,
): Promise<StageResult<{ vocabSize: number }>> {
  const tokenizer = await train(texts(folder.file("train.jsonl")), {
    vocabSize,
    specialTokens: [separator],
    signal,
    onMerge: ({ step, steps }) => terminal.progress(`merge ${formatCount(step)} of ${formatCount(steps)}`),
  });
  await writeAside(folder.file("tokenizer.json"), JSON.stringify(tokenizer.toHF()));
  return { summary: { vocabSize: tokenizer.vocabSize }, files: ["tokenizer.json"] };
}

/** Reads the tokenizer of a run. */
export async function readTokenizer(path: string): Promise<{ tokenizer: Tokenizer; endOfText: number }> {
  const tokenizer = Tokenizer.fromHF(await readFile(path, "utf8"));
  const endOfText = tokenizer.specialTokens.get(separator);
  if (endOfText === undefined)
    throw new DemoError(`${path} has no ${separator}: it is not a tokenizer of this demo`);
  return { tokenizer, endOfText };
}

/** Encodes both splits into token shards. */
export async function writeShards(
  folder: RunFolder,
  tokenizer: Tokenizer,
  { terminal, signal }: Work,
): Promise<StageResult<{ train: number; val: number }>> {
  const tokens = { train: 0, val: 0 };
  const files: string[] = [];
  for (const split of ["train", "val"] as const) {
    const manifest = await writeTokens(
      tokenizer,
      records(folder.file(`${split}.jsonl`)),
      folder.file("tokens", split),
      {
        separator,
        tokenizerJson: await readFile(folder.file("tokenizer.json"), "utf8"),
        signal,
        onProgress: (done) =>
          terminal.progress(
            `${split}: ${formatCount(done.documents)} documents, ${formatCount(done.tokens)} tokens`,
          ),
      },
    );
    tokens[split] = manifest.tokens;
    files.push(`tokens/${split}/manifest.json`);
    for (const shard of manifest.shards)
      files.push(`tokens/${split}/${shard.tokens}`, `tokens/${split}/${shard.index}`);
  }
  return { summary: tokens, files };
}

/** The first words of a few validation documents: prompts that suit any input. */
export async function openings(folder: RunFolder, words: number, limit: number): Promise<string[]> {
  const found: string[] = [];
  for await (const text of texts(folder.file("val.jsonl"))) {
    if (found.push(text.split(/\s+/, words).join(" ")) === limit) break;
  }
  return found;
}

async function* texts(path: string): AsyncGenerator<string> {
  for await (const { text } of records(path)) yield text;
}

async function* records(path: string): AsyncGenerator<Document> {
  for (const line of (await readFile(path, "utf8")).split("\n")) {
    if (line === "") continue;
    const { id, text } = JSON.parse(line) as { id: string; text: string };
    yield { id, text, meta: {} };
  }
}
