import type { Kinds } from "@llm/platform/options";
import { check, checkModel, checkTokenizer } from "../check.js";
import { complete } from "../complete.js";
import { ContextOverflowError, InvalidOptionError } from "../errors.js";
import { type LoglikelihoodOptions, loglikelihood } from "../loglikelihood.js";
import { uniforms } from "../random.js";
import type { LogitsModel, Tokenizer } from "../types.js";
import { perplexity } from "./perplexity.js";
import type { ChoiceItem, CompletionItem, SchemaItem, Task, TaskItems, TaskKind } from "./tasks.js";

/** Which choice a model takes, by three rules. */
export interface Choice {
  /** Log-probability of each choice. */
  logprobs: Float64Array;
  /** The most probable one: "acc" of lm-evaluation-harness. */
  byLogprob: number;
  /** The most probable one a character: its "acc_norm". */
  byCharacter: number;
  /** The most probable one a token: what CORE counts. */
  byToken: number;
}

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends LoglikelihoodOptions {
  /** The first so many items only. */
  limit?: number;
  onProgress?: (progress: { done: number; of: number }) => void;
}

/** What came out: a share of the items, or an average, of each name. */
export interface TaskResult {
  kind: TaskKind;
  items: number;
  metrics: Record<string, number>;
}

const EVALUATE: Kinds<EvaluateOptions> = {
  prefixId: "natural",
  signal: "signal",
  limit: "count",
  onProgress: "function",
};

/** Scores the choices of a question. `delimiter` stands between the two. */
export function multipleChoice(
  model: LogitsModel,
  tokenizer: Tokenizer,
  { query, choices }: Pick<ChoiceItem, "query" | "choices">,
  { delimiter = " ", ...options }: LoglikelihoodOptions & { delimiter?: string } = {},
): Promise<Choice> {
  const pairs = choices.map((choice) => ({ context: query, continuation: delimiter + choice, choice }));
  return choose(model, tokenizer, pairs, options);
}

async function choose(
  model: LogitsModel,
  tokenizer: Tokenizer,
  pairs: readonly { context: string; continuation: string; choice: string }[],
  options: LoglikelihoodOptions,
): Promise<Choice> {
  const logprobs = new Float64Array(pairs.length);
  const perCharacter = new Float64Array(pairs.length);
  const perToken = new Float64Array(pairs.length);
  for (const [i, { context, continuation, choice }] of pairs.entries()) {
    const { logprob, ids } = await loglikelihood(model, tokenizer, context, continuation, options);
    logprobs[i] = logprob;
    perCharacter[i] = logprob / Math.max(1, [...choice].length);
    perToken[i] = logprob / ids.length;
  }
  const best = (values: Float64Array) => values.indexOf(Math.max(...values));
  return {
    logprobs,
    byLogprob: best(logprobs),
    byCharacter: best(perCharacter),
    byToken: best(perToken),
  };
}

/** Runs all items of a task. */
export async function evaluate(
  model: LogitsModel,
  tokenizer: Tokenizer,
  task: Task,
  options: EvaluateOptions = {},
): Promise<TaskResult> {
  check("evaluate", options, EVALUATE);
  checkModel("evaluate", model);
  checkTokenizer("evaluate", tokenizer);
  const { limit = Number.POSITIVE_INFINITY, onProgress, ...scoring } = options;
  const { shots = 0, delimiter = " ", baseline } = task.settings;
  if (shots > 0 && shots >= task.items.length) {
    throw new InvalidOptionError(
      "shots",
      `${shots} shots need more than the ${task.items.length} items that the task has`,
    );
  }
  const sums = new Map<string, number>();
  const add = (name: string, value: number | boolean) =>
    sums.set(name, (sums.get(name) ?? 0) + Number(value));
  const count = Math.min(limit, task.items.length);

  const runners: { [K in TaskKind]: (item: TaskItems[K], at: number) => Promise<void> } = {
    async multipleChoice({ query, choices, gold }, at) {
      const examples = shotsBefore(task.items as ChoiceItem[], at, shots);
      const solved = examples.map((each) => each.query + delimiter + each.choices[each.gold]!);
      const whole = [...solved, query].join("\n\n");
      const chosen = await multipleChoice(
        model,
        tokenizer,
        { query: whole, choices },
        { ...scoring, delimiter },
      );
      add("accuracy", chosen.byLogprob === gold);
      add("accuracy per character", chosen.byCharacter === gold);
      add("accuracy per token", chosen.byToken === gold);
    },
    async schema({ contexts, continuation, gold }, at) {
      const examples = shotsBefore(task.items as SchemaItem[], at, shots);
      const solved = examples.map((each) => each.contexts[each.gold]! + delimiter + each.continuation);
      const pairs = contexts.map((context) => ({
        context: [...solved, context].join("\n\n"),
        continuation: delimiter + continuation,
        choice: continuation,
      }));
      const chosen = await choose(model, tokenizer, pairs, scoring);
      add("accuracy", chosen.byLogprob === gold);
      add("accuracy per token", chosen.byToken === gold);
    },
    async languageModeling({ context, continuation }, at) {
      const examples = shotsBefore(task.items as CompletionItem[], at, shots);
      const solved = examples.map((each) => each.context.trim() + delimiter + each.continuation);
      const whole = [...solved, context.trim()].join("\n\n");
      const scored = await loglikelihood(model, tokenizer, whole, delimiter + continuation, scoring);
      add("accuracy", scored.greedy);
      add("log-probability", scored.logprob);
    },
    async complete({ prompt, answers }) {
      const { stop = "\n", maxTokens = 64 } = task.settings;
      const { signal } = scoring;
      const written = await complete(model, tokenizer, prompt, {
        temperature: 0,
        stop,
        maxTokens,
        ...(signal && { signal }),
      });
      signal?.throwIfAborted();
      add(
        "exact match",
        answers.some((answer) => answer.trim() === written.text.trim()),
      );
    },
    async perplexity({ text }) {
      const { logprob, tokens, bytes, words } = await perplexity(model, tokenizer, text, scoring);
      add("log-probability", logprob);
      add("tokens", tokens);
      add("bytes", bytes);
      add("words", words);
    },
  };
  const run = runners[task.kind] as (item: Task["items"][number], at: number) => Promise<void>;
  for (let at = 0; at < count; at++) {
    try {
      await run(task.items[at]!, at);
    } catch (error) {
      if (error instanceof InvalidOptionError || error instanceof ContextOverflowError) {
        error.message = `item ${at + 1}: ${error.message}`;
      }
      throw error;
    }
    onProgress?.({ done: at + 1, of: count });
  }
  return { kind: task.kind, items: count, metrics: metricsOf(task.kind, sums, count, baseline) };
}

function metricsOf(
  kind: TaskKind,
  sums: ReadonlyMap<string, number>,
  count: number,
  baseline?: number,
): Record<string, number> {
  if (kind === "perplexity") {
    const of = (name: string) => -sums.get("log-probability")! / sums.get(name)!;
    return {
      "perplexity of a token": Math.exp(of("tokens")),
      "perplexity of a word": Math.exp(of("words")),
      "bits per byte": of("bytes") / Math.LN2,
    };
  }
  const metrics: Record<string, number> = {};
  for (const [name, sum] of sums) {
    metrics[name] = sum / count;
    if (baseline !== undefined && name.startsWith("accuracy")) {
      metrics[`${name}, centred`] = (sum / count - baseline) / (1 - baseline);
    }
  }
  return metrics;
}

/** Other items, the same ones for each place in each run. */
function shotsBefore<T>(items: readonly T[], at: number, shots: number): T[] {
  const places = [...items.keys()].filter((i) => i !== at);
  for (let i = 0; i < shots; i++) {
    const j = i + Math.floor(uniforms(at, 0, i)[0] * (places.length - i));
    [places[i], places[j]] = [places[j]!, places[i]!];
  }
  return places.slice(0, shots).map((i) => items[i]!);
}
