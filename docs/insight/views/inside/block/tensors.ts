import type { TensorDescription } from "@llm/gpt/inspect";
import type { Overview } from "../../../engine/inside.js";

/** The parts of the picture that are tensors, from left to right. */
export const PARTS = [
  // Of the first block: a token's row of the table, and its position's.
  "token",
  "place",
  "into",
  "norm1",
  "query",
  "key",
  "value",
  "scores",
  "masked",
  "weights",
  "found",
  // Of a model that norms what a branch made before it is added: what it was before.
  "mixed",
  "attended",
  "middle",
  "norm2",
  "wide",
  // The other half of a gated MLP.
  "up",
  "made",
  "fed",
  "out",
  // Of the last block: what the logits are made of, and they themselves.
  "final",
  "logits",
] as const;

export type Part = (typeof PARTS)[number];

/** Not every block has these. */
type Optional = "token" | "place" | "mixed" | "norm2" | "up" | "made" | "final" | "logits";

type Names = Readonly<Record<Exclude<Part, Optional>, string> & Partial<Record<Optional, string>>>;

/** A norm's numbers of each row: of one that subtracts no mean only the second. */
interface NormTensors {
  readonly mean?: string;
  readonly rstd: string;
  /** Whether each channel is then times a learned weight, and whether a bias is added. */
  readonly hasWeight: boolean;
  readonly hasBias: boolean;
}

/** One block's tensors as its picture needs them, and what is done to a score. */
export interface BlockTensors {
  readonly names: Names;
  /** The norm that made a part, before it was turned. */
  readonly norms: Readonly<Partial<Record<Part, NormTensors>>>;
  /** The parts that numbers of each row are computed for: a norm's, or a softmax's. */
  readonly computedFor: ReadonlyMap<string, Part>;
  /** Whether queries and keys are turned by their positions. */
  readonly isTurned: boolean;
  /** What a query times a key is multiplied by. */
  readonly scale: number;
  /** What scores are squeezed below; 0: nothing. */
  readonly cap: number;
  /** How many tokens back a token looks; 0: to the first. */
  readonly window: number;
  /** What bends the MLP's numbers. */
  readonly bend: Extract<Cell, { kind: "activation" }>["function"];
  /** What logits are squeezed below; 0: nothing. */
  readonly logitCap: number;
}

/** Finds a block's tensors by how they are computed from each other, so that every kind of model has them. */
export function blockTensors(
  { descriptions, attention }: Pick<Overview, "descriptions" | "attention">,
  layer: number,
): BlockTensors {
  const all = new Map(descriptions.map((description) => [description.name, description]));
  const cell = (name: string) => all.get(name)!.cell!;
  const cellOf = <K extends Cell["kind"]>(name: string, kind: K) => {
    const found = cell(name);
    if (found.kind !== kind) throw new Error(`${name} is no ${kind}.`);
    return found as Extract<Cell, { kind: K }>;
  };
  /** What a linear layer reads that made a tensor, whatever was done to it since. */
  const readBefore = (name: string): string => {
    const made = cell(name);
    if (made.kind === "dot") return made.a.tensor;
    return readBefore("x" in made ? made.x.tensor : (made as Extract<Cell, { kind: "multiply" }>).a.tensor);
  };
  /** What a norm was made of; undefined where it is none. */
  const beforeNorm = (name: string) => {
    const made = cell(name);
    return made.kind === "norm" ? made.x.tensor : undefined;
  };
  const normOf = (name: string): NormTensors | undefined => {
    const made = cell(name);
    if (made.kind === "rotate") return normOf(made.x.tensor);
    if (made.kind !== "norm") return undefined;
    const { mean, rstd, gain, bias } = made;
    return {
      ...(mean && { mean: mean.tensor }),
      ...{ rstd: rstd.tensor, hasWeight: gain !== undefined, hasBias: bias !== undefined },
    };
  };

  const weights = attention[layer]!.name;
  const softmax = cellOf(weights, "softmax");
  const masked = softmax.x.tensor;
  const mask = cellOf(masked, "mask");
  const before = mask.x.tensor;
  const capped = cell(before);
  const isCapped = capped.kind === "softcap";
  const scores = isCapped ? capped.x.tensor : before;
  const product = cellOf(scores, "dot");
  const found = weights.replace(/\.weights$/, "");
  const [middle, out] = [`h.${layer}.residual_1`, `h.${layer}.residual_2`];
  const [into, attended] = cellOf(middle, "add").terms.map(({ tensor }) => tensor) as [string, string];
  const [, fed] = cellOf(out, "add").terms.map(({ tensor }) => tensor) as [string, string];
  const [mixed, made] = [beforeNorm(attended), beforeNorm(fed)];
  const wide = cellOf(made ?? fed, "dot").a.tensor;
  const gate = cell(wide);
  const isLast = layer === attention.length - 1;
  const logits = cell("logits");
  const norm1 = readBefore(product.a.tensor);
  const norm2 = readBefore(wide);
  const names: Names = {
    ...(layer === 0 && embeddingOf(cell)),
    ...{ into, norm1, query: product.a.tensor, key: product.b.tensor },
    value: cellOf(found, "dot").b.tensor,
    ...{ scores, masked, weights, found, attended, middle },
    ...(mixed !== undefined && { mixed }),
    // Where attention and MLP read the same, there is one norm.
    ...(norm2 !== norm1 && { norm2 }),
    ...(gate.kind === "multiply" ? { wide: gate.a.tensor, up: gate.b.tensor } : { wide }),
    ...(made !== undefined && { made }),
    ...{ fed, out },
    ...(isLast && { final: readBefore("logits"), logits: "logits" }),
  };
  const norms = (["norm1", "query", "key", "attended", "norm2", "fed", "final"] as const).flatMap((part) => {
    const norm = names[part] && normOf(names[part]);
    return norm ? [[part, norm] as const] : [];
  });
  return {
    names,
    norms: Object.fromEntries(norms),
    computedFor: new Map<string, Part>([
      ...norms.flatMap(([part, { mean, rstd }]) => [[mean ?? rstd, part] as const, [rstd, part] as const]),
      [softmax.max.tensor, "weights"],
      [softmax.sum.tensor, "weights"],
    ]),
    isTurned: descriptions.some(({ name }) => name === `h.${layer}.attn.rope`),
    scale: product.scale ?? 1,
    cap: isCapped ? capped.cap : 0,
    window: mask.window,
    bend: cellOf(gate.kind === "multiply" ? gate.a.tensor : wide, "activation").function,
    logitCap: logits.kind === "softcap" ? logits.cap : 0,
  };
}

/** What the first block's stream is made of. A model that turns queries and keys adds nothing for a position. */
function embeddingOf(cell: (name: string) => Cell): { token: string; place?: string } {
  let token = "embedding";
  let place: string | undefined;
  for (;;) {
    const made = cell(token);
    if (made.kind === "lookup") return { token, ...(place !== undefined && { place }) };
    if (made.kind === "add") place = made.terms[1]!.tensor;
    token = made.kind === "add" ? made.terms[0]!.tensor : (made as Extract<Cell, { kind: "norm" }>).x.tensor;
  }
}

type Cell = NonNullable<TensorDescription["cell"]>;
