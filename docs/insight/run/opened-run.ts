import type { FunnelCount } from "../engine/data/funnel.js";
import type { NamedFile } from "./named-file.js";
import { type DroppedDocument, type RunLog, readDrops, readFunnel, readLog } from "./records.js";
import { type ModelFiles, sortFiles, TOKENIZER } from "./sort-files.js";

/** A run of the reader's. Its files are read where they are, and nothing of them leaves the page. */
export interface OpenedRun {
  readonly models: readonly ModelFiles[];
  /** The content of its tokenizer.json. */
  readonly tokenizer: string | undefined;
  readonly log: RunLog | undefined;
  readonly drops: readonly DroppedDocument[] | undefined;
  readonly funnel: readonly FunnelCount[] | undefined;
  /** What was opened, in words. */
  readonly words: string;
}

/** Of the page: all views have the same. */
let opened: OpenedRun | undefined;

export function openedRun(): OpenedRun | undefined {
  return opened;
}

/**
 * Opens a run in the place of the one before, which stays where a file of this one is wrong. `tryModel` opens a model to see
 * that it can be.
 * @throws in words: which file, and why
 */
export async function openRun(
  files: readonly NamedFile[],
  tryModel: (model: ModelFiles) => Promise<unknown>,
): Promise<OpenedRun> {
  const { models, tokenizer, log, drops, cleaned } = sortFiles(files);
  const read = async <T>(file: File | undefined, parse: (name: string, text: string) => T) =>
    file && parse(file.name, await textOf(file));
  const [first] = models;
  const run = {
    models,
    tokenizer: await read(tokenizer, checkedJson),
    log: await read(log, readLog),
    drops: await read(drops, readDrops),
    funnel: await read(cleaned, readFunnel),
  };
  if (first) await tryModel(first);
  opened = { ...run, words: wordsOf(run) };
  return opened;
}

function checkedJson(name: string, text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is no JSON; was it cut short? ${error instanceof Error ? error.message : ""}`);
  }
  return text;
}

async function textOf(file: File): Promise<string> {
  try {
    return await file.text();
  } catch (error) {
    throw new Error(`${file.name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function wordsOf({ models, tokenizer, log, drops }: Omit<OpenedRun, "words">): string {
  const [first] = models;
  const parts = [
    models.length === 1 && "a model",
    models.length > 1 && `${models.length} models (${models.map(({ folder }) => folder).join(", ")})`,
    first && !(TOKENIZER in first.files) && "without a tokenizer",
    !first && tokenizer !== undefined && "a tokenizer",
    log && `a log of ${log.steps.length} steps`,
    drops && `${drops.length} dropped documents`,
  ];
  return parts.filter(Boolean).join(", ");
}
