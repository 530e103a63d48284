import type { TensorDescription } from "@llm/gpt/inspect";
import type { Overview } from "../../engine/inside.js";

/** The parts of the picture that are tensors, from left to right. `up` is the other half of a gated MLP. */
export const PARTS = [
  "into",
  "query",
  "key",
  "value",
  "scores",
  "masked",
  "weights",
  "found",
  "attended",
  "middle",
  "wide",
  "up",
  "fed",
  "out",
] as const;

export type Part = (typeof PARTS)[number];

/** One block's tensors as its picture needs them, and what is done to a score. */
export interface BlockTensors {
  /** A model whose MLP has no gate has no `up`. */
  readonly names: Readonly<Record<Exclude<Part, "up">, string>> & { readonly up?: string };
  /** What a query times a key is multiplied by. */
  readonly scale: number;
  /** What scores are squeezed below; 0: nothing. */
  readonly cap: number;
}

/** Finds a block's tensors by how they are computed from each other, so that every kind of model has them. */
export function blockTensors({ descriptions, attention }: Overview, layer: number): BlockTensors {
  const all = new Map(descriptions.map((description) => [description.name, description]));
  const cellOf = <K extends Cell["kind"]>(name: string, kind: K) => {
    const { cell } = all.get(name)!;
    if (cell?.kind !== kind) throw new Error(`${name} is no ${kind}.`);
    return cell as Extract<Cell, { kind: K }>;
  };
  const weights = attention[layer]!.name;
  const masked = cellOf(weights, "softmax").x.tensor;
  const before = cellOf(masked, "mask").x.tensor;
  const capped = all.get(before)!.cell!;
  const isCapped = capped.kind === "softcap";
  const scores = isCapped ? capped.x.tensor : before;
  const product = cellOf(scores, "dot");
  const found = weights.replace(/\.weights$/, "");
  const [middle, out] = [`h.${layer}.residual_1`, `h.${layer}.residual_2`];
  const [into, attended] = cellOf(middle, "add").terms;
  const [, fed] = cellOf(out, "add").terms;
  const wide = cellOf(`h.${layer}.mlp.c_proj`, "dot").a.tensor;
  const gate = all.get(wide)!.cell!;
  return {
    names: {
      into: into!.tensor,
      query: product.a.tensor,
      key: product.b.tensor,
      value: cellOf(found, "dot").b.tensor,
      ...{ scores, masked, weights, found },
      attended: attended!.tensor,
      middle,
      ...(gate.kind === "multiply" ? { wide: gate.a.tensor, up: gate.b.tensor } : { wide }),
      fed: fed!.tensor,
      out,
    },
    scale: product.scale ?? 1,
    cap: isCapped ? capped.cap : 0,
  };
}

type Cell = NonNullable<TensorDescription["cell"]>;
