import { renderChat, type Tokenizer } from "@llm/bpe";
import { sampleBatch } from "@llm/sample";
import { grpo, rewardModel, schedule } from "@llm/train";
import { readDocuments, withTitle } from "../documents.js";
import { askAbout } from "../lessons/conversations.js";
import { hiddenRule } from "../lessons/judge.js";
import { oneLine } from "../one-line.js";
import { openModel } from "../reading.js";
import type { GamedReward } from "../report/data.js";
import { ofStep } from "../rewards.js";
import type { RunFolder, StageResult } from "../run-folder.js";
import type { Recipe } from "../settings.js";
import type { Terminal } from "../terminal.js";

export interface GameRewardOptions {
  recipe: Recipe;
  seed: number;
  tokenizer: Tokenizer;
  endOfAnswer: number;
  /** Names to ask about. */
  names: readonly string[];
  terminal: Terminal;
  signal: AbortSignal;
}

/** An answer's ids after its prompt's, and the hidden rule's verdict. */
interface Judged {
  prompt: ArrayLike<number>;
  ids: ArrayLike<number>;
  truth: number;
}

/**
 * A reward model learns from pairs that a hidden rule judged, and a policy learns from the reward model for longer than it should.
 * There are no checkpoints: a stage that was stopped begins anew, and comes to the same.
 */
export async function gameReward(
  folder: RunFolder,
  options: GameRewardOptions,
): Promise<StageResult<GamedReward>> {
  const { recipe, seed, tokenizer, endOfAnswer, names, terminal, signal } = options;
  const {
    pairs: wanted,
    judgeSteps,
    steps,
    prompts,
    samples,
    maxTokens,
    judgeRate,
    learningRate,
  } = recipe.game;
  const textOf = (ids: ArrayLike<number>) =>
    tokenizer.decode(Uint32Array.from(ids).filter((id) => id !== endOfAnswer));
  const judge = hiddenRule((await readDocuments(folder.file("train.jsonl"))).map(withTitle));
  const asked = names.map(
    (name) => renderChat(tokenizer, [{ role: "user", content: askAbout(name) }], { completion: true }).ids,
  );
  const [policy, judgeBody] = [
    await openModel(folder.path, "sft/model"),
    await openModel(folder.path, "sft/model"),
  ];
  try {
    terminal.progress("drawing answers for the judge");
    const drawn = await sampleBatch(policy, asked, {
      ...{ samples: 8, maxTokens, seed, stopIds: [endOfAnswer], signal },
    });
    const judged = drawn.map(({ prompt, ids }): Judged => {
      return { prompt: asked[prompt]!, ids, truth: judge(textOf(ids)) };
    });
    const pairs = pairsOf(judged, 8).slice(0, wanted);
    const held = Math.ceil(pairs.length / 5);
    const scorer = rewardModel(judgeBody, pairs.slice(held), {
      ...{ steps: judgeSteps, seed, signal, centering: 0.01 },
      lr: schedule.linear({ lr: judgeRate, steps: judgeSteps }),
    });
    for await (const { step, accuracy } of scorer) {
      terminal.progress(`reward model: step ${step}/${judgeSteps}  agrees on ${accuracy.toFixed(2)}`);
    }
    signal.throwIfAborted();
    const agreement = await agreementOn(scorer.score.bind(scorer), pairs.slice(0, held));
    terminal.line(
      `  The reward model agrees with the hidden rule on ${Math.round(100 * agreement)}% of the pairs that it has not seen.`,
    );

    const points: GamedReward["points"] = [];
    let spread: GamedReward["spread"] | undefined;
    const written: string[][] = [];
    const reward = ofStep(prompts * samples, (texts) =>
      scorer.score(texts.map(({ prompt, ids }) => [...Array.from(prompt), ...ids])),
    );
    const run = grpo(policy, asked, reward, {
      ...{ steps, prompts, samples, maxTokens, seed, signal, rewardsAtOnce: prompts * samples },
      ...{ stopIds: [endOfAnswer], lr: learningRate, decode: textOf, onWarning: () => {} },
    });
    const every = Math.max(1, Math.round(steps / 6));
    for await (const event of run) {
      if (event.type === "warning") continue;
      const texts = event.samples.map(({ text }) => text!);
      const truths = texts.map(judge);
      const truth = truths.reduce((sum, value) => sum + value, 0) / truths.length;
      spread ??= { learned: event.rewardStd, truth: deviation(truths, truth) };
      points.push({ step: event.step, learned: event.reward, truth });
      written.push(texts.filter((_, i) => i % samples === 0).slice(0, 3));
      const said = `step ${String(event.step).padStart(5)}  learned reward ${event.reward.toFixed(2)}, true ${truth.toFixed(2)}`;
      if (event.step % every === 0 || event.step === 1) {
        terminal.line(`  ${said}`);
        terminal.dim(`              ${oneLine(texts[0]!, 90)}`);
      } else terminal.progress(said);
    }
    signal.throwIfAborted();
    return {
      summary: { agreement, points, spread: spread!, before: written[0]!, after: written.at(-1)! },
      files: [],
    };
  } finally {
    policy.dispose();
    judgeBody.dispose();
  }
}

function deviation(values: readonly number[], mean: number): number {
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** The best and the worst answer to each question, the second best and the second worst, where the rule tells them apart. */
function pairsOf(judged: readonly Judged[], samples: number) {
  const pairs: { prompt: ArrayLike<number>; chosen: ArrayLike<number>; rejected: ArrayLike<number> }[] = [];
  for (let first = 0; first < judged.length; first += samples) {
    const group = judged.slice(first, first + samples).sort((a, b) => b.truth - a.truth);
    for (let i = 0; i < samples / 2; i++) {
      const [chosen, rejected] = [group[i]!, group[samples - 1 - i]!];
      if (chosen.truth > rejected.truth) {
        pairs.push({ prompt: chosen.prompt, chosen: chosen.ids, rejected: rejected.ids });
      }
    }
  }
  return pairs;
}

async function agreementOn(
  score: (texts: readonly ArrayLike<number>[]) => Promise<number[]>,
  pairs: ReturnType<typeof pairsOf>,
): Promise<number> {
  const texts = pairs.flatMap(({ prompt, chosen, rejected }) =>
    [chosen, rejected].map((ids) => [...Array.from(prompt), ...Array.from(ids)]),
  );
  const scores = await score(texts);
  return pairs.filter((_, i) => scores[2 * i]! > scores[2 * i + 1]!).length / Math.max(1, pairs.length);
}
