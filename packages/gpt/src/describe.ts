import type { CompleteGptConfig } from "./config.js";
import { layout } from "./layout.js";

/** One tensor of the forward pass: a weight, the input, or what an operation makes of others. */
export interface TensorDescription {
  readonly name: string;
  readonly kind: "weight" | "input" | "activation";
  /** Extents; `"B"` (rows) and `"T"` (positions) are the caller's. */
  readonly shape: readonly (number | "B" | "T")[];
  /** The operation that makes an activation. */
  readonly operation?: string;
  /** Names of the tensors it depends on directly, in the order the operation takes them. */
  readonly inputs: readonly string[];
}

/**
 * Every tensor of a model's forward pass in the order of computation: what a diagram draws from.
 * Names of activations are those that `forward(ids, { capture })` reports.
 */
export function describe(config: CompleteGptConfig): TensorDescription[] {
  const { nLayer, nEmbd, vocabSize, bias, activation } = config;
  const weights = layout(config);
  const described: TensorDescription[] = [{ name: "ids", kind: "input", shape: ["B", "T"], inputs: [] }];

  /** Adds an activation after the weights it uses, and returns its name. */
  const made = (name: string, operation: string, width: number, inputs: string[], owner = name) => {
    const own = weights.filter((weight) => weight.name.startsWith(`${owner}.`));
    for (const { name, shape } of own) {
      described.push({ name, kind: "weight", shape, inputs: [] });
    }
    const used = [...inputs, ...own.map((weight) => weight.name)];
    described.push({ name, kind: "activation", shape: ["B", "T", width], operation, inputs: used });
    return name;
  };

  for (const { name, shape } of weights.slice(0, 2)) {
    described.push({ name, kind: "weight", shape, inputs: [] });
  }
  const linear = bias ? "linear" : "linear without bias";
  let x = made("embedding", "embedding", nEmbd, ["ids", "wte.weight", "wpe.weight"]);
  for (let layer = 0; layer < nLayer; layer++) {
    const h = `h.${layer}`;
    const norm1 = made(`${h}.ln_1`, "layerNorm", nEmbd, [x]);
    const qkv = made(`${h}.attn.c_attn`, linear, 3 * nEmbd, [norm1]);
    const mixed = made(`${h}.attn`, "causal attention", nEmbd, [qkv], "");
    const attended = made(`${h}.attn.c_proj`, linear, nEmbd, [mixed]);
    x = made(`${h}.residual_1`, "add", nEmbd, [x, attended]);
    const norm2 = made(`${h}.ln_2`, "layerNorm", nEmbd, [x]);
    const wide = made(`${h}.mlp.c_fc`, `${linear}, ${activation}`, 4 * nEmbd, [norm2]);
    const narrow = made(`${h}.mlp.c_proj`, linear, nEmbd, [wide]);
    x = made(`${h}.residual_2`, "add", nEmbd, [x, narrow]);
  }
  const last = made("ln_f", "layerNorm", nEmbd, [x]);
  made("logits", "linear, tied", vocabSize, [last, "wte.weight"]);
  return described;
}
