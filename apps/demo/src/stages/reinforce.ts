import { renderChat, type Tokenizer } from "@llm/bpe";
import { formatCount, formatDuration, formatPercent } from "@llm/platform/terminal";
import { grpo, type Reward, schedule } from "@llm/train";
import { readJsonl } from "@llm/train/node";
import { type CoursePlace, openCourse } from "../course.js";
import { isWorked, question, type Sum } from "../lessons/sums.js";
import { oneLine } from "../one-line.js";
import { openModel } from "../reading.js";
import type { RlGroup, RlRecord } from "../report/data.js";
import type { RunFolder, StageResult } from "../run-folder.js";
import type { Recipe } from "../settings.js";
import type { Terminal } from "../terminal.js";

export interface ReinforceOptions extends CoursePlace {
  recipe: Recipe;
  steps: number;
  seed: number;
  tokenizer: Tokenizer;
  endOfAnswer: number;
  sums: readonly Sum[];
  reward: Reward;
  terminal: Terminal;
  signal: AbortSignal;
}

/** What a model was rewarded for. */
export interface Reinforced {
  /** Mean reward of the first and of the last steps. */
  first: number;
  last: number;
}

/** Reinforcement learning: the model tries, a program judges, and what did better than the other tries becomes likelier. */
export async function reinforce(
  folder: RunFolder,
  options: ReinforceOptions,
): Promise<StageResult<Reinforced>> {
  const { recipe, steps, seed, tokenizer, endOfAnswer, sums, reward, terminal, signal } = options;
  const { prompts, samples, maxTokens, learningRate, kl, checkpointEvery } = recipe.grpo;
  const course = await openCourse(folder, options, terminal);
  const reference = await openModel(folder.path, options.from);
  const asked = sums.map((sum) => {
    const messages = [{ role: "user" as const, content: question(sum) }];
    return renderChat(tokenizer, messages, { completion: true }).ids;
  });
  const every = Math.max(1, Math.round(steps / 5));
  try {
    let pace = 0;
    const run = grpo(course.model, asked, reward, {
      ...{ steps, prompts, samples, maxTokens, seed, signal, checkpointEvery, checkpoints: course.store },
      stopIds: [endOfAnswer],
      kl: { weight: kl, reference },
      lr: schedule.linear({ lr: learningRate, steps }),
      rewardsAtOnce: prompts * samples,
      decode: (ids) => tokenizer.decode(ids.filter((id) => id !== endOfAnswer)),
      onWarning: (message) => terminal.warn(message),
    });
    for await (const event of run) {
      if (event.type === "warning") {
        terminal.warn(`  ${event.message}`);
        continue;
      }
      const { step, reward: mean, rewardStd, zeroVariance, entropy, length, truncated, lr, seconds } = event;
      const texts = event.samples.map(({ text }) => text!);
      const worked = texts.filter(isWorked).length / texts.length;
      const isShown = step === 1 || step % every === 0 || step === steps;
      const group: RlGroup | undefined = isShown
        ? {
            question: question(sums[event.samples[0]!.index]!),
            samples: event.samples
              .slice(0, samples)
              .map((each) => ({ text: each.text!, reward: each.reward })),
          }
        : undefined;
      const record: RlRecord = {
        ...{ step, reward: mean, rewardStd, zeroVariance, entropy, length, truncated, worked, lr, seconds },
        ...(group && { group }),
      };
      await course.log.write(record);
      pace = pace ? 0.9 * pace + 0.1 * seconds : seconds;
      terminal.progress(
        `step ${step}/${steps}  right ${formatPercent(mean)}  ${formatCount(event.tokensPerSecond)} tokens/s  ${formatDuration(pace * (steps - step))} left`,
      );
      if (group) {
        const tries = group.samples.slice(0, 3).map(({ text, reward }) => `${oneLine(text, 40)} (${reward})`);
        terminal.line(
          `  step ${String(step).padStart(5)}  right ${formatPercent(mean)}, worked out ${formatPercent(worked)}, ${length.toFixed(1)} tokens an answer`,
        );
        terminal.dim(`              ${group.question} ${tries.join(" | ")}`);
      }
      await course.store.flush();
    }
    await course.store.flush();
    signal.throwIfAborted();
    const files = await course.finish();
    const { first, last } = await ends(folder.file(options.to, "log.jsonl"));
    return { summary: { first, last }, files };
  } finally {
    reference.dispose();
    await course.close();
  }
}

/** The mean reward of the first and of the last five steps of a log. */
async function ends(path: string): Promise<Reinforced> {
  const records = await readRlLog(path);
  const mean = (part: readonly RlRecord[]) =>
    part.reduce((sum, { reward }) => sum + reward, 0) / Math.max(1, part.length);
  return { first: mean(records.slice(0, 5)), last: mean(records.slice(-5)) };
}

/** The log of a course of reinforcement learning. */
export async function readRlLog(path: string): Promise<RlRecord[]> {
  return (await readJsonl(path)) as RlRecord[];
}
