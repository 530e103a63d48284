import { extents, thousands } from "../../../thousands.js";
import type { ShownBlock } from "./shown.js";
import type { Part } from "./tensors.js";

/** Where two rows are added, by what they make. */
export type Sum = "+into" | "+middle" | "+out";

/** What of the picture is explained: a part, where two are added, where dropout acts in training, or what comes next. */
export type About = Part | Sum | "dropout" | "next";

const NAMES: Readonly<Record<Part, string>> = {
  token: "token row",
  place: "position row",
  into: "stream in",
  norm1: "norm",
  query: "query",
  key: "key",
  value: "value",
  scores: "score",
  masked: "mask",
  weights: "softmax",
  found: "head finds",
  mixed: "heads mixed",
  attended: "attention adds",
  middle: "stream",
  norm2: "norm",
  wide: "hidden row",
  up: "gated half",
  made: "MLP makes",
  fed: "MLP adds",
  out: "stream out",
  final: "last norm",
  logits: "logits",
};

/** What a part is called above it. A circle turns what is turned by its position. */
export function nameOf(
  part: Part,
  { block: { tensors } }: { block: Pick<ShownBlock["block"], "tensors"> },
): string {
  const norm = tensors.norms[part];
  const kind = norm?.mean === undefined ? "RMS norm" : "layer norm";
  if (part === "norm1" || part === "norm2") return norm ? kind : NAMES[part];
  if (part === "final") return NAMES[part];
  if (part === "wide" && tensors.names.up !== undefined) return "bent gate";
  if (part !== "query" && part !== "key") return `${norm ? "norm: " : ""}${NAMES[part]}`;
  return `${NAMES[part]}${norm ? " · norm" : ""}${tensors.isTurned ? " ↻" : ""}`;
}

/** What stands below: how many numbers a token has there. */
export function widthWords(part: Part, { block, head }: ShownBlock): string {
  const { columns } = block.rows(part, head);
  if (part === "scores" || part === "masked" || part === "weights") return extents([columns, columns]);
  return part === "value" ? `${columns} per head` : thousands(columns);
}
