import type { Kinds } from "@llm/platform/options";
import {
  type MuonState,
  muon as muonUpdate,
  type NewtonSchulzStep,
  type Parameter,
  parameter,
} from "@llm/tensor";
import { check } from "../check.js";
import { OptionsError } from "../errors.js";
import { type Changing, checkedAt, checkRange, describeChanging, FROM_ZERO, SHARE } from "./changing.js";
import { keptBeside, type Optimizer } from "./optimizer.js";
import { type MatrixSplit, type Part, partsOf, updateParts } from "./split.js";

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
  /**
   * What the options below are where nothing is said: `"plain"`, all of them off, or `"nanochat"`, all of them as nanochat has them
   * since July 2026. Default `"plain"`.
   */
  form?: "plain" | "nanochat";
  /**
   * How a matrix is orthogonalised: five times Jordan's polynomial, after which its singular values are between about 0.68 and
   * 1.20, or the five of Polar Express (Amsel et al., 2025), as nanochat has them: 0.85 and 1.14. Plain: `"jordan"`; nanochat:
   * `"polar-express"`.
   */
  polynomials?: "jordan" | "polar-express";
  /** Gives each neuron's part of a matrix one length before it is orthogonalised (MuonEq, arXiv 2603.28254). */
  equilibrate?: boolean;
  /** Gives the orthogonalised matrix the norm of an exact one, sqrt(min(m, n)) (Muon+, arXiv 2602.21545). */
  renormalize?: boolean;
  /**
   * What the second moment keeps of itself at each update, or false for none (NorMuon, arXiv 2510.05491): each line of the
   * orthogonalised matrix is divided by the root of it, and the whole brought back to its norm. It is one number for each neuron, or
   * for each input where a matrix has more of these. nanochat: 0.9.
   */
  varianceDecay?: number | false;
  /**
   * Decays a weight only where the update does not move it away from 0 (arXiv 2510.12402). The decay is scaled by the rate of the
   * update then, sqrt(max(1, out / in)) times the learning rate, as nanochat has it.
   */
  cautious?: boolean;
  /**
   * Which matrices are several beside each other, each orthogonalised by itself: `"qkv"`, queries, keys and values in the models of
   * @llm/gpt, which nanochat has apart; or what a function answers, the columns of each. nanochat: `"qkv"`; plain: false, none.
   */
  split?: MatrixSplit;
}

/** What `form` stands for. nanochat's momentum and decay change in the course of training: see `depth`. */
const FORMS = {
  plain: {
    polynomials: "jordan",
    equilibrate: false,
    renormalize: false,
    varianceDecay: false,
    cautious: false,
    split: false,
  },
  nanochat: {
    polynomials: "polar-express",
    equilibrate: true,
    renormalize: true,
    varianceDecay: 0.9,
    cautious: true,
    split: "qkv",
  },
} as const;

/** What a matrix is divided by has this factor, which may as well stand within the first polynomial. */
const MARGIN = 1.01;

/**
 * The polynomials to all their digits, as modded-nanogpt and nanochat have them: each step's best for what the one before leaves.
 * A matrix is divided by 1.01 norm + 1e-6 first.
 */
const POLAR_EXPRESS: { steps: readonly NewtonSchulzStep[]; eps: number } = {
  steps: [
    [8.156554524902461 / MARGIN, -22.48329292557795 / MARGIN ** 3, 15.878769915207462 / MARGIN ** 5],
    [4.042929935166739, -2.808917465908714, 0.5000178451051316],
    [3.8916678022926607, -2.772484153217685, 0.5060648178503393],
    [3.285753657755655, -2.3681294933425376, 0.46449024233003106],
    [2.3465413258596377, -1.7097828382687081, 0.42323551169305323],
  ],
  eps: 1e-6 / MARGIN,
};

const MUON: Kinds<MuonOptions> = {
  momentum: "number|function",
  nesterov: "boolean",
  weightDecay: "number|function",
  lrScale: "number",
  form: ["plain", "nanochat"],
  polynomials: ["jordan", "polar-express"],
  equilibrate: "boolean",
  renormalize: "boolean",
  varianceDecay: "any",
  cautious: "boolean",
  split: "any",
};

/**
 * Muon (Jordan et al., 2024): the momentum of each matrix is orthogonalised, so that it moves all directions alike. For the
 * matrices within the network only; embeddings, head, norms and biases want AdamW beside it: see {@link groups}.
 * @throws {OptionsError} for numbers that cannot be trained with, and for parameters that are no matrices
 */
export function muon(options: MuonOptions = {}): Optimizer {
  check("muon", options, MUON);
  const { momentum = 0.95, nesterov = true, weightDecay = 0, lrScale = 1 } = options;
  const usual = FORMS[options.form ?? "plain"];
  const { polynomials = usual.polynomials, equilibrate = usual.equilibrate } = options;
  const { renormalize = usual.renormalize, varianceDecay = usual.varianceDecay } = options;
  const { cautious = usual.cautious, split = usual.split } = options;
  const momentumAt = checkedAt("momentum of muon", momentum, SHARE);
  const decayAt = checkedAt("weightDecay of muon", weightDecay, FROM_ZERO);
  checkRange("lrScale of muon", lrScale, FROM_ZERO);
  if (split !== false && split !== "qkv" && typeof split !== "function") {
    throw new OptionsError(`split of muon is ${split}; it must be "qkv", false or a function`);
  }
  if (varianceDecay !== false) checkRange("varianceDecay of muon", varianceDecay, SHARE);
  const additions = {
    ...(equilibrate && { equilibrate }),
    ...(renormalize && { renormalize }),
    ...(varianceDecay !== false && { varianceDecay }),
    ...(cautious && { cautious }),
  };
  return {
    description: {
      name: "muon",
      momentum: describeChanging(momentum),
      nesterov,
      weightDecay: describeChanging(weightDecay),
      lrScale,
      // Only what is not plain, so that runs of before there was a choice go on.
      ...(polynomials !== "jordan" && { polynomials }),
      ...additions,
    },
    start(parameters) {
      const flat = parameters.find(({ shape }) => shape.length !== 2);
      if (flat) {
        throw new OptionsError(
          `muon cannot train ${flat.name} of shape [${flat.shape}], which is no matrix; use groups() to give it to adamw`,
        );
      }
      const stateOf = (part: Part): MuonState => ({
        momentum: keptBeside(part, "muon.momentum"),
        ...(varianceDecay !== false && { variance: varianceOf(part) }),
      });
      const slots = partsOf(split, parameters).map((parts, i) => ({
        parameter: parameters[i]!,
        parts: parts.map((part) => ({ ...part, state: stateOf(part) })),
      }));
      const kept = slots.flatMap(({ parts }) =>
        parts.flatMap(({ state }) => Object.values(state) as Parameter[]),
      );
      const widths = slots
        .filter(({ parts }) => parts.length > 1)
        .map(({ parameter, parts }) => [parameter.name, parts.map(({ shape }) => shape[1])] as const);
      return {
        ...(widths.length > 0 && { description: { split: Object.fromEntries(widths) } }),
        needsNumbers: true,
        update(grads, { lr, step, gradScale }) {
          const numbers = {
            lr: lr * lrScale,
            momentum: momentumAt(step - 1),
            weightDecay: decayAt(step - 1),
            nesterov,
            gradScale: Number(gradScale),
            ...additions,
            ...(polynomials === "polar-express" && POLAR_EXPRESS),
          };
          for (const [i, { parameter, parts }] of slots.entries()) {
            updateParts(parameter, grads[i]!, parts, (weights, grad, { state }) =>
              muonUpdate(weights, grad, state, numbers),
            );
          }
        },
        tensors: () => new Map(kept.map((tensor) => [tensor.name, tensor])),
        dispose() {
          for (const tensor of kept) tensor.dispose();
        },
      };
    },
  };
}

/** One number for each line along the longer side. */
function varianceOf({ name, shape }: Part): Parameter {
  const lines = Math.max(...shape);
  return parameter(`muon.variance.${name}`, new Float32Array(lines), [lines]);
}
