import { stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { UsageError } from "@llm/platform/command";
import { checkWritable } from "@llm/platform/durable";
import { type FileFormat, load, loadVocabBpe, save } from "../node.js";
import type { Tokenizer } from "../tokenizer.js";
import { ENCODING_NAMES, PATTERN_NAMES, type TokenizerOptions } from "./tokenizer-options.js";

/** Opens a tokenizer.json, a folder, a vocab.json with its merges.txt, or a .tiktoken table. */
export async function openTokenizer(path: string, options: TokenizerOptions): Promise<Tokenizer> {
  const { encoding, pattern } = options;
  const special = specialOf(options.special ?? []);
  if (extname(path) === ".tiktoken" && !(await isFolder(path))) {
    if (encoding && !pattern && !special) return load(path, encoding);
    if (!pattern || encoding) {
      throw new UsageError(
        `${path}: a .tiktoken table does not say how text is cut. Give --encoding (${ENCODING_NAMES.join(", ")}), or ` +
          `--pattern (${PATTERN_NAMES.join(", ")}) and --special TOKEN=ID for each special token.`,
      );
    }
    if (Array.isArray(special)) throw noId(special[0]!);
    return load(path, { pattern, ...(special && { specialTokens: special }) });
  }
  if (encoding)
    throw new UsageError(`${path} is no .tiktoken table, and only these take --encoding: leave it out.`);
  const vocab = await vocabFile(path);
  // A folder may have more beside the two files that says which tokens are special.
  if (vocab && (pattern || special || extname(path) === ".json")) {
    return loadVocabBpe(vocab, mergesFile(vocab), {
      ...(pattern && { pattern }),
      ...(special && { specialTokens: special }),
    });
  }
  if (pattern || special) {
    throw new UsageError(
      `${path}: a tokenizer.json has its own pattern and tokens. Leave out --pattern and --special.`,
    );
  }
  return load(path);
}

/** In which form a path asks to be written. */
export function formatOf(path: string): FileFormat {
  if (extname(path) === ".tiktoken") return "tiktoken";
  return extname(path) === ".json" && basename(path) !== "vocab.json" ? "hf" : "vocab-bpe";
}

/** Throws now what {@link writeTokenizer} would throw when the work is done. */
export async function checkOutput(path: string): Promise<void> {
  const makesFolders = formatOf(path) === "vocab-bpe";
  for (const file of filesOf(path)) await checkWritable(file, { makesFolders });
}

/** Writes aside, then renames; returns the files that now exist. */
export async function writeTokenizer(tokenizer: Tokenizer, path: string): Promise<string[]> {
  await save(tokenizer, targetOf(path), { format: formatOf(path) });
  return filesOf(path);
}

/** The file, or the folder of two. */
function targetOf(path: string): string {
  return basename(path) === "vocab.json" ? dirname(path) : path;
}

function filesOf(path: string): string[] {
  const target = targetOf(path);
  return formatOf(path) === "vocab-bpe" ? [join(target, "vocab.json"), join(target, "merges.txt")] : [target];
}

async function vocabFile(path: string): Promise<string | undefined> {
  if (basename(path).endsWith("vocab.json") && !(await isFolder(path))) return path;
  const isFile = (name: string) =>
    stat(join(path, name)).then(
      () => true,
      () => false,
    );
  return (await isFile("vocab.json")) && !(await isFile("tokenizer.json"))
    ? join(path, "vocab.json")
    : undefined;
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

/** `gpt2-vocab.json` goes with `gpt2-merges.txt`. */
function mergesFile(vocab: string): string {
  return join(dirname(vocab), basename(vocab).replace(/vocab\.json$/, "merges.txt"));
}

/** Tokens with their ids, or names alone where none has an id. */
function specialOf(given: readonly string[]): string[] | Record<string, number> | undefined {
  if (given.length === 0) return undefined;
  const pairs = given.map((text) => /^(.+)=(\d+)$/s.exec(text));
  if (pairs.every((pair) => pair === null)) return [...given];
  return Object.fromEntries(
    pairs.map((pair, i) => {
      if (!pair) throw noId(given[i]!);
      return [pair[1]!, Number(pair[2])];
    }),
  );
}

function noId(token: string): UsageError {
  return new UsageError(`--special ${token} needs an id here: --special '${token}=50256'.`);
}
