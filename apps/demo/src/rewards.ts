import type { Tokenizer } from "@llm/bpe";
import type { Reward, RewardedText } from "@llm/train";
import { Draws } from "./lessons/draws.js";
import { isRight, type Sum } from "./lessons/sums.js";

/** 1 where an answer ends in the right number, else 0: nobody says how to get there. */
export function sumReward(sums: readonly Sum[], tokenizer: Tokenizer, endOfAnswer: number): Reward {
  return ({ index, ids, finishReason }) => {
    const answer = tokenizer.decode(ids.filter((id) => id !== endOfAnswer));
    return finishReason === "stop" && isRight(sums[index]!, answer) ? 1 : 0;
  };
}

/**
 * The rewards of a step, dealt out anew among its texts: as many as before, and none that says anything. A policy that gains from
 * them gains from something else than the reward.
 */
export function shuffled(reward: Reward, textsPerStep: number, seed: number): Reward {
  return ofStep(textsPerStep, async (texts) => {
    const rewards = await Promise.all(texts.map(reward));
    // By what is asked, so that a step that is done again is dealt alike.
    const row = texts.reduce((sum, { index }) => (sum * 31 + index) % 65_521, 7);
    return new Draws(seed, row).shuffled(rewards);
  });
}

/** A reward that judges all texts of a step together. They have to be asked for at once: `rewardsAtOnce` is their number. */
export function ofStep(
  textsPerStep: number,
  judge: (texts: readonly RewardedText[]) => Promise<readonly number[]>,
): Reward {
  let waiting: { text: RewardedText; give: (reward: number) => void; fail: (error: unknown) => void }[] = [];
  const judgeStep = async (step: typeof waiting) => {
    try {
      const rewards = await judge(step.map(({ text }) => text));
      for (const [i, { give }] of step.entries()) give(rewards[i]!);
    } catch (error) {
      for (const { fail } of step) fail(error);
    }
  };
  return (text) =>
    new Promise((give, fail) => {
      waiting.push({ text, give, fail });
      if (waiting.length < textsPerStep) return;
      const step = waiting;
      waiting = [];
      void judgeStep(step);
    });
}
