import type { Tensor } from "@llm/tensor";
import { checkArgument, checkTensor } from "../check.js";
import { OptionsError } from "../errors.js";
import type { Gpt } from "../gpt.js";
import { concrete } from "./derive.js";
import { describe } from "./describe.js";
import type { TensorDescription } from "./description.js";
import { find } from "./find.js";

/** Tensors by the names of the activations in whose place they stand. */
export type Patches = Readonly<Record<string, Tensor>>;

/**
 * Logits (B, T, vocabSize) of a forward pass in which some activations are replaced: what is computed from them follows, all
 * else stays (activation patching; Meng et al., 2022). Gradients flow through it. It takes the names that `describe` lists
 * without detail; `capture` with `patch` takes all.
 *
 * @throws {OptionsError} for a patch that replaces no activation, or has not its shape
 */
export function patch(model: Gpt, ids: Tensor, patches: Patches): Tensor {
  checkTensor("ids of patch", ids);
  checkArgument("patches of patch", patches, "object");
  checkPatches(patches, describe(model), ids.shape);
  return model.forward(ids, { capture: patching(patches) });
}

/** What `forward` captures with, to go on with these tensors; `seen` sees those that are not replaced. */
export function patching(patches: Patches, seen?: (name: string, tensor: Tensor) => void) {
  return (name: string, tensor: Tensor): Tensor | undefined => {
    const other = patches[name];
    if (!other) seen?.(name, tensor);
    return other;
  };
}

/** Refuses patches that these descriptions have no activation of this shape for. */
export function checkPatches(
  patches: Patches,
  descriptions: readonly TensorDescription[],
  ids: readonly number[],
): void {
  for (const [name, tensor] of Object.entries(patches)) {
    checkTensor(`the patch of ${name}`, tensor);
    const { kind, shape } = find(descriptions, name);
    if (kind !== "activation") {
      throw new OptionsError(
        `${name} is no activation but the model's ${kind}; patch what is computed of it`,
      );
    }
    const expected = concrete(shape, ids).join(", ");
    if (tensor.shape.join(", ") !== expected) {
      throw new OptionsError(
        `the patch of ${name} has shape (${tensor.shape.join(", ")}); it must have (${expected})`,
      );
    }
  }
}
