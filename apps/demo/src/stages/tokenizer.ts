import { readFile } from "node:fs/promises";
import { CHAT_TOKENS, Tokenizer, train } from "@llm/bpe";
import type { Document } from "@llm/dataset";
import { writeTokens } from "@llm/dataset/node";
import { writeAside } from "@llm/platform/durable";
import { formatCount } from "@llm/platform/terminal";
import { readDocuments, withTitle } from "../documents.js";
import { DemoError } from "../errors.js";
import { textbook } from "../lessons/textbook.js";
import { reading } from "../reading.js";
import type { RunFolder, StageResult } from "../run-folder.js";
import type { Recipe } from "../settings.js";
import type { Terminal } from "../terminal.js";

/** Begins each chat, and stands between documents. */
const BEGIN = "<|bos|>";
const END = "<|assistant_end|>";

interface Work {
  recipe: Recipe;
  seed: number;
  terminal: Terminal;
  signal: AbortSignal;
}

/** A run's tokenizer and the ids that the demo has to know. */
export interface RunTokenizer {
  tokenizer: Tokenizer;
  /** Stands between documents. */
  endOfText: number;
  /** Ends what the assistant says. */
  endOfAnswer: number;
}

/**
 * Learns the vocabulary from the training documents and the textbook, into tokenizer.json. Each digit stays a token of its own, so
 * that sums are made of ten digits and not of some thousand numbers; a chat's marks are tokens that no text can contain.
 */
export async function trainTokenizer(
  folder: RunFolder,
  { recipe, seed, terminal, signal }: Work,
): Promise<StageResult<{ vocabSize: number }>> {
  const tokenizer = await train(trainingTexts(folder, recipe, seed), {
    vocabSize: recipe.vocabSize,
    pattern: "qwen2",
    specialTokens: CHAT_TOKENS,
    signal,
    onMerge: ({ step, steps }) => terminal.progress(`merge ${formatCount(step)} of ${formatCount(steps)}`),
  });
  await writeAside(folder.file("tokenizer.json"), JSON.stringify(tokenizer.toHF()));
  return { summary: { vocabSize: tokenizer.vocabSize }, files: ["tokenizer.json"] };
}

/** Reads the tokenizer of a run. */
export async function readTokenizer(path: string): Promise<RunTokenizer> {
  const tokenizer = await reading(path, async () => Tokenizer.fromHF(await readFile(path, "utf8")));
  const idOf = (token: string) => {
    const id = tokenizer.specialTokens.get(token);
    if (id !== undefined) return id;
    throw new DemoError(`${path} has no ${token}: it is not a tokenizer of this demo`);
  };
  return { tokenizer, endOfText: idOf(BEGIN), endOfAnswer: idOf(END) };
}

/** How many tokens there are. */
export interface ShardCounts {
  train: number;
  val: number;
  textbook: number;
}

/** Encodes the documents (tokens/) and the textbook (textbook/) into shards, each with a part that is set aside. */
export async function writeShards(
  folder: RunFolder,
  tokenizer: Tokenizer,
  { recipe, seed, terminal, signal }: Work,
): Promise<StageResult<ShardCounts>> {
  const tokenizerJson = await readFile(folder.file("tokenizer.json"), "utf8");
  const files: string[] = [];
  const write = async (records: AsyncIterable<Document>, ...place: string[]) => {
    const manifest = await writeTokens(tokenizer, records, folder.file(...place), {
      separator: BEGIN,
      tokenizerJson,
      signal,
      onProgress: (done) =>
        terminal.progress(
          `${place.join("/")}: ${formatCount(done.documents)} documents, ${formatCount(done.tokens)} tokens`,
        ),
    });
    for (const name of ["manifest.json", ...manifest.shards.flatMap(({ tokens, index }) => [tokens, index])])
      files.push([...place, name].join("/"));
    return manifest.tokens;
  };
  const { pages } = recipe.textbook;
  const tokens = {
    train: await write(documentsOf(folder, "train"), "tokens", "train"),
    val: await write(documentsOf(folder, "val"), "tokens", "val"),
    textbook: await write(bookPages(textbook("train", pages, seed)), "textbook", "train"),
  };
  await write(bookPages(textbook("validation", Math.ceil(pages / 10), seed)), "textbook", "val");
  return { summary: tokens, files };
}

/** The first words of a few validation documents: prompts that suit any input. */
export async function openings(folder: RunFolder, words: number, limit: number): Promise<string[]> {
  const documents = await readDocuments(folder.file("val.jsonl"));
  return documents.slice(0, limit).map(({ text }) => text.split(/\s+/, words).join(" "));
}

async function* trainingTexts(folder: RunFolder, recipe: Recipe, seed: number): AsyncGenerator<string> {
  for (const document of await readDocuments(folder.file("train.jsonl"))) yield withTitle(document);
  // A tenth of the book has all its words.
  yield* textbook("train", Math.ceil(recipe.textbook.pages / 10), seed);
}

async function* documentsOf(folder: RunFolder, split: string): AsyncGenerator<Document> {
  for (const document of await readDocuments(folder.file(`${split}.jsonl`))) {
    yield { id: document.id, text: withTitle(document), meta: {} };
  }
}

async function* bookPages(pages: Iterable<string>): AsyncGenerator<Document> {
  let page = 0;
  for (const text of pages) yield { id: `textbook#${++page}`, text, meta: {} };
}
