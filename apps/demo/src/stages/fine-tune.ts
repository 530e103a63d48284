import { renderChat, type Tokenizer } from "@llm/bpe";
import { formatCount, formatDuration } from "@llm/platform/terminal";
import { schedule, sft } from "@llm/train";
import { readJsonl } from "@llm/train/node";
import { type CoursePlace, openCourse } from "../course.js";
import { DemoError } from "../errors.js";
import type { Conversation } from "../lessons/conversations.js";
import { muonAndAdamw } from "../optimizer.js";
import type { SftRecord } from "../report/data.js";
import type { RunFolder, StageResult } from "../run-folder.js";
import type { Recipe } from "../settings.js";
import type { Terminal } from "../terminal.js";

export interface FineTuneOptions extends CoursePlace {
  recipe: Recipe;
  steps: number;
  seed: number;
  tokenizer: Tokenizer;
  conversations: readonly Conversation[];
  /** Conversations that the loss is measured on, and that are never learned. */
  heldOut: readonly Conversation[];
  terminal: Terminal;
  signal: AbortSignal;
}

/** What fine-tuning was. */
export interface FineTuned {
  conversations: number;
  /** Tokens of the rows, and those of them that are learned: the assistant's. */
  tokens: number;
  learned: number;
  valLoss: number;
}

/** Supervised fine-tuning: the base model learns from conversations to answer as the assistant in them does. */
export async function fineTune(folder: RunFolder, options: FineTuneOptions): Promise<StageResult<FineTuned>> {
  const { recipe, steps, seed, tokenizer, conversations, heldOut, terminal, signal } = options;
  const { batchSize, learningRate, checkpointEvery } = recipe.sft;
  const course = await openCourse(folder, options, terminal);
  const plan = { tokens: 0, learned: 0 };
  try {
    let pace = 0;
    const run = sft(course.model, conversations, {
      render: (messages) => renderChat(tokenizer, messages),
      ...{ heldOut, steps, batchSize, seed, signal, tooLong: "skip", nothingToLearn: "skip" },
      blockSize: recipe.model.blockSize,
      lr: schedule.linear({ lr: learningRate, warmup: Math.ceil(steps / 20), steps }),
      optimizer: muonAndAdamw({ ...recipe.training, weightDecay: 0 }),
      evaluate: { every: Math.max(1, Math.ceil(steps / 3)) },
      checkpoints: course.store,
      checkpointEvery,
      onPlan: ({ train }) => {
        Object.assign(plan, { tokens: train.tokens, learned: train.learned });
        if (train.skipped === 0) return;
        terminal.warn(
          `  ${formatCount(train.skipped)} of ${formatCount(conversations.length)} conversations are left out: they are longer than the ${recipe.model.blockSize} tokens that the model sees.`,
        );
      },
      onWarning: (message) => terminal.warn(message),
    });
    for await (const { step, loss, lr, seconds, evaluation } of run) {
      const held = evaluation?.["val"];
      const record: SftRecord = { step, loss, lr, seconds, ...(held !== undefined && { valLoss: held }) };
      await course.log.write(record);
      pace = pace ? 0.95 * pace + 0.05 * seconds : seconds;
      terminal.progress(
        `step ${formatCount(step)}/${formatCount(steps)}  loss ${loss.toFixed(3)}  ${formatDuration(pace * (steps - step))} left`,
      );
      if (held !== undefined) {
        terminal.line(
          `  step ${formatCount(step).padStart(5)}  loss on conversations set aside ${held.toFixed(3)}`,
        );
      }
      await course.store.flush();
    }
    await course.store.flush();
    signal.throwIfAborted();
    if (plan.tokens === 0) throw new DemoError("There is nothing to fine-tune on");
    const files = await course.finish();
    const records = await readSftLog(folder.file(options.to, "log.jsonl"));
    const valLoss = records.findLast((record) => record.valLoss !== undefined)?.valLoss ?? Number.NaN;
    return {
      summary: { conversations: conversations.length, ...plan, valLoss },
      files,
    };
  } finally {
    await course.close();
  }
}

/** The log of a course of fine-tuning. */
export async function readSftLog(path: string): Promise<SftRecord[]> {
  return (await readJsonl(path)) as SftRecord[];
}
