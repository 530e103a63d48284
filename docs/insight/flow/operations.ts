import type { Operation as CellOperation, TensorDescription } from "@llm/gpt/inspect";
import { type Statistic, statisticOf } from "../statistics.js";

/** A step of the computation: a tensor, and those that it is made of. */
export interface Operation {
  readonly output: string;
  /** In the order in which it takes them. */
  readonly operands: readonly string[];
  readonly words: string;
  /** How one of its cells follows from others. */
  readonly cell: CellOperation | undefined;
}

/** Whether each cell is a sum of products, as in a product of matrices. */
export const isProduct = ({ cell }: Operation): boolean => cell?.kind === "dot";

/** What a tensor is made of; where it is only copied, what its source is made of, too. */
export function madeFrom(tensor: string, all: readonly Operation[]): readonly string[] {
  const { operands = [], cell } = all.find(({ output }) => output === tensor) ?? {};
  if (cell?.kind !== "copy") return operands;
  return [...operands, ...operands.flatMap((each) => madeFrom(each, all))];
}

/** All steps in the order of computation, as `describe` has it. */
export function operationsOf(descriptions: readonly TensorDescription[]): Operation[] {
  return descriptions
    .filter(({ inputs }) => inputs.length > 0)
    .map(({ name, inputs, operation, cell }) => ({
      output: name,
      operands: inputs,
      words: `${layerOf(name)}${madeOf(name)} from ${listed(inputs)} (${operation === "mean" ? "sum / count" : operation}).`,
      cell,
    }));
}

function layerOf(name: string): string {
  const [, layer] = /^h\.(\d+)\./.exec(name) ?? [];
  return layer === undefined ? "" : `Block ${layer}: `;
}

/** What tensors are called, their layer left out. One that is not here goes by its own name. */
const TERMS: Readonly<Record<string, string>> = {
  ids: "the token ids",
  "wte.weight": "the table of token vectors",
  "wpe.weight": "the table of positions",
  "embedding.token": "the tokens' vectors",
  embedding: "the embedding",
  ln_1: "the first norm",
  ln_2: "the second norm",
  ln_1_post: "the norm behind attention",
  ln_2_post: "the norm behind the MLP",
  ln_f: "the last norm",
  mix: "the mixed stream",
  "mix.residual": "the scaled stream",
  "mix.x0": "the scaled embedding",
  "attn.c_attn": "queries, keys and values in one",
  "attn.q": "queries",
  "attn.k": "keys",
  "attn.v": "values",
  "attn.q_rotated": "turned queries",
  "attn.k_rotated": "turned keys",
  "attn.rope": "cosines and sines of the angles",
  "attn.scores": "scores",
  "attn.masked": "masked scores",
  "attn.weights": "attention weights",
  attn: "what attention found",
  "attn.c_proj": "the heads' mixed findings",
  residual_1: "the stream after attention",
  residual_2: "the stream after the MLP",
  "mlp.c_fc.raw": "hidden rows before the bend",
  "mlp.c_fc": "hidden rows",
  "mlp.c_fc.weight": "the weights W₁",
  "mlp.c_fc.bias": "the bias b₁",
  "mlp.gate": "the gate",
  "mlp.activated": "the bent gate",
  "mlp.up": "the half that is gated",
  "mlp.gated": "the gated rows",
  "mlp.c_proj": "what the MLP adds",
  "mlp.c_proj.weight": "the weights W₂",
  "mlp.c_proj.bias": "the bias b₂",
  "lm_head.weight": "the table of output vectors",
  logits: "the logits",
  probabilities: "the probabilities of what comes next",
};

/** What is one number for each row: as a step makes it, and as others read it. */
const STATISTICS: Readonly<Record<Statistic, readonly [made: string, term: string, label: string]>> = {
  mean: ["the mean of each row", "the means", "mean"],
  rstd: ["1 / the spread of each row", "1 / spread", "1 / spread"],
  max: ["the largest of each row", "the largest of the row", "max"],
  sum: ["the sum of each row's exp", "the sum of exp", "sum of exp"],
};

function statisticWords(name: string) {
  const statistic = statisticOf(name);
  return statistic && STATISTICS[statistic];
}

/** What a step makes, as a sentence begins with it. */
export const madeOf = (name: string): string => statisticWords(name)?.[0] ?? termOf(name);

function termOf(name: string): string {
  const own = name.replace(/^h\.\d+\./, "");
  const statistic = statisticWords(own);
  if (statistic) return statistic[1];
  return TERMS[own] ?? (/\.(weight|bias)$/.test(own) ? "learned weights" : own);
}

/** A tensor in a few words, its layer and network left out. One that is not among the terms goes by its own name. */
export function labelOf(name: string): string {
  const own = name.replace(/^(?:[\w-]+ )?(?:h\.\d+\.)?/, "");
  const [, made, part] = /^(.+)\.(weight|bias)$/.exec(own) ?? [];
  if (made === undefined || TERMS[own]) return statisticWords(own)?.[2] ?? termOf(own).replace(/^the /, "");
  return `${part === "bias" ? "bias" : "weights"} of ${termOf(made).replace(" in one", "")}`;
}

/** "a, b and c", each once. */
function listed(names: readonly string[]): string {
  const terms = [...new Set(names.map(termOf))];
  return terms.length > 1 ? `${terms.slice(0, -1).join(", ")} and ${terms.at(-1)}` : terms[0]!;
}
