import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import { OptionsError } from "../errors.js";
import { type AdvantageScale, advantagesOf, type Baseline } from "./policy-loss.js";

/** Options of {@link advantages}: those of `grpo` with the same names. */
export interface AdvantageOptions {
  /** Texts of a group. Default all. */
  samples?: number;
  /** Default "group". */
  baseline?: Baseline;
  /** Default "none". */
  scale?: AdvantageScale;
}

const ADVANTAGES: Kinds<AdvantageOptions> = {
  samples: "count",
  baseline: ["group", "leave-one-out", "none"],
  scale: ["none", "group", "batch"],
};

/**
 * How much better each text was than expected, as `grpo` computes it from the rewards of a step. Texts of one group follow each
 * other.
 * @throws {OptionsError} for options it does not have or cannot use, and for rewards that are no finite numbers or no whole groups
 */
export function advantages(rewards: readonly number[], options: AdvantageOptions = {}): number[] {
  check("advantages", options, ADVANTAGES);
  const { samples = Math.max(1, rewards.length), baseline = "group", scale = "none" } = options;
  const strange = rewards.findIndex((reward) => !Number.isFinite(reward));
  if (strange >= 0) {
    throw new OptionsError(
      `reward ${strange} of advantages is ${rewards[strange]}; it must be a finite number`,
    );
  }
  if (rewards.length % samples !== 0) {
    throw new OptionsError(
      `rewards of advantages are ${rewards.length}, no whole groups of ${samples}: give each group's texts all`,
    );
  }
  if (rewards.length > 0 && samples === 1 && (baseline !== "none" || scale === "group")) {
    throw new OptionsError(
      'advantages compares the texts of a group, and there is one: give more, or baseline: "none" and no scale by group',
    );
  }
  return advantagesOf(rewards, samples, { baseline, scale });
}
