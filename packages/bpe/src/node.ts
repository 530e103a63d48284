import { mkdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { checkWritable, writeAside } from "@llm/platform/durable";
import { check, checkArgument } from "./check.js";
import type { EncodingName } from "./encodings.js";
import { TokenizerFormatError, VocabularyError } from "./errors.js";
import { expressions } from "./expressions.js";
import { readAddedTokens } from "./hf.js";
import { type Json, parseJson } from "./json.js";
import { loadTiktoken } from "./load-tiktoken.js";
import { TIKTOKEN, type TiktokenOptions } from "./tiktoken.js";
import { Tokenizer } from "./tokenizer.js";
import { readVocabBpe, VOCAB_BPE, type VocabBpeOptions } from "./vocab-bpe.js";
import { writable } from "./writable.js";

export { DiskFullError, WriteError } from "@llm/platform/durable";
export { type TrainFilesOptions, trainFiles } from "./node-train.js";

/** The forms a tokenizer can be saved in: tokenizer.json, a .tiktoken table, or a folder of vocab.json and merges.txt. */
export type FileFormat = "hf" | "tiktoken" | "vocab-bpe";

/**
 * Writes a tokenizer. A file is written aside, flushed to the disk and renamed: one that was there stays whole until the
 * new one is.
 *
 * @param options `format`: by default "tiktoken" where the path ends in .tiktoken, "hf" elsewhere. With "vocab-bpe" the
 * path is a folder, which is made if need be.
 * @throws VocabularyError where the format cannot say what the tokenizer does, WriteError where the file cannot be written
 */
export async function save(
  tokenizer: Tokenizer,
  path: string,
  options: { format?: FileFormat } = {},
): Promise<void> {
  checkArgument("path of save", path, "string");
  check("save", options, { format: ["hf", "tiktoken", "vocab-bpe"] });
  const format = options.format ?? (extname(path) === ".tiktoken" ? "tiktoken" : "hf");
  if (format === "tiktoken") return writeAside(path, tokenizer.toTiktoken());
  if (format === "hf")
    return writeAside(path, `${JSON.stringify(tokenizer.toHF({ expressions }), null, 1)}\n`);
  const { vocab, merges } = tokenizer.toVocabBpe();
  await checkWritable(join(path, "vocab.json"), { makesFolders: true });
  await mkdir(path, { recursive: true });
  await writeAside(join(path, "vocab.json"), `${JSON.stringify(vocab)}\n`);
  await writeAside(join(path, "merges.txt"), merges);
}

/**
 * Reads a tokenizer: a tokenizer.json, a .tiktoken table, or a folder with tokenizer.json or vocab.json + merges.txt.
 *
 * @param options what a .tiktoken table does not say, or the name of a published encoding; for vocab.json + merges.txt
 * see `loadVocabBpe`. A tokenizer.json says everything itself and takes none.
 * @throws TokenizerFormatError, VocabularyError, or the file system's error
 */
export async function load(
  path: string,
  options?: EncodingName | Partial<TiktokenOptions>,
): Promise<Tokenizer> {
  checkArgument("path of load", path, "string");
  if (typeof options === "object") check("load", options, { ...TIKTOKEN, pattern: "string|object" });
  if ((await stat(path)).isDirectory()) return loadFolder(path, options);
  if (extname(path) === ".tiktoken") {
    if (typeof options !== "string" && !options?.pattern) {
      throw new TokenizerFormatError(
        `${path}: a .tiktoken table does not say how text is cut. Pass the encoding's name, or { pattern, specialTokens }.`,
      );
    }
    const table = await readFile(path);
    return naming(path, () => loadTiktoken(table, options as EncodingName | TiktokenOptions));
  }
  if (options !== undefined) {
    throw noOptions(path);
  }
  const text = await readText(path);
  return naming(path, () => Tokenizer.openHF(text));
}

/** Reads vocab.json and merges.txt. @throws TokenizerFormatError, VocabularyError, or the file system's error */
export async function loadVocabBpe(
  vocabPath: string,
  mergesPath: string,
  options: VocabBpeOptions = {},
): Promise<Tokenizer> {
  check("loadVocabBpe", options, VOCAB_BPE);
  return readPair(vocabPath, mergesPath, options, []);
}

async function readPair(
  vocabPath: string,
  mergesPath: string,
  options: VocabBpeOptions,
  added: readonly Json[],
): Promise<Tokenizer> {
  // One by one: of two that cannot be read the first is named, always.
  const vocab = await readText(vocabPath);
  const merges = await readText(mergesPath);
  return naming(`${vocabPath}, ${mergesPath}`, async () => {
    const parts = readVocabBpe(vocab, merges, options, readAddedTokens(added));
    return new Tokenizer(await writable(parts));
  });
}

async function loadFolder(
  folder: string,
  options: EncodingName | Partial<TiktokenOptions> | undefined,
): Promise<Tokenizer> {
  const whole = join(folder, "tokenizer.json");
  const config = await readConfig(join(folder, "tokenizer_config.json"));
  if (await exists(whole)) {
    if (options !== undefined) throw noOptions(whole);
    const text = await readText(whole);
    return naming(whole, () => Tokenizer.openHF(withTokens(parseJson(text, "The tokenizer file"), config)));
  }
  const [vocab, merges] = [join(folder, "vocab.json"), join(folder, "merges.txt")];
  if (!(await exists(vocab)) || !(await exists(merges))) {
    throw new TokenizerFormatError(
      `${folder} is a folder, and has neither tokenizer.json nor vocab.json and merges.txt: name a file, or a folder that does.`,
    );
  }
  if (typeof options === "string") {
    throw new TokenizerFormatError(
      `${folder}: vocab.json and merges.txt take { pattern, specialTokens, normalizer }, not the name of an encoding.`,
    );
  }
  return readPair(vocab, merges, options ?? {}, config);
}

function noOptions(path: string): TokenizerFormatError {
  return new TokenizerFormatError(
    `${path}: a tokenizer.json has its own pattern and tokens: pass no options.`,
  );
}

/** The tokens that a tokenizer_config.json adds; none where there is no such file. */
async function readConfig(path: string): Promise<Json[]> {
  if (!(await exists(path))) return [];
  const text = await readText(path);
  const config = await naming(path, () => parseJson(text, "The file"));
  return Object.entries(Object(config["added_tokens_decoder"])).map(([id, token]) => ({
    ...(token as object),
    id: Number(id),
  }));
}

/** The file with those of the tokens that it does not name itself. */
function withTokens(file: Json, tokens: readonly Json[]): Json {
  const listed = Array.isArray(file["added_tokens"]) ? (file["added_tokens"] as Json[]) : [];
  const known = new Set(listed.map(({ content }) => content));
  return { ...file, added_tokens: [...listed, ...tokens.filter(({ content }) => !known.has(content))] };
}

/** A file's text. The system's own error does not say which one is a folder. */
async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EISDIR") throw cause;
    throw new TokenizerFormatError(`${path} is a folder: name a file.`, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Says in an error of ours which file it is about. */
async function naming<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TokenizerFormatError) throw new TokenizerFormatError(`${path}: ${error.message}`);
    if (error instanceof VocabularyError) throw new VocabularyError(`${path}: ${error.message}`);
    throw error;
  }
}
