import { type Parameter, parameter } from "@llm/tensor";
import type { CompleteGptConfig } from "../config.js";
import type { TensorNames } from "../families/family.js";
import { Gpt } from "../gpt.js";
import { WeightReader } from "../weight-files.js";

/** A tensor of a file, to be read when it is its turn. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  read(): Promise<Float32Array>;
}

/**
 * A model of the tensors of a file, which are checked before the first is read; with memory for one beside the weights.
 * @param misfit how an error begins when the tensors are not those of the configuration
 * @throws {WeightsError} naming every tensor that is missing, mis-shaped or not the model's
 */
export async function assemble(
  config: CompleteGptConfig,
  names: TensorNames,
  tensors: readonly StoredTensor[],
  misfit: string,
): Promise<Gpt> {
  const reader = new WeightReader(config, names, misfit);
  reader.check(tensors);
  const weights: Parameter[] = [];
  try {
    for (const { name, read } of tensors) {
      if (!reader.wants(name)) continue;
      const whole = reader.add(name, await read());
      if (whole) weights.push(parameter(whole.weight.name, whole.values, whole.weight.shape));
    }
    reader.end();
    return Gpt.fromWeights(config, weights);
  } catch (error) {
    for (const weight of weights) weight.dispose();
    throw error;
  }
}
