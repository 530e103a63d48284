import { type GptConfig, presets } from "@llm/gpt";
import { describe, type TensorDescription } from "@llm/gpt/inspect";

/** A model without weights, to be looked at. */
export interface ShapeChoice {
  readonly name: "gpt2" | "llama";
  readonly layers: number;
}

const SHAPES: Readonly<Record<ShapeChoice["name"], GptConfig>> = {
  gpt2: presets.gpt2,
  // Of the size of TinyLlama: four queries share a key, positions are turned into queries and keys, the MLP has a gate.
  llama: {
    vocabSize: 32_000,
    blockSize: 2048,
    nLayer: 22,
    nHead: 32,
    nKvHead: 4,
    nEmbd: 2048,
    norm: "rms",
    position: "rope",
    activation: "silu",
    mlp: { kind: "gated", width: 5632 },
    bias: false,
    tied: false,
  },
};

export function describeShape({ name, layers }: ShapeChoice): TensorDescription[] {
  return describe({ ...SHAPES[name], nLayer: layers }, { detail: true });
}
