import type { Part } from "./block-tensors.js";
import type { BlockValues } from "./block-values.js";

/** What a part is called above it. */
export const NAMES: Readonly<Record<Part, string>> = {
  into: "stream in",
  query: "query",
  key: "key",
  value: "value",
  scores: "score",
  masked: "mask",
  weights: "softmax",
  found: "head finds",
  attended: "attention adds",
  middle: "stream",
  wide: "MLP",
  up: "other half",
  fed: "MLP adds",
  out: "stream out",
};

/** What stands below: how many numbers a token has there. */
export function widthWords(part: Part, block: BlockValues, head: number): string {
  const { columns } = block.rows(part, head);
  if (part === "scores" || part === "masked" || part === "weights") return `${columns} × ${columns}`;
  return part === "value" || part === "found" ? `${columns} per head` : `${columns}`;
}

/** What a part is, in plain words. */
export function partWords(part: Part | "next", block: BlockValues, head: number): string {
  const { heads } = block.overview.attention[block.layer]!;
  const columns = part === "next" ? 0 : block.rows(part, head).columns;
  const isGated = block.tensors.names.up !== undefined;
  const sentences: Readonly<Record<Part | "next", string>> = {
    into: `The residual stream: ${columns} numbers for each token, from ${block.layer === 0 ? "the embedding" : `layer ${block.layer - 1}`}. Every block reads them, and adds to them.`,
    query: "A query is what a token looks for in itself and the tokens before it.",
    key: "A key is what a token can be found by.",
    value: "A value is what a token hands on to those that look at it.",
    scores:
      "Each query meets each key: their product, scaled, is a dot, orange where they fit and blue where they are opposed.",
    masked: "No token looks ahead: the scores of what comes later are taken away.",
    weights:
      "Softmax makes shares of the scores left: those of a row sum to 1. A dot is as large as its share.",
    found: "The values, each times its share, are summed: that is what this head finds.",
    attended: `What all heads found (${heads} here) is mixed: attention adds it to the stream.`,
    middle: "The stream after attention: what it was, plus what attention adds.",
    wide: isGated
      ? `The MLP looks at each token alone: ${columns} features, which open or shut the other half.`
      : `The MLP looks at each token alone, for ${columns} features: those it does not find are near 0.`,
    up: "The other half of the MLP: each number is let through as far as its gate is open.",
    fed: "What the MLP makes of its features: it is added to the stream, too.",
    out: "The stream as it leaves the block. The next block reads it.",
    next: "After the last block, the last token's row becomes a probability for each token that may come next.",
  };
  return sentences[part];
}
