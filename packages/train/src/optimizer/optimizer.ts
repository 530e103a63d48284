import { type Parameter, parameter, type Tensor } from "@llm/tensor";

/** The numbers of one update. */
export interface UpdateOptions {
  lr: number;
  /** Which update, counting from 1. */
  step: number;
  /**
   * What gradients are multiplied by first (clipping): a number, or the scale of @llm/tensor's `clipScale`, which `train` hands
   * over. Where that one was made of something that is not finite, nothing may change; @llm/tensor's `adamw` sees to it. An
   * optimiser that `needsNumbers` gets a number, and is not called then.
   */
  gradScale: number | Tensor;
}

/** Does `work` with other values in the place of the weights, which are back afterwards. */
export type WithAverages = <T>(work: () => T | Promise<T>) => Promise<T>;

/** An optimiser at work on one set of parameters. */
export interface OptimizerState {
  /** What it found out about these parameters, beside the optimiser's own description. */
  readonly description?: Readonly<Record<string, unknown>>;
  /** Whether `gradScale` has to be a number: then each step waits for the engine before the update rather than after. */
  readonly needsNumbers?: boolean;
  /** Where it keeps averages of the weights: how to evaluate them. */
  readonly withAverages?: WithAverages;
  /** Changes the parameters, given their gradients in the same order. */
  update(grads: readonly Tensor[], options: UpdateOptions): void;
  /** Everything a checkpoint must hold, by name. */
  tensors(): Map<string, Tensor>;
  dispose(): void;
}

/** How parameters are changed by their gradients. `start` gives every run a state of its own. */
export interface Optimizer {
  /** Name and settings; a run does not resume with others. */
  readonly description: Readonly<Record<string, unknown>>;
  start(parameters: readonly Parameter[]): OptimizerState;
}

/** Zeros of a parameter's shape. A Parameter too, only so that it outlives any scope it is made in. */
export function keptBeside(p: Pick<Parameter, "name" | "shape" | "size">, name: string): Parameter {
  return parameter(`${name}.${p.name}`, new Float32Array(p.size), p.shape);
}
