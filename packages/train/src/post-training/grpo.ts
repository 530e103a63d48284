// Reinforcement learning from rewards that can be computed: texts are drawn, judged, and made more likely or less, each compared
// with the others of its prompt (group-relative policy optimisation; Shao et al., "DeepSeekMath", 2024). The defaults are plain
// REINFORCE with the group's mean as baseline, as in nanochat; the options lead to Dr. GRPO, DAPO and GRPO as published.
import { checkMethods } from "@llm/platform/options";
import { Rests } from "@llm/platform/rest";
import { type Sample, type SampleBatchOptions, sampleBatch } from "@llm/sample";
import { OptionsError } from "../errors.js";
import { dealt } from "./dealt.js";
import {
  describePrompts,
  type GrpoOptions,
  type GrpoStep,
  grpoPlan,
  type SampledPolicy,
} from "./grpo-options.js";
import { type Policy, passesOf } from "./passes.js";
import { type JudgedText, policyGradient, scoreTexts } from "./policy-gradient.js";
import { advantagesOf, deviation, isLevel, mean, sum, tokenWeights } from "./policy-loss.js";
import { type Reward, rewardsOf } from "./rewards.js";
import { runSteps } from "./run.js";
import { type TrainingWarning, Watch } from "./watch.js";

/**
 * Trains `model` in place to write texts that `reward` likes, and yields each step and what there is to warn of. A step draws
 * `samples` texts after each of `prompts` prompts, all with one temperature, asks for their rewards, and updates the weights. It
 * ends as `train` does, and resumes from its checkpoints to the same bits. Dropout is off: what is drawn is what is scored.
 *
 * @param prompts ids that a text follows. Each comes once, in random order, before any comes again
 * @throws {RewardError} naming prompt and sample, when a reward throws, hangs, or is no finite number
 * @throws {OptionsError} for options that cannot be carried out; no filter of the sampler can be
 * @throws {DivergedError} when loss or gradient is not finite; the update is not made
 * @throws {CheckpointError} when the checkpoint found is another model's, or of a run with other settings
 */
export async function* grpo(
  model: SampledPolicy,
  prompts: readonly ArrayLike<number>[],
  reward: Reward,
  options: GrpoOptions,
): AsyncGenerator<GrpoStep | TrainingWarning, void, undefined> {
  const plan = grpoPlan(options, prompts);
  const methods = ["parameters", "forward", "session"];
  const fail = (message: string) => new OptionsError(message);
  checkMethods("model of grpo", model, methods, "pass a model such as Gpt of @llm/gpt", fail);
  const { samples, maxTokens, temperature, updates, baseline, scale, normalize, clip, kl, seed } = plan;
  const { signal, decode, forced, recompute = false } = options;
  const parameters = model.parameters();
  const scoring = { temperature, recompute };
  const watch = new Watch();
  const rests = new Rests();

  const draw = async (step: number) => {
    const first = (step - 1) * plan.prompts;
    const chosen = Array.from({ length: plan.prompts }, (_, i) => dealt(first + i, prompts.length, seed));
    const sampling: SampleBatchOptions = { maxTokens, samples, temperature, seed, row: first * samples };
    if (forced) sampling.forced = (text) => forced({ ...text, prompt: chosen[text.prompt]! });
    const { stopIds, maxRows, maxBytes } = options;
    Object.assign(
      sampling,
      stopIds && { stopIds },
      maxRows && { maxRows },
      maxBytes && { maxBytes },
      signal && { signal },
    );
    const drawn = await sampleBatch(
      model,
      chosen.map((i) => prompts[i]!),
      sampling,
    );
    return drawn.map((each) => ({
      ...each,
      prompt: prompts[chosen[each.prompt]!]!,
      index: chosen[each.prompt]!,
    }));
  };

  const settings = {
    ...{ prompts: plan.prompts, samples, maxTokens, temperature, baseline, scale, normalize, clip, updates },
    ...{ passTokens: plan.passTokens, stopIds: options.stopIds && [...options.stopIds] },
    kl: kl && { weight: kl.weight, reference: await fingerprint(kl.reference, prompts) },
  };
  yield* runSteps<GrpoStep | TrainingWarning>(
    {
      of: "grpo",
      ...{ model, parameters, updates, settings, data: describePrompts(prompts) },
      async step({ step, lr, tokens: before, update }) {
        const started = performance.now();
        const drawn = await draw(step);
        const samplingSeconds = (performance.now() - started) / 1000;
        const rewards = await rewardsOf(reward, drawn, { ...plan, signal });
        const advantages = advantagesOf(rewards, samples, { baseline, scale });
        const counts = drawn.map(({ forced }) => forced.reduce((count, put) => count + 1 - put, 0));
        const weights = tokenWeights(counts, samples, normalize, maxTokens);
        const texts = drawn
          .map((each, i) => textOf(each, advantages[i]!, weights[i]!))
          .filter(({ advantage }) => advantage !== 0 || kl); // the others have no gradient

        const passes = passesOf(texts, plan.passTokens);
        const turns = { rests, signal };
        const isOfRatios = (updates > 1 || clip !== undefined) && texts.length > 0;
        const old = isOfRatios ? await scoreTexts(model, texts, passes, scoring, turns) : undefined;
        const reference = kl && (await scoreTexts(kl.reference, texts, passes, scoring, turns));
        const how = { ...scoring, old, reference, clip, klWeight: kl?.weight ?? 0 };
        const results: { loss: number; gradNorm: number; kl: number; clipped: number }[] = [];
        for (let i = 0; i < updates && texts.length > 0; i++) {
          // Once the weights have changed, the step goes on to its end.
          const during = i === 0 ? turns : { rests, signal: undefined };
          const { sums, ...found } = await policyGradient(model, parameters, texts, passes, how, during);
          const { gradNorm } = await update(sums);
          results.push({ ...found, gradNorm });
        }

        const last = results.at(-1);
        const written = sum(drawn.map(({ ids }) => ids.length));
        const ended = drawn.filter(({ finishReason }) => finishReason === "stop");
        const tokens = before + sum(counts);
        const event: GrpoStep = {
          type: "step",
          ...{ step, lr, loss: last?.loss ?? 0, gradNorm: last?.gradNorm ?? 0 },
          ...{ reward: mean(rewards), rewardStd: deviation(rewards) },
          zeroVariance: shareOfLevel(rewards, samples),
          entropy:
            -sum(drawn.flatMap(({ samplingLogprobs }) => [...samplingLogprobs])) / Math.max(1, sum(counts)),
          clipped: mean(results.map(({ clipped }) => clipped)),
          ...(kl ? { kl: mean(results.map(({ kl }) => kl)) } : {}),
          truncated: 1 - ended.length / drawn.length,
          length: written / drawn.length,
          endedLength: sum(ended.map(({ ids }) => ids.length)) / ended.length,
          ...{ tokens, seconds: (performance.now() - started) / 1000, samplingSeconds },
          tokensPerSecond: written / samplingSeconds,
          samples: drawn.map(({ index, sample, ids, forced, finishReason }, i) => ({
            ...{ index, sample, ids, forced, finishReason, reward: rewards[i]!, advantage: advantages[i]! },
            ...(decode ? { text: decode(ids) } : {}),
          })),
        };
        return { tokens, events: [event, ...watch.look(event)] };
      },
    },
    options,
  );
}

/** A prompt and what was written behind it: what was drawn counts. */
function textOf(
  { prompt, ids, forced }: Pick<Sample, "ids" | "forced"> & { prompt: ArrayLike<number> },
  advantage: number,
  weight: number,
): JudgedText {
  const all = new Int32Array(prompt.length + ids.length);
  const mask = new Uint8Array(all.length);
  all.set(prompt);
  all.set(ids, prompt.length);
  mask.set(
    forced.map((put) => 1 - put),
    prompt.length,
  );
  return { ids: all, mask, advantage, weight };
}

/** What tells one reference from another: how likely it thinks a text made of the first prompts. */
async function fingerprint(reference: Policy, prompts: readonly ArrayLike<number>[]): Promise<number> {
  const ids = prompts.slice(0, 8).flatMap((prompt) => Array.from(prompt).slice(-8));
  const blockSize = (reference.config as { blockSize?: number } | undefined)?.blockSize;
  const text = [...ids, ...ids].slice(0, blockSize);
  const texts = [{ ids: text, mask: text.map(() => 1) }];
  const turns = { rests: new Rests(), signal: undefined };
  const [scores] = await scoreTexts(reference, texts, passesOf(texts, text.length), {}, turns);
  return sum([...scores!]);
}

function shareOfLevel(rewards: readonly number[], samples: number): number {
  const groups = rewards.length / samples;
  const level = Array.from({ length: groups }, (_, i) =>
    isLevel(rewards.slice(i * samples, (i + 1) * samples)),
  );
  return level.filter(Boolean).length / groups;
}
