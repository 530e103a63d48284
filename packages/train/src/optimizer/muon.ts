import type { Kinds } from "@llm/platform/options";
import { muon as muonUpdate } from "@llm/tensor";
import { check } from "../check.js";
import { OptionsError } from "../errors.js";
import { type Changing, checkedAt, checkRange, describeChanging, FROM_ZERO, SHARE } from "./changing.js";
import { keptBeside, type Optimizer } from "./optimizer.js";

/** Options of {@link muon}. */
export interface MuonOptions {
  /** Default 0.95. */
  momentum?: Changing;
  /** Looks ahead: the gradient is mixed into the momentum once more. Default true. */
  nesterov?: boolean;
  /** Decoupled, scaled by the learning rate. Default 0. */
  weightDecay?: Changing;
  /** What the run's learning rate is multiplied by: Muon wants about 0.02 where AdamW wants 3e-4. Default 1. */
  lrScale?: number;
}

const MUON: Kinds<MuonOptions> = {
  momentum: "number|function",
  nesterov: "boolean",
  weightDecay: "number|function",
  lrScale: "number",
};

/**
 * Muon (Jordan et al., 2024): the momentum of each matrix is orthogonalised, so that it moves all directions alike. For the
 * matrices within the network only; embeddings, head, norms and biases want AdamW beside it: see {@link groups}.
 * @throws {OptionsError} for numbers that cannot be trained with, and for parameters that are no matrices
 */
export function muon(options: MuonOptions = {}): Optimizer {
  check("muon", options, MUON);
  const { momentum = 0.95, nesterov = true, weightDecay = 0, lrScale = 1 } = options;
  const momentumAt = checkedAt("momentum of muon", momentum, SHARE);
  const decayAt = checkedAt("weightDecay of muon", weightDecay, FROM_ZERO);
  checkRange("lrScale of muon", lrScale, FROM_ZERO);
  return {
    description: {
      name: "muon",
      momentum: describeChanging(momentum),
      nesterov,
      weightDecay: describeChanging(weightDecay),
      lrScale,
    },
    start(parameters) {
      const flat = parameters.find(({ shape }) => shape.length !== 2);
      if (flat) {
        throw new OptionsError(
          `muon cannot train ${flat.name} of shape [${flat.shape}], which is no matrix; use groups() to give it to adamw`,
        );
      }
      const slots = parameters.map((p) => ({ parameter: p, momentum: keptBeside(p, "muon.momentum") }));
      return {
        needsNumbers: true,
        update(grads, { lr, step, gradScale }) {
          const numbers = {
            lr: lr * lrScale,
            momentum: momentumAt(step - 1),
            weightDecay: decayAt(step - 1),
            nesterov,
            gradScale: Number(gradScale),
          };
          for (const [i, { parameter, momentum }] of slots.entries()) {
            muonUpdate(parameter, grads[i]!, { momentum }, numbers);
          }
        },
        tensors: () => new Map(slots.map(({ momentum }) => [momentum.name, momentum])),
        dispose() {
          for (const { momentum } of slots) momentum.dispose();
        },
      };
    },
  };
}
