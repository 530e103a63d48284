import { type GptConfig, presets } from "@llm/gpt";
import { describe, type TensorDescription } from "@llm/gpt/inspect";

/** Models without weights, to be looked at, the smallest first. */
const SHAPES = {
  // Sorts three letters: the model that LLM Visualization walks through.
  nano: { vocabSize: 3, blockSize: 11, nLayer: 3, nHead: 3, nEmbd: 48 },
  gpt2: presets.gpt2,
  "gpt2-medium": presets["gpt2-medium"],
  "gpt2-large": presets["gpt2-large"],
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
  "gpt2-xl": presets["gpt2-xl"],
  // Brown et al., 2020, table 2.1.
  gpt3: { vocabSize: 50_257, blockSize: 2048, nLayer: 96, nHead: 96, nEmbd: 12_288 },
} as const satisfies Readonly<Record<string, GptConfig>>;

export type ShapeName = keyof typeof SHAPES;

export interface ShapeChoice {
  readonly name: ShapeName;
  readonly layers: number;
}

/** A model's shape as a whole. */
export interface Sized {
  readonly name: ShapeName;
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly positions: number;
  /** Without what is inside of attention, of norms and of MLPs. */
  readonly descriptions: readonly TensorDescription[];
}

export function describeShape({ name, layers }: ShapeChoice): TensorDescription[] {
  return describe({ ...SHAPES[name], nLayer: layers }, { detail: true });
}

/** Every shape with all its layers, for a look at their sizes. */
export function describeSizes(): Sized[] {
  return Object.entries(SHAPES).map(([name, config]) => ({
    name: name as ShapeName,
    layers: config.nLayer,
    heads: config.nHead,
    width: config.nEmbd,
    positions: config.blockSize,
    // What describes the cells is not drawn, and long.
    descriptions: describe(config).map(({ cell: _, parts: __, ...description }) => description),
  }));
}
