import { purposeOf } from "../../purposes.js";
import { visible } from "../../token-line.js";
import type { Part } from "./block-tensors.js";
import { lengthOf } from "./block-values.js";
import { short } from "./short.js";
import type { ShownBlock } from "./shown-block.js";

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
  wide: "MLP",
  up: "other half",
  made: "MLP makes",
  fed: "MLP adds",
  out: "stream out",
};

/** What a part is called above it. A circle turns what is turned by its position. */
export function nameOf(part: Part, { block: { tensors } }: Pick<ShownBlock, "block">): string {
  const norm = tensors.norms[part];
  const kind = norm?.mean === undefined ? "RMS norm" : "layer norm";
  if (part === "norm1" || part === "norm2") return norm ? kind : NAMES[part];
  if (part !== "query" && part !== "key") return `${norm ? "norm: " : ""}${NAMES[part]}`;
  return `${NAMES[part]}${norm ? " · norm" : ""}${tensors.isTurned ? " ↻" : ""}`;
}

/** What stands below: how many numbers a token has there. */
export function widthWords(part: Part, { block, head }: ShownBlock): string {
  const { columns } = block.rows(part, head);
  if (part === "scores" || part === "masked" || part === "weights") return `${columns} × ${columns}`;
  return part === "value" || part === "found" ? `${columns} per head` : `${columns}`;
}

/** What a part is, in plain words, and what it makes of the chosen token. */
export function partWords(part: About, shown: ShownBlock): string {
  if (part === "next")
    return "After the last block comes a last norm. The last token's row times the token table is a logit for each token, and softmax makes probabilities of them: solid as they are drawn, above in grey the model's own. Press one, and it is put behind the text.";
  if (part === "+into" || part === "+middle" || part === "+out") return sumWords(part, shown);
  if (part === "dropout") return dropoutWords(shown.info.dropout);
  const { block, head, token } = shown;
  // A stream that begins with the rows of the table is both.
  const purpose = purposeOf(part === "token" ? "embedding.token" : block.tensors.names[part]!);
  const { columns } = block.rows(part, head);
  const own = EXTRAS[part]?.(shown, columns);
  return [purpose, own, normWords(part, shown, token)].filter(Boolean).join(" ");
}

const nameOfToken = ({ block, info }: ShownBlock, token: number) =>
  `"${visible(info.tokens[block.overview.ids[token]!]!)}"`;

/** What the picture says besides what the tensor is for. */
const EXTRAS: Readonly<Partial<Record<Part, (shown: ShownBlock, columns: number) => string>>> = {
  token: (shown, columns) => {
    const { block, token } = shown;
    const isPlaced = block.tensors.names.place !== undefined;
    return `${nameOfToken(shown, token)} is token ${block.overview.ids[token]}: that row of the table, ${columns} numbers.${isPlaced ? "" : " Nothing is added for its position: queries and keys are turned by it."}`;
  },
  place: ({ token }) => `Row ${token} is added for position ${token}; the sum is what the first block reads.`,
  into: ({ block: { layer } }, columns) =>
    `${columns} numbers for each token, ${layer === 0 ? "before the first block" : `after ${counted(layer, "block")}`}.`,
  scores: ({ block: { tensors } }) =>
    `A dot is orange where they fit and blue where they are opposed; press one for its products.${tensors.cap > 0 ? ` Then each is squeezed below ${tensors.cap}.` : ""}`,
  masked: ({ block: { tensors } }) =>
    tensors.window > 0 ? `None looks back to more than ${tensors.window}.` : "",
  weights: () => "A dot is as large as its share.",
  attended: ({ block }) => `${counted(block.overview.attention[block.layer]!.heads, "head")} here.`,
  wide: (_, columns) => `${columns} of them: those that are not found are near 0.`,
};

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** What a norm did to the chosen token, in numbers. */
function normWords(part: Part, shown: ShownBlock, token: number): string {
  const { block, head } = shown;
  const norm = block.tensors.norms[part];
  if (!norm) return "";
  const { mean, rstd } = block.norm(part, head, token)!;
  const name = nameOfToken(shown, token);
  const centred = mean === undefined ? `${name} is` : `${name} without its mean, ${short(mean)}, is`;
  const learned = [
    norm.hasWeight && "each channel times a learned weight",
    norm.hasBias && "plus a learned bias",
  ].filter(Boolean);
  const of = mean === undefined ? "root mean square" : "spread";
  return `${mean === undefined ? "RMS" : "Layer"} norm: ${centred} times ${short(rstd)}, which is 1 / ${of}${learned.length > 0 ? `; then ${learned.join(", ")}` : ""}.`;
}

/** Two rows become one, number by number. */
export function sumWords(sum: Sum, shown: ShownBlock): string {
  const { block, head, token } = shown;
  const name = nameOfToken(shown, token);
  const long = (part: Part) => short(lengthOf(block.rows(part, head), token));
  if (sum === "+into")
    return `The token's row and its position's are added, number by number: of ${name} ${long("token")} and ${long("place")} long. So the same token differs from place to place.`;
  const [before, added, by] =
    sum === "+middle"
      ? (["into", "attended", "attention"] as const)
      : (["middle", "fed", "the MLP"] as const);
  const made = sum === "+middle" ? "middle" : "out";
  return `The stream passes ${by} by, and is added to what ${by} brings, number by number: of ${name} ${long(before)} long and ${long(added)} long, together ${long(made)}. What was found before stays in it, and in training the gradient reaches the first blocks along it.`;
}

/** Where training drops numbers; a pass that is looked at drops none. */
export function dropoutWords(chance: number): string {
  return `Dropout acts here in training: each number is set to 0 with a chance, of ${chance} for this model, and the others grow by as much, so that none is relied on alone. In this pass none acts.`;
}
