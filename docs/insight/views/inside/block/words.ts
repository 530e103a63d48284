import { counted } from "../../../counted.js";
import type { Facts } from "../../../facts.js";
import { purposeOf } from "../../../purposes.js";
import { short } from "../../../short.js";
import { thousands } from "../../../thousands.js";
import { visible } from "../../../token-line.js";
import { mostLooked } from "../attention-maps.js";
import { STEPS, weightWords } from "./attention-dots.js";
import { type About, nameOf, type Sum } from "./names.js";
import type { ShownBlock } from "./shown.js";
import { PARTS, type Part } from "./tensors.js";
import { lengthOf } from "./values.js";
import type { WalkedPart } from "./walk.js";

/** What a walk says where it has come to a part. */
export function walkFacts({ part, at, of }: WalkedPart, shown: ShownBlock): Facts {
  const name = part === "next" ? "next token" : isPart(part) ? nameOf(part, shown) : "added";
  return { part, at, of, name, told: partWords(part, shown)[0] };
}

/** What a part is called where it is not seen: what it is, and what a press does. */
export function labelOf(about: About, shown: ShownBlock): string {
  const words = partWords(about, shown).join(" ");
  if (about === "dropout") return `Dropout. ${words}`;
  if (!isPart(about)) return words;
  const keys = isStep(about) ? " Arrow keys left and right go from key to key." : "";
  const { tensor } = shown.block.rows(about, shown.head);
  return `${nameOf(about, shown)}. ${words} Opens it large: ${tensor}.${keys}`;
}

const isPart = (about: About): about is Part => (PARTS as readonly string[]).includes(about);

const isStep = (part: Part) => (STEPS as readonly string[]).includes(part);

/** The token that is read in numbers: its row of what is pointed at, the key that it looks at, or else what becomes of it. */
export function tokenWords(about: About | undefined, shown: ShownBlock, key: number | undefined): string {
  const { block, head, token, info } = shown;
  const name = (at: number) => `"${visible(info.tokens[block.overview.ids[at]!]!)}" (${at})`;
  if (key !== undefined)
    return `${name(token)} looks at ${name(key)}: ${weightWords(block, head, token, key)}.`;
  if (about !== undefined && isPart(about) && !isStep(about)) return rowWords(about, shown, name(token));
  const { key: most, weight } = mostLooked(block.overview, block.layer, head, token);
  const length = (part: Part) => lengthOf(block.rows(part, head), token).toPrecision(3);
  return `${name(token)} looks most at ${name(most)}: ${weight.toFixed(2)}. To its stream, ${length("into")} long, attention adds ${length("attended")}, and the MLP ${length("fed")}.`;
}

/** How many of a row's numbers are told. */
const FIRST = 4;

/** A token's row of a part. */
function rowWords(part: Part, { block, head, token }: ShownBlock, name: string): string {
  const rows = block.rows(part, head);
  const row = rows.values.subarray(token * rows.columns, (token + 1) * rows.columns);
  const first = Array.from(row.subarray(0, FIRST), short).join(", ");
  const [least, most] = [Math.min, Math.max].map((of) => short(row.reduce((a, b) => of(a, b))));
  const rest = row.length > FIRST ? ", …" : "";
  return `${name} here: ${first}${rest}; ${short(lengthOf(rows, token))} long, from ${least} to ${most}.`;
}

/** Where the chapter tells of it. */
export function chapterOf(about: About): { readonly title: string; readonly anchor: string } {
  const title = CHAPTERS.find(([, of]) => of.test(about))![0];
  return { title, anchor: `network-internals.html#${title.toLowerCase()}` };
}

const CHAPTERS = [
  ["Embedding", /^(token|place|\+?into|middle|out|\+middle|\+out)$/],
  ["Normalisation", /^norm/],
  ["MLP", /^(wide|up|made|fed)$/],
  ["Logits", /^(final|logits|next)$/],
  ["Attention", /./],
] as const;

/**
 * What a part is, in plain words, and what it makes of the chosen token: what comes first says enough for a walk. What is opened
 * large has no dots.
 */
export function partWords(part: About, shown: ShownBlock, isOpened = false): string[] {
  if (part === "next")
    return [
      "After the last block, a norm and a product with each token's vector make a logit of the last row for each token of the vocabulary. At temperature 0 the highest is taken; else they are divided by the temperature, and softmax makes probabilities of them: exp of each less the highest, divided by the sum.",
    ];
  if (part === "+into" || part === "+middle" || part === "+out") return sumWords(part, shown);
  if (part === "dropout") return [dropoutWords(shown.info.dropout)];
  const { block, head, token } = shown;
  // A stream that begins with the rows of the table is both.
  const purpose = purposeOf(part === "token" ? "embedding.token" : block.tensors.names[part]!);
  const { columns } = block.rows(part, head);
  const own = EXTRAS[part]?.(shown, columns);
  const dots = isOpened ? undefined : DOTS[part];
  return [purpose, dots, own, normWords(part, shown, token)].filter((words) => words !== undefined);
}

const nameOfToken = ({ block, info }: ShownBlock, token: number) =>
  `"${visible(info.tokens[block.overview.ids[token]!]!)}"`;

/** How a part is drawn that has dots. */
const DOTS: Readonly<Partial<Record<Part, string>>> = {
  scores: "A dot is orange where they fit and blue where they are opposed; press one for its products.",
  weights: "A dot is as large as its share.",
};

/** What the picture says besides what the tensor is for. */
const EXTRAS: Readonly<Partial<Record<Part, (shown: ShownBlock, columns: number) => string | undefined>>> = {
  token: (shown, columns) => {
    const { block, token } = shown;
    const { names, isTurned } = block.tensors;
    const place = isTurned ? ": queries and keys are turned by it" : "";
    return `${nameOfToken(shown, token)} is token ${block.overview.ids[token]}: that row of the table, ${thousands(columns)} numbers.${names.place === undefined ? ` Nothing is added for its position${place}.` : ""}`;
  },
  place: ({ token }) => `Row ${token} is added for position ${token}; the sum is what the first block reads.`,
  into: ({ block: { layer } }, columns) =>
    `${thousands(columns)} numbers for each token, ${layer === 0 ? "before the first block" : `after ${counted(layer, "block")}`}.`,
  key: (shown) => sharedWords("key", shown),
  value: (shown) => sharedWords("value", shown),
  scores: ({ block: { tensors } }) =>
    tensors.cap > 0 ? `Then each is squeezed below ${tensors.cap}.` : undefined,
  masked: ({ block: { tensors } }) =>
    tensors.window > 0
      ? `Each sees ${counted(tensors.window, "token")} at most, itself among them.`
      : undefined,
  found: (shown, columns) => headsWords(shown, columns),
  mixed: mixWords,
  attended: (shown) => (shown.block.tensors.names.mixed === undefined ? mixWords(shown) : undefined),
  wide: ({ block: { tensors } }, columns) => {
    const bend = BENDS[tensors.bend];
    return tensors.names.up === undefined
      ? `W₁ makes ${thousands(columns)} numbers, ${bend} bends each, so that what is not found is near 0: here they are bent. W₂ makes of them what is added.`
      : `W₁ makes two halves of ${thousands(columns)} numbers: ${bend} bends this one, the gate, which is times the other half. W₂ makes of that what is added.`;
  },
  up: ({ block: { tensors } }, columns) =>
    `${thousands(columns)} numbers that W₁ makes, not bent: times the gate, which ${BENDS[tensors.bend]} has bent.`,
  made: (_, columns) => `W₂ makes ${thousands(columns)} numbers.`,
  fed: ({ block, head }, columns) =>
    block.tensors.names.made === undefined
      ? `W₂ makes ${thousands(columns)} numbers of ${thousands(block.rows("wide", head).columns)}.`
      : undefined,
  logits: (shown) => {
    const { block, head, info } = shown;
    const last = block.overview.ids.length - 1;
    const { values, columns } = block.rows("logits", head);
    const row = values.subarray(last * columns, (last + 1) * columns);
    const most = row.reduce((best, each, at) => (each > row[best]! ? at : best), 0);
    const { logitCap } = block.tensors;
    const capped = logitCap > 0 ? ` Each is squeezed below ${logitCap}.` : "";
    return `The dot product of a row after its norm, ${thousands(block.rows("final", head).columns)} numbers, with each of ${thousands(columns)} tokens' vectors.${capped} Of the last token's row, divided by the temperature, softmax makes what comes next; its highest, ${short(row[most]!)}, is that of "${visible(info.tokens[most]!)}".`;
  },
};

/** Nonlinearities as they are called. */
const BENDS: Readonly<Record<ShownBlock["block"]["tensors"]["bend"], string>> = {
  gelu: "GELU",
  "gelu-erf": "GELU",
  relu2: "ReLU²",
  silu: "SiLU",
  sigmoid: "the sigmoid",
};

/** How what the heads find becomes one row. */
function headsWords({ block }: ShownBlock, columns: number): string {
  const { heads } = block.overview.attention[block.layer]!;
  return heads === 1
    ? `There is one head, of ${thousands(columns)}.`
    : `${counted(heads, "head")} of ${thousands(columns)} side by side make ${thousands(heads * columns)}.`;
}

/** Which heads have one key and one value. */
function sharedWords(part: "key" | "value", { block, head }: ShownBlock): string | undefined {
  const { overview, tensors, layer } = block;
  const group = overview.attention[layer]!.heads / overview.pictures[tensors.names.key]!.planes;
  const first = head - (head % group);
  const those = `heads ${first} ${group > 2 ? "to" : "and"} ${first + group - 1} share it`;
  return group > 1 ? `It is ${part} head ${first / group}: ${those}.` : undefined;
}

function mixWords(shown: ShownBlock): string {
  return `${headsWords(shown, shown.block.rows("found", shown.head).columns)} A learned matrix mixes all of it.`;
}

/** What a norm did to the chosen token, in numbers. */
function normWords(part: Part, shown: ShownBlock, token: number): string | undefined {
  const { block, head } = shown;
  const norm = block.tensors.norms[part];
  if (!norm) return undefined;
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
function sumWords(sum: Sum, shown: ShownBlock): string[] {
  const { block, head, token } = shown;
  const name = nameOfToken(shown, token);
  const long = (part: Part) => short(lengthOf(block.rows(part, head), token));
  if (sum === "+into") {
    const { overview, tensors } = block;
    // Some models scale it, or make a norm of it, before their first block reads it.
    const isSum = overview.descriptions.find(({ name }) => name === tensors.names.into)!.cell?.kind === "add";
    return [
      `The token's row and its position's are added, number by number: of ${name} vectors ${long("token")} and ${long("place")} long${isSum ? `; their sum is ${long("into")} long` : ""}. So the same token differs from place to place.`,
    ];
  }
  const [before, added, by] =
    sum === "+middle"
      ? (["into", "attended", "attention"] as const)
      : (["middle", "fed", "the MLP"] as const);
  const made = sum === "+middle" ? "middle" : "out";
  return [
    `The stream passes ${by} by, and is added to what ${by} brings, number by number: of ${name} vectors ${long(before)} and ${long(added)} long; their sum is ${long(made)} long.`,
    "What was found before stays in it, and in training the gradient reaches the first blocks along it.",
  ];
}

/** Where training drops numbers; a pass that is looked at drops none. */
function dropoutWords(chance: number): string {
  return `Dropout acts here in training: each number is set to 0 with a chance, and the others grow to make up for it, so that none is relied on alone. The chance is ${chance} for this model. In this pass none acts.`;
}
