import { check } from "../check.js";
import { completeConfig } from "../complete-config.js";
import type { GptConfig } from "../config.js";
import type { Gpt } from "../gpt.js";
import type { TensorDescription } from "./description.js";
import { networkSteps } from "./network-steps.js";
import type { Step } from "./step-list.js";

/** Options of {@link describe}. */
export interface DescribeOptions {
  /**
   * Lists what is inside of attention (queries, keys, values, scores, weights), of norms (mean, rstd), of softmaxes (max,
   * sum) and of MLPs too, and last the probabilities, a softmax of the logits. Default false.
   */
  detail?: boolean;
}

/**
 * Every tensor of a model's forward pass in the order of computation, with its shape, what it depends on and how: what a
 * diagram draws from. Names of activations without `detail` are those that `forward(ids, { capture })` reports.
 *
 * @throws {ConfigError} for a configuration that cannot be built
 */
export function describe(of: Gpt | GptConfig, options: DescribeOptions = {}): TensorDescription[] {
  check("describe", options, { detail: "boolean" });
  const steps = networkSteps("config" in of ? of.config : completeConfig(of));
  return options.detail
    ? steps.map(({ isPart: _, inWords: __, ...description }) => description)
    : withoutParts(steps);
}

/** The short list: each activation takes the parts before it along. */
function withoutParts(steps: readonly Step[]): TensorDescription[] {
  const described: TensorDescription[] = [];
  const parts = new Map<string, Step>();
  for (const { isPart, inWords, ...step } of steps) {
    if (isPart) {
      parts.set(step.name, { isPart, ...step });
      continue;
    }
    const used = new Set<string>();
    const inputs = new Set<string>();
    const visit = (name: string) => {
      const found = parts.get(name);
      if (!found) inputs.add(name);
      else if (!used.has(name)) {
        used.add(name);
        found.inputs.forEach(visit);
      }
    };
    step.inputs.forEach(visit);
    described.push({
      ...step,
      ...(inWords && { operation: inWords }),
      inputs: [...inputs],
      ...(used.size > 0 && {
        parts: [...parts.values()].filter(({ name }) => used.has(name)).map(({ isPart: _, ...rest }) => rest),
      }),
    });
  }
  return described;
}
