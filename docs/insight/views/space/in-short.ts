import type { Panel } from "../../scene/layout.js";
import { thousands } from "../../thousands.js";
import { visible } from "../../token-line.js";
import { type Network, sizes } from "./shown.js";

/** What is told of a network, in numbers and in a sentence. */
export function inShort({ pass, compared }: Network, panels: readonly Panel[]) {
  const { weights, tensors } = sizes(panels);
  const token = pass && pass.info.tokens[pass.overview.lens.at(-1)!.best[0]!.id]!;
  const best = token && visible(token);
  const next = best === undefined ? "" : ` "${best}" is the most probable next token.`;
  return {
    numbers: { tensors, weights, vocabulary: pass?.info.vocabSize, best },
    sentence: `${compared ? `${compared.count} networks, ` : ""}${thousands(tensors)} tensors, ${thousands(weights)} weights.${next}`,
  };
}
