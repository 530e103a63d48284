// Task files: JSON lines. The first may hold settings, each other one is an item; names of CORE's files are known too.

import { InvalidOptionError } from "../errors.js";

/** A question with several answers, of which one is right. */
export interface ChoiceItem {
  query: string;
  choices: readonly string[];
  /** The place of the right one, from 0. */
  gold: number;
}

/** Several beginnings with one continuation, of which one beginning is right (Winograd schemas). */
export interface SchemaItem {
  contexts: readonly string[];
  continuation: string;
  gold: number;
}

/** A text whose end has to be said exactly. */
export interface CompletionItem {
  context: string;
  continuation: string;
}

/** A prompt that is written on from; the text is right where it is one of these answers. */
export interface GenerationItem {
  prompt: string;
  answers: readonly string[];
}

/** A text that should not be surprising. */
export interface TextItem {
  text: string;
}

/** The items of each kind of task. */
export interface TaskItems {
  multipleChoice: ChoiceItem;
  schema: SchemaItem;
  languageModeling: CompletionItem;
  complete: GenerationItem;
  perplexity: TextItem;
}

export type TaskKind = keyof TaskItems;

/** What a task file may say in its first line. */
export interface TaskSettings {
  name?: string;
  /** What stands between a question and its answer: CORE's `continuation_delimiter`, which is read too. Default " ". */
  delimiter?: string;
  /** How many other items stand before each question, with their answers. Default 0. */
  shots?: number;
  /** What guessing reaches, from 0 to 1: accuracy is also given centred, (accuracy - baseline) / (1 - baseline). */
  baseline?: number;
  /** Where the text of a `complete` task ends. Default a new line. */
  stop?: string;
  /** Default 64. */
  maxTokens?: number;
}

/** A task: items of one kind. */
export type Task = {
  [K in TaskKind]: { kind: K; items: readonly TaskItems[K][]; settings: TaskSettings };
}[TaskKind];

type Line = Record<string, unknown>;

const SETTINGS = {
  name: "string",
  delimiter: "string",
  shots: "number",
  baseline: "number",
  stop: "string",
  maxTokens: "number",
} as const satisfies Record<keyof TaskSettings, string>;

/** Whether a line is of a kind, and its item. CORE's `context_options` are `contexts` here. */
const READERS: { [K in TaskKind]: (line: Line) => TaskItems[K] | undefined } = {
  multipleChoice: ({ query, choices, gold }) =>
    isText(query) && isTexts(choices) && isPlace(gold, choices) ? { query, choices, gold } : undefined,
  schema: ({ contexts, context_options, continuation, gold }) => {
    const all = contexts ?? context_options;
    return isTexts(all) && isText(continuation) && isPlace(gold, all)
      ? { contexts: all, continuation, gold }
      : undefined;
  },
  languageModeling: ({ context, continuation }) =>
    isText(context) && isText(continuation) && continuation !== "" ? { context, continuation } : undefined,
  complete: ({ prompt, answer, answers }) => {
    const all = isText(answer) ? [answer] : answers;
    return isText(prompt) && isTexts(all) ? { prompt, answers: all } : undefined;
  },
  perplexity: ({ text }) => (isText(text) && text !== "" ? { text } : undefined),
};

/**
 * Reads a task of JSON lines: `{"query","choices","gold"}`, `{"contexts","continuation","gold"}`,
 * `{"context","continuation"}`, `{"prompt","answers"}` or `{"text"}`, all of one kind. The first line may be
 * `{"task": {"name", "delimiter", "shots", "baseline", "stop", "maxTokens"}}`.
 * @throws InvalidOptionError that names the line
 */
export function readTask(jsonl: string, settings: TaskSettings = {}): Task {
  const lines = jsonl.split("\n").map((text, i) => ({ text: text.trim(), number: i + 1 }));
  let own: TaskSettings = {};
  let kind: TaskKind | undefined;
  const items: unknown[] = [];
  for (const { text, number } of lines) {
    if (text === "") continue;
    const line = parse(text, number);
    if ("task" in line && items.length === 0) {
      own = settingsOf(line["task"], number);
      continue;
    }
    kind ??= (Object.keys(READERS) as TaskKind[]).find((each) => READERS[each](line));
    const item = kind && READERS[kind](line);
    if (item === undefined) {
      const wanted = kind ? `an item of ${kind}, as those before it are` : "an item of any kind of task";
      throw fault(number, `is not ${wanted}: ${text.slice(0, 80)}`);
    }
    items.push(item);
  }
  if (!kind) throw new InvalidOptionError("jsonl", "the task has no items");
  const all = { ...own, ...settings };
  checkSettings(kind, all);
  return { kind, items, settings: all } as Task;
}

/** @throws InvalidOptionError */
function checkSettings(kind: TaskKind, { shots = 0, maxTokens = 1, baseline = 0 }: TaskSettings): void {
  const isCount = (value: number, least: number) => Number.isInteger(value) && value >= least;
  const fail = (name: string, value: number, wanted: string) => {
    throw new InvalidOptionError(name, `${name} of the task is ${value}; it must be ${wanted}`);
  };
  if (!isCount(shots, 0)) fail("shots", shots, "a whole number, 0 or more");
  if (!isCount(maxTokens, 1)) fail("maxTokens", maxTokens, "a whole number above 0");
  if (!(baseline >= 0 && baseline < 1)) fail("baseline", baseline, "from 0 to below 1");
  if (shots > 0 && (kind === "complete" || kind === "perplexity")) {
    throw new InvalidOptionError("shots", `a task of ${kind} has no shots: put them into its texts`);
  }
}

function settingsOf(value: unknown, number: number): TaskSettings {
  if (typeof value !== "object" || value === null) throw fault(number, "has a task that is no object");
  const { continuation_delimiter, ...own } = value as Line;
  const settings = continuation_delimiter === undefined ? own : { delimiter: continuation_delimiter, ...own };
  for (const [key, each] of Object.entries(settings)) {
    if (!Object.hasOwn(SETTINGS, key)) {
      throw fault(number, `has the setting "${key}"; there are ${Object.keys(SETTINGS).join(", ")}`);
    }
    const wanted = SETTINGS[key as keyof TaskSettings];
    if (typeof each !== wanted) throw fault(number, `has the setting "${key}", which must be a ${wanted}`);
  }
  return settings;
}

function parse(text: string, number: number): Line {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Line;
  } catch {
    // told below
  }
  throw fault(number, `is no JSON object: ${text.slice(0, 80)}`);
}

function fault(number: number, what: string): InvalidOptionError {
  return new InvalidOptionError("jsonl", `line ${number} of the task ${what}`);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

function isPlace(value: unknown, of: readonly unknown[]): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < of.length;
}
