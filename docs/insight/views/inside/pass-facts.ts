import type { Overview } from "../../engine/inside.js";
import type { Facts } from "../../facts.js";
import { visible } from "../../token-line.js";
import { mostLooked } from "./attention-maps.js";

/** What the last token of a text takes most from, in one head. */
export function factsOf(overview: Overview, tokens: readonly string[], layer: number, head: number): Facts {
  const { ids, attention } = overview;
  const { key, weight } = mostLooked(overview, layer, head, ids.length - 1);
  return {
    tokens: ids.length,
    layers: attention.length,
    heads: attention.reduce((sum, { heads }) => sum + heads, 0),
    ...{ layer, head, weight },
    last: visible(tokens[ids.at(-1)!]!),
    looked: visible(tokens[ids[key]!]!),
  };
}
