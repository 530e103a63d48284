import type { Kinds } from "@llm/platform/options";
import { Rests } from "@llm/platform/rest";
import type { BatchOptions } from "../batch/batch-options.js";
import type { ForcedTokens } from "../batch/forced.js";
import { SAMPLE_BATCH, type SampleBatchOptions, sampleBatch } from "../batch/sample-batch.js";
import type { Sample } from "../batch/sampled-text.js";
import { checkArgument, checkCount, checkModel, checkTokenizer, checkVerifiable, read } from "../check.js";
import { InvalidOptionError } from "../errors.js";
import { promptIds } from "../generate.js";
import type { FinishReason } from "../text-row.js";
import type { LogitsModel, Tokenizer } from "../types.js";
import { type Estimate, estimateShare } from "./interval.js";
import { passAt } from "./pass-at.js";
import { scoreOf, type TaskAnswer, type TaskPlace, type VerifiableTask } from "./verifiable-task.js";

/** How far {@link evaluateTasks} is: which answers are being written, or whether they are being judged. */
export interface TasksProgress {
  stage: "samples" | "greedy" | "checks";
  /** Answers that are finished in this stage, and how many there are. */
  done: number;
  of: number;
}

/** Options of {@link evaluateTasks}: those of `sampleBatch`, but for what it sets itself. */
export interface EvaluateTasksOptions
  extends Partial<Omit<SampleBatchOptions, keyof BatchOptions | "forced">>,
    Pick<BatchOptions, "maxRows" | "maxBytes"> {
  /** Encodes prompts that are texts, and makes texts of answers. */
  tokenizer?: Tokenizer;
  /** How many answers to draw for each task. Default 8. */
  samples?: number;
  /** The k of each pass@k. Default 1 and `samples`. */
  k?: readonly number[];
  /** How many tokens an answer has at most. Default 256. */
  maxTokens?: number;
  /** Tokens that are put in, such as a tool's answers, asked for before each draw: `prompt` is the task's index. */
  forced?: Extract<ForcedTokens, (...given: never) => unknown>;
  /** Milliseconds that a check may take. Default 30,000; Infinity for any time. One that never gives way cannot be stopped. */
  checkTimeout?: number;
  onProgress?: (progress: TasksProgress) => void;
}

/** An answer, and what its check said. */
export interface JudgedAnswer {
  ids: number[];
  /** Where there is a tokenizer. */
  text?: string;
  finishReason: FinishReason;
  /** From 0 to 1, which is right. */
  score: number;
}

/** What came out of one task. */
export interface TaskOutcome {
  prompt: string | number[];
  /** How many of the samples are right. */
  right: number;
  samples: JudgedAnswer[];
  greedy: JudgedAnswer;
}

/** How often a model does its tasks. Intervals are over tasks: what other tasks of the kind would give. */
export interface TasksResult {
  /** pass@k by k: how probably one of k drawn answers is right, as a mean over the tasks. */
  passAt: Record<number, Estimate>;
  /** How often the answer without chance is right. */
  greedy: Estimate;
  tasks: TaskOutcome[];
}

const { row: _, onProgress: __, forced: ___, ...SAMPLING_OPTIONS } = SAMPLE_BATCH;
const EVALUATE_TASKS: Kinds<EvaluateTasksOptions> = {
  ...SAMPLING_OPTIONS,
  maxTokens: "count",
  forced: "function",
  tokenizer: "object",
  k: "array",
  checkTimeout: "number",
  onProgress: "function",
};

/**
 * Draws `samples` answers to each task and a greedy one (temperature 0), has them checked, and tells how many are right:
 * pass@1, pass@k and greedy accuracy, with 95% intervals over the tasks. The same seed draws the same answers. The result is
 * plain data, which JSON keeps; `comparePaired` compares two.
 *
 * @throws InvalidOptionError for tasks or options that it cannot use, ContextOverflowError for a prompt longer than the block
 * @throws TaskCheckError where a check throws, takes longer than `checkTimeout`, or gives no number from 0 to 1
 */
export async function evaluateTasks(
  model: LogitsModel,
  tasks: readonly VerifiableTask[],
  options: EvaluateTasksOptions = {},
): Promise<TasksResult> {
  checkModel("evaluateTasks", model);
  checkArgument("tasks of evaluateTasks", tasks, "array");
  const given = read("evaluateTasks", options, EVALUATE_TASKS);
  const { tokenizer, samples = 8, k = [1, samples], checkTimeout = 30_000, onProgress, ...drawing } = given;
  if (tasks.length === 0) throw new InvalidOptionError("tasks", "there are no tasks");
  if (tokenizer) checkTokenizer("evaluateTasks", tokenizer);
  for (const each of k) {
    checkCount("k", each, 1);
    if (each <= samples) continue;
    throw new InvalidOptionError(
      "k",
      `pass@${each} needs ${each} samples of each task, and there are ${samples}`,
    );
  }
  if (!(checkTimeout > 0)) {
    throw new InvalidOptionError("checkTimeout", `checkTimeout is ${checkTimeout}; it must be above 0`);
  }
  const prompts = tasks.map((task, i) => promptOf(model, task, i, tokenizer));
  const settings = {
    maxTokens: 256,
    ...(tokenizer && { tokenizer }),
    ...drawing,
  };
  const { signal } = drawing;

  const draw = (stage: TasksProgress["stage"], own: Partial<SampleBatchOptions>) =>
    sampleBatch(model, prompts, {
      ...settings,
      ...own,
      onProgress: ({ finished, texts }) => onProgress?.({ stage, done: finished, of: texts }),
    });
  const drawn = await draw("samples", { samples });
  const greedy = await draw("greedy", { temperature: 0 });

  const rests = new Rests();
  const answers = tasks.length * (samples + 1);
  let judged = 0;
  const judge = async (place: TaskPlace, sample: Sample): Promise<JudgedAnswer> => {
    const answer = answerOf(sample, place, tokenizer);
    const score = await scoreOf(tasks[place.task]!, answer, { timeout: checkTimeout, signal });
    onProgress?.({ stage: "checks", done: ++judged, of: answers });
    const { ids, finishReason } = sample;
    const text = tokenizer && { text: answer.text };
    return { ids: Array.from(ids), ...text, finishReason, score };
  };
  const outcomes: TaskOutcome[] = [];
  for (const [task, { prompt }] of tasks.entries()) {
    await rests.take(signal);
    const own = drawn.slice(task * samples, (task + 1) * samples);
    // All have settled before an error is thrown, so that nothing runs on, and it is the first one in order.
    const settled = await Promise.allSettled([
      judge({ task, sample: "greedy" }, greedy[task]!),
      ...own.map((each, sample) => judge({ task, sample }, each)),
    ]);
    const [best, ...others] = settled.map((each) => {
      if (each.status === "fulfilled") return each.value;
      throw each.reason;
    });
    outcomes.push({
      prompt: typeof prompt === "string" ? prompt : Array.from(prompt),
      right: others.filter(isRight).length,
      samples: others,
      greedy: best!,
    });
  }
  return {
    passAt: Object.fromEntries(k.map((each) => [each, estimateShare(sharesAt(each, outcomes))])),
    greedy: estimateShare(outcomes.map(({ greedy }) => Number(isRight(greedy)))),
    tasks: outcomes,
  };
}

/** pass@k of each task. */
export function sharesAt(k: number, outcomes: readonly TaskOutcome[]): number[] {
  return outcomes.map(({ samples, right }) => passAt(k, { samples: samples.length, right }));
}

/** Whether an answer is wholly right. */
export function isRight({ score }: JudgedAnswer): boolean {
  return score === 1;
}

function promptOf(model: LogitsModel, task: VerifiableTask, at: number, tokenizer?: Tokenizer): number[] {
  const which = `tasks[${at}] of evaluateTasks`;
  checkVerifiable(which, task);
  const { prompt } = task;
  checkArgument(`prompt of ${which}`, prompt, "string|list");
  if (typeof prompt === "string" && !tokenizer) {
    throw new InvalidOptionError(
      "tokenizer",
      `the prompt of ${which} is a text: pass a tokenizer, or its ids`,
    );
  }
  return promptIds(model, tokenizer!, prompt, "error", `the prompt of ${which}`);
}

function answerOf(sample: Sample, place: TaskPlace, tokenizer?: Tokenizer): TaskAnswer {
  const { ids, finishReason } = sample;
  return {
    ...place,
    ids,
    finishReason,
    get text() {
      if (tokenizer) return tokenizer.decode(finishReason === "stop" ? ids.subarray(0, -1) : ids);
      throw new InvalidOptionError(
        "tokenizer",
        "the text of an answer needs one: pass a tokenizer to evaluateTasks",
      );
    },
  };
}
