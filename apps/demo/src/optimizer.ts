import { adamw, groups, muon, type Optimizer } from "@llm/train";
import type { Recipe } from "./settings.js";

/** Muon for the matrices inside, AdamW for the embedding and the norms: half the steps that AdamW alone would need. */
export function muonAndAdamw({
  betas,
  weightDecay,
  muonScale,
}: Pick<Recipe["training"], "betas" | "weightDecay" | "muonScale">): Optimizer {
  return groups([
    {
      parameters: ({ name, shape }) => shape.length === 2 && !/wte/.test(name),
      optimizer: muon({ lrScale: muonScale, weightDecay: weightDecay / 10 }),
    },
    { optimizer: adamw({ betas, weightDecay }) },
  ]);
}
