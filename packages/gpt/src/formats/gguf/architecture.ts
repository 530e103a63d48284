import type { CompleteGptConfig, GptConfig } from "../../config.js";
import type { TensorNames } from "../../families/family.js";
import type { Metadata, MetadataEntry } from "./metadata.js";

/** What a file has besides its metadata that says what the model is. */
export interface TensorFacts {
  /** Whether any tensor's name matches. */
  some(name: RegExp): boolean;
  /** Rows of the table of embeddings. */
  readonly vocabSize: number;
  /** Whether the output head is the embedding itself. */
  readonly tied: boolean;
  /** What frequencies of the rotation are divided by, one each, where the file says it. */
  readonly ropeFactors?: readonly number[];
}

/** A kind of models as llama.cpp knows it: its keys and names of tensors, to ours and back. */
export interface Architecture extends TensorNames {
  read(metadata: Metadata, facts: TensorFacts): GptConfig;
  /** The keys that `read` reads. What they cannot say comes back as something else. */
  write(config: CompleteGptConfig): MetadataEntry[];
  /** Whether a tensor's rows are turned by the rotation, which takes neighbours as pairs there. */
  rotated?(tensor: string): boolean;
  /** What frequencies of the rotation are divided by, where a file needs to say it. */
  ropeFactors?(config: CompleteGptConfig): readonly number[] | null;
}

/** The metadata of every architecture. */
export function commonEntries(name: string, config: CompleteGptConfig): MetadataEntry[] {
  return [
    [`${name}.block_count`, "u32", config.nLayer],
    [`${name}.context_length`, "u32", config.blockSize],
    [`${name}.embedding_length`, "u32", config.nEmbd],
    [`${name}.feed_forward_length`, "u32", config.mlp.width],
    [`${name}.attention.head_count`, "u32", config.nHead],
  ];
}

/** What every architecture says. */
export function readCommon(
  name: string,
  metadata: Metadata,
  { vocabSize, tied }: TensorFacts,
): Pick<GptConfig, "vocabSize" | "tied" | "blockSize" | "nLayer" | "nHead" | "nEmbd"> & { width: number } {
  metadata.only(`${name}.expert_count`, 0);
  metadata.only(`${name}.attention.causal`, true);
  return {
    vocabSize,
    tied,
    blockSize: metadata.number(`${name}.context_length`),
    nLayer: metadata.number(`${name}.block_count`),
    nHead: metadata.numberForAll(`${name}.attention.head_count`),
    nEmbd: metadata.number(`${name}.embedding_length`),
    width: metadata.numberForAll(`${name}.feed_forward_length`),
  };
}
