import { thousands } from "../thousands.js";
import { MOST_MODELS, type ModelFiles } from "./model-files.js";
import type { NamedFile } from "./named-file.js";

/** The files of a run, each in its place. */
export interface RunFiles {
  /** The first is the usual one. */
  readonly models: readonly ModelFiles[];
  readonly tokenizer: File | undefined;
  readonly log: File | undefined;
  readonly drops: File | undefined;
  /** What cleaning left: how many documents each step took. */
  readonly cleaned: File | undefined;
}

export const TOKENIZER = "tokenizer.json";
export const WEIGHTS = "model.safetensors";
const CONFIG = "config.json";
/** A tokenizer as GPT-2's first files have it, where there is no other. */
const VOCABULARY = ["vocab.json", "merges.txt"] as const;
/** Weights in other forms, which are not opened. */
const OTHER_WEIGHTS = /(^|\/)(model-\d+-of-\d+\.safetensors|pytorch_model.*\.bin)$/;

/** The largest files that are opened, in bytes: GPT-2's weights, and a log of a million steps. */
const LARGEST: Readonly<Record<string, number>> = {
  [WEIGHTS]: 600e6,
  [CONFIG]: 1e6,
  [TOKENIZER]: 64e6,
  "vocab.json": 64e6,
  "merges.txt": 64e6,
  "log.jsonl": 256e6,
  "drops.jsonl": 256e6,
  "clean.json": 16e6,
};

const baseOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Whether files are, or have among them, what only a run has. */
export function hasRun(files: readonly NamedFile[]): boolean {
  return files.some(({ path }) =>
    [WEIGHTS, CONFIG, TOKENIZER, "log.jsonl", "drops.jsonl"].some((name) => name === baseOf(path)),
  );
}

/** Finds a run's files by their names. @throws in words, for files that are missing, too large, or none of a run */
export function sortFiles(all: readonly NamedFile[]): RunFiles {
  const files = all.filter(({ path }) => !/(^|\/)checkpoints\//.test(path));
  const nearest = (name: string) =>
    files
      .filter(({ path }) => baseOf(path) === name)
      .sort((a, b) => depth(a.path) - depth(b.path) || (a.path < b.path ? -1 : 1))[0];
  const models = files.filter(({ path }) => baseOf(path) === WEIGHTS).map(({ path }) => modelOf(path, files));
  const [config] = files.filter(({ path }) => baseOf(path) === CONFIG);
  const other = files.filter(({ path }) => OTHER_WEIGHTS.test(path));
  if (config && models.length === 0 && other[0]) {
    const bytes = other.reduce((sum, { file }) => sum + file.size, 0);
    throw new Error(
      `${other[0].path} is not opened here: this page reads weights from one ${WEIGHTS} of at most ${megabytes(LARGEST[WEIGHTS]!)}, and these have ${megabytes(bytes)}. Gpt.load and save of @llm/gpt, or save_pretrained of transformers, write it.`,
    );
  }
  if (config && models.length === 0) {
    throw new Error(`${config.path} is there without ${WEIGHTS}: choose both, by just these names.`);
  }
  models.sort((a, b) => rank(a.folder) - rank(b.folder) || (a.folder < b.folder ? -1 : 1));
  const chosen = models.slice(0, MOST_MODELS);
  const [log, drops, cleaned] = ["log.jsonl", "drops.jsonl", "clean.json"].map(nearest);
  const tokenizer = nearest(TOKENIZER);
  for (const found of [tokenizer, log, drops, cleaned]) if (found) checkSize(found.path, found.file);
  if (chosen.length === 0 && !tokenizer && !log && !drops) {
    const what =
      all.length === 1 ? `${all[0]!.path} is no file of a run` : `None of the ${all.length} files is a run's`;
    throw new Error(
      `${what}: choose ${WEIGHTS} with ${CONFIG} and ${TOKENIZER}, log.jsonl or drops.jsonl, or the folder that has them.`,
    );
  }
  return {
    models: chosen,
    tokenizer: tokenizer?.file,
    log: log?.file,
    drops: drops?.file,
    cleaned: cleaned?.file,
  };
}

function modelOf(path: string, files: readonly NamedFile[]): ModelFiles {
  const folder = folderOf(path);
  const beside = (name: string) => files.find((file) => file.path === (folder ? `${folder}/${name}` : name));
  const config = beside(CONFIG);
  if (!config) throw new Error(`${path} is there without ${CONFIG}: choose both, by just these names.`);
  // A run's models have one tokenizer, which stands above their folders.
  const tokenizer = files
    .filter((file) => baseOf(file.path) === TOKENIZER && `${folder}/`.startsWith(parent(file.path)))
    .sort((a, b) => depth(b.path) - depth(a.path))[0];
  const [vocab, merges] = VOCABULARY.map(beside);
  const own = {
    ...{ [WEIGHTS]: beside(WEIGHTS)!, [CONFIG]: config },
    ...(tokenizer
      ? { [TOKENIZER]: tokenizer }
      : vocab && merges && { [VOCABULARY[0]]: vocab, [VOCABULARY[1]]: merges }),
  };
  for (const { path, file } of Object.values(own)) checkSize(path, file);
  return {
    folder,
    files: Object.fromEntries(Object.entries(own).map(([name, { file }]) => [name, file])),
  };
}

function checkSize(path: string, { size }: File): void {
  const largest = LARGEST[baseOf(path)]!;
  if (size <= largest) return;
  const wayOut =
    baseOf(path) === WEIGHTS
      ? " That is enough for GPT-2 with 124 million weights; the shapes of larger ones stand in the view In 3D, and in Node @llm/gpt/inspect looks into any."
      : " Leave it out.";
  throw new Error(
    `${path} is too large: it has ${megabytes(size)}, and this page opens at most ${megabytes(largest)}.${wayOut}`,
  );
}

const megabytes = (bytes: number) => `${thousands(Math.ceil(bytes / 1e6))} MB`;

const parent = (path: string) => (folderOf(path) ? `${folderOf(path)}/` : "");
const depth = (path: string) => path.split("/").length;

/** The base model first, then those that came of it, then what they are compared with. */
function rank(folder: string): number {
  if (/(^|\/)controls\//.test(folder)) return 4;
  if (/(^|\/)sft\//.test(`${folder}/`)) return 1;
  return /(^|\/)rl\//.test(`${folder}/`) ? 2 : /(^|\/)model\/?$|^$/.test(folder) ? 0 : 3;
}
