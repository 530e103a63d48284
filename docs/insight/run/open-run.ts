import { counted } from "../counted.js";
import type { Weighed } from "../engine/weigh.js";
import { messageOf } from "../message-of.js";
import { thousands } from "../thousands.js";
import type { ModelFiles } from "./model-files.js";
import type { NamedFile } from "./named-file.js";
import { type OpenedRun, setRun } from "./opened-run.js";
import { readDrops, readFunnel, readLog } from "./records.js";
import { sortFiles, TOKENIZER, WEIGHTS } from "./sort-files.js";

/** How a run is opened. */
interface Opening {
  /** What a file of weights takes; undefined where it is none. */
  weigh(weights: File): Promise<Weighed | undefined>;
  /** Asks whether so much is to be taken. */
  agree(words: string): Promise<boolean>;
  /** Opens a model, to see that it can be. */
  tryModel(model: ModelFiles): Promise<unknown>;
  /** Whether the reader has chosen another run since. */
  isGivenUp(): boolean;
}

/** Bytes of memory that are taken without a question. */
const UNASKED = 256e6;

/**
 * Opens a run in the place of the one before, which stays where a file of this one is wrong.
 * @returns undefined where the reader does not want it, or chose another
 * @throws in words: which file, and why
 */
export async function openRun(
  files: readonly NamedFile[],
  { weigh, agree, tryModel, isGivenUp }: Opening,
): Promise<OpenedRun | undefined> {
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
  const weighed = first && (await weigh(first.files[WEIGHTS]!));
  if (weighed && weighed.bytes > UNASKED && !(await agree(question(weighed)))) return undefined;
  // From here on it is opened: the engine has one model, and the page has to show that one.
  if (isGivenUp()) return undefined;
  if (first) await tryModel(first).catch(wayOut);
  const opened = { ...run, words: wordsOf(run) };
  setRun(opened);
  return opened;
}

/** The size, before anything of it is taken. */
function question({ weights, bytes }: Weighed): string {
  const millions = thousands(Math.round(weights / 1e6));
  const gigabytes = (bytes / 1e9).toFixed(1);
  // In steps, and never more than 8; not every browser tells it.
  const { deviceMemory } = navigator as { deviceMemory?: number };
  const isMuch = deviceMemory !== undefined && bytes > (deviceMemory * 1e9) / 2;
  const warning = isMuch ? ` That is much for this device, which has about ${deviceMemory} GB.` : "";
  return `This model has ${millions} million numbers in its file: to look into it takes up to ${gigabytes} GB of memory, and each new text some seconds.${warning}`;
}

/** A model that cannot be opened: what the reader can do about it. */
function wayOut(error: unknown): never {
  const message = messageOf(error);
  const isMemory = /memory|alloc|array length/i.test(message);
  const way = isMemory
    ? "The browser has no memory left for it: close other pages, or open a smaller model."
    : "Choose files of one model, or save them again.";
  throw new Error(`${message.replace(/[^.?!]$/, "$&.")} ${way}`);
}

function checkedJson(name: string, text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is no JSON (${messageOf(error)}): was it cut short? Save it again.`);
  }
  return text;
}

async function textOf(file: File): Promise<string> {
  try {
    return await file.text();
  } catch (error) {
    throw new Error(`${file.name} cannot be read: ${messageOf(error)} Choose it again: it may have changed.`);
  }
}

function wordsOf({ models, tokenizer, log, drops }: Omit<OpenedRun, "words">): string {
  const [first] = models;
  const parts = [
    models.length === 1 && "a model",
    models.length > 1 && `${models.length} models (${models.map(({ folder }) => folder).join(", ")})`,
    first &&
      !(TOKENIZER in first.files) &&
      !("vocab.json" in first.files) &&
      "without a tokenizer, so that a text is written as ids (tokenizer.json, or vocab.json with merges.txt, has its words)",
    !first && tokenizer !== undefined && "a tokenizer",
    log && `a log of ${counted(log.steps.length, "step")}`,
    drops && counted(drops.length, "dropped document"),
  ];
  return parts.filter(Boolean).join(", ");
}
