import type { ShapeName } from "../../engine/shapes.js";

/** What is shown of a shape: a model's, or all side by side. */
export type ShapeShown = "model" | ShapeName | "sizes";

/** How they are called, the smallest first; and how many layers they have. */
export const NAMED_SHAPES: Readonly<Record<ShapeName, { words: string; layers: number }>> = {
  nano: { words: "nano-GPT", layers: 3 },
  gpt2: { words: "GPT-2", layers: 12 },
  "gpt2-medium": { words: "GPT-2 medium", layers: 24 },
  "gpt2-large": { words: "GPT-2 large", layers: 36 },
  llama: { words: "a Llama", layers: 22 },
  "gpt2-xl": { words: "GPT-2 XL", layers: 48 },
  gpt3: { words: "GPT-3", layers: 96 },
};

export const SHAPE_NAMES = Object.keys(NAMED_SHAPES) as ShapeName[];

export const MOST_LAYERS = Math.max(...Object.values(NAMED_SHAPES).map(({ layers }) => layers));
