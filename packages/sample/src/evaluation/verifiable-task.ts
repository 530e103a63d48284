import { shown } from "@llm/platform/options";
import type { FinishReason } from "../text-row.js";

/** A task whose answers a program can judge. */
export interface VerifiableTask {
  /** What the model goes on from: ids, or a text where there is a tokenizer. */
  prompt: string | ArrayLike<number>;
  /** Whether an answer is right: true or 1. A number between 0 and 1 is partly right, which counts as a score only. */
  check(answer: TaskAnswer): boolean | number | Promise<boolean | number>;
}

/** An answer to be judged. */
export interface TaskAnswer extends TaskPlace {
  /** Every token after the prompt, the one that ended the answer included. */
  ids: Uint32Array;
  /** The answer without the token that ended it. @throws InvalidOptionError where `evaluateTasks` was given no tokenizer */
  readonly text: string;
  finishReason: FinishReason;
}

/** Which answer it is. */
export interface TaskPlace {
  /** Index of the task. */
  task: number;
  /** Which of its samples, or the greedy one. */
  sample: number | "greedy";
}

/** A check that threw, took too long, or gave no judgement. */
export class TaskCheckError extends Error implements TaskPlace {
  override readonly name = "TaskCheckError";
  readonly task: number;
  readonly sample: number | "greedy";

  constructor({ task, sample }: TaskPlace, what: string, cause?: unknown) {
    const which = sample === "greedy" ? "the greedy answer" : `sample ${sample}`;
    super(`the check of task ${task}, ${which}, ${what}`, cause === undefined ? undefined : { cause });
    this.task = task;
    this.sample = sample;
  }
}

/** The longest time that a timer can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** When a check is given up. */
export interface CheckLimits {
  /** Milliseconds. */
  timeout: number;
  signal: AbortSignal | undefined;
}

/** The score of an answer, from 0 to 1. @throws TaskCheckError, the signal's reason */
export async function scoreOf(
  task: VerifiableTask,
  answer: TaskAnswer,
  { timeout, signal }: CheckLimits,
): Promise<number> {
  signal?.throwIfAborted();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort = () => {};
  const stop = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal!.reason);
    signal?.addEventListener("abort", onAbort);
    const late = () =>
      reject(new TaskCheckError(answer, `gave no answer in ${timeout} ms: raise checkTimeout`));
    if (timeout <= LONGEST) timer = setTimeout(late, timeout);
  });
  const judge = async () => {
    try {
      return await task.check(answer);
    } catch (error) {
      throw new TaskCheckError(answer, `threw: ${error instanceof Error ? error.message : error}`, error);
    }
  };
  try {
    const judgement: unknown = await Promise.race([judge(), stop]);
    const score = typeof judgement === "boolean" ? Number(judgement) : judgement;
    if (typeof score === "number" && score >= 0 && score <= 1) return score;
    throw new TaskCheckError(
      answer,
      `gave ${shown(judgement)}: it must be true, false or a number from 0 to 1`,
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
