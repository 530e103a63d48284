// What one pass through a model needs: its weights, how it multiplies by them, how it attends, and what a caller asked for.
import type { Activation, SelfAttentionOptions, Tensor } from "@llm/tensor";
import type { CompleteGptConfig } from "./config.js";

/** Keys of the random numbers of one training step: the same key draws the same dropout masks. */
export interface TrainingKey {
  seed: number;
  step: number;
}

/** What a product with a matrix of the model comes with. */
export interface ProductOptions {
  bias: Tensor | null;
  activation?: Activation | undefined;
  /** The matrix is [out, in], as heads are; all others are [in, out]. */
  transposed?: boolean;
  training?: TrainingKey | undefined;
}

/** activation(x W + bias) for x (B, T, in) and the matrix W of this name: (B, T, out). */
export type Product = (x: Tensor, name: string, options: ProductOptions) => Tensor;

/** What is added to the rows of a table: those of `position` at the ids' places, or at `positions`. */
export interface LookUpOptions {
  position?: Tensor;
  positions?: Tensor;
}

/** Where the residual stream began: a block may look back at it. */
export interface Origin {
  /** (B, T), int32 */
  ids: Tensor;
  /** What `embed` made of them: (B, T, C). */
  x0: Tensor;
}

/** What one pass through the blocks needs besides the ids. */
export interface Pass {
  config: CompleteGptConfig;
  weight: (name: string) => Tensor;
  /** Every product with a matrix: adapters and matrices of other types come in here. */
  product: Product;
  /** Rows of the embedding: (B, T, C). */
  lookUp: (ids: Tensor, options: LookUpOptions) => Tensor;
  /** What a norm multiplies by: the weight, with the config's offset added. */
  gain: (name: string) => Tensor;
  /** The position of each id, int32 (B, T), where it is not its place in the row. */
  positions?: (() => Tensor) | undefined;
  /** The angles that a layer rotates by: (blockSize, rotaryDim). */
  angles: (layer: number) => Tensor;
  /** Causal attention of one layer: (B, T, q|k|v) -> (B, T, nHead headDim). Dropout of its weights is given in training only. */
  attend: (qkv: Tensor, layer: number, dropout?: SelfAttentionOptions["dropout"]) => Tensor;
  training?: TrainingKey | undefined;
  /** Keep only each block's input for the backward pass, and compute the block again there. */
  recompute?: boolean | undefined;
  /** Sees every activation as it is made, and may answer with another to go on with. */
  capture?: ((name: string, tensor: Tensor) => unknown) | undefined;
}
