import { checkModel, read } from "../check.js";
import { InvalidOptionError } from "../errors.js";
import type { LogitsModel } from "../types.js";

/** Drafts from the row's own prompt and output: what followed the last tokens where they stood before. */
export interface PromptLookupOptions {
  /** How many tokens are compared at most. Default 3. */
  ngram?: number;
  /** And at least. Default 2. */
  minNgram?: number;
  /** How long a draft is at most. Default 16. */
  tokens?: number;
}

/** Drafts of a smaller model. */
export interface DraftModelOptions {
  /** A model with the same tokenizer. */
  draft: LogitsModel;
  /** How long a draft is at most. Default 8. */
  tokens?: number;
}

/** How drafts are made: looked up in the text, or written by a smaller model. */
export type SpeculateOption = "prompt" | PromptLookupOptions | DraftModelOptions;

/** Where drafts come from, checked and complete. */
export type Source = { tokens: number } & (
  | { draft: LogitsModel }
  | { draft?: undefined; longest: number; shortest: number }
);

/** What a draft model has to know. */
interface Known {
  ids: readonly number[];
  vocabSize: number;
}

/** @throws InvalidOptionError */
export function readSpeculate(of: string, given: SpeculateOption, known: Known): Source {
  const name = `speculate of ${of}`;
  if (typeof given === "string") {
    if (given === "prompt") return readSpeculate(of, {}, known);
    const wanted = 'it must be "prompt", or an object such as { ngram: 3 } or { draft: model }';
    throw new InvalidOptionError("speculate", `${name} is "${given}": ${wanted}`);
  }
  if ("draft" in given) {
    const { draft, tokens = 8 } = read(name, given, { draft: "object!", tokens: "count" });
    checkDraft(name, draft, known);
    return { draft, tokens };
  }
  const options = read<PromptLookupOptions>(name, given, {
    ngram: "count",
    minNgram: "count",
    tokens: "count",
  });
  const { ngram = Math.max(3, options.minNgram ?? 0), minNgram = Math.min(2, ngram), tokens = 16 } = options;
  if (minNgram > ngram) {
    throw new InvalidOptionError("minNgram", `minNgram is ${minNgram}: it must be at most ngram, ${ngram}`);
  }
  return { longest: ngram, shortest: minNgram, tokens };
}

/** Refuses a model that cannot read the ids of the text. */
function checkDraft(name: string, draft: LogitsModel, { ids, vocabSize }: Known): void {
  checkModel(name, draft);
  const needed = ids.reduce((most, id) => Math.max(most, id + 1), vocabSize);
  if (draft.vocabSize >= needed) return;
  throw new InvalidOptionError(
    "draft",
    `the draft model of ${name} knows ids below ${draft.vocabSize}, and the text has ids below ${needed}: it needs the same tokenizer`,
  );
}
