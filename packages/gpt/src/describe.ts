import type { CompleteGptConfig } from "./config.js";
import { attentionWidths, layout } from "./layout.js";

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
  const { nLayer, nEmbd, vocabSize, bias, activation, mlp, position } = config;
  const weights = layout(config);
  const described: TensorDescription[] = [{ name: "ids", kind: "input", shape: ["B", "T"], inputs: [] }];

  /** Adds an activation after the weights it uses, and returns its name. */
  const made = (name: string, operation: string, width: number, inputs: string[], owners = [name]) => {
    const own = weights.filter((weight) => owners.some((owner) => weight.name.startsWith(`${owner}.`)));
    for (const { name, shape } of own) {
      described.push({ name, kind: "weight", shape, inputs: [] });
    }
    const used = [...inputs, ...own.map((weight) => weight.name)];
    described.push({ name, kind: "activation", shape: ["B", "T", width], operation, inputs: used });
    return name;
  };
  const norm = (name: string, x: string) =>
    made(name, config.norm === "rms" ? "rmsNorm" : "layerNorm", nEmbd, [x]);
  const linear = (biased: boolean) => (biased ? "linear" : "linear without bias");
  const { q, kv } = attentionWidths(config);

  const tables = weights.slice(0, position === "learned" ? 2 : 1);
  for (const { name, shape } of tables) described.push({ name, kind: "weight", shape, inputs: [] });
  let x = made("embedding", "embedding", nEmbd, ["ids", ...tables.map(({ name }) => name)]);
  for (let layer = 0; layer < nLayer; layer++) {
    const h = `h.${layer}`;
    if (config.residualScalars) x = made(`${h}.mix`, "sum of both, scaled", nEmbd, [x, "embedding"]);
    const norm1 = norm(`${h}.ln_1`, x);
    const qkv = made(`${h}.attn.c_attn`, linear(bias.qkv), q + 2 * kv, [norm1]);
    const sources = [qkv];
    if (config.valueEmbeddings[layer]) {
      const name = `${h}.attn.value_embedding`;
      sources.push(made(name, "embedding, gated", kv, ["ids", norm1], [name, `${h}.attn.value_gate`]));
    }
    const norms = [`${h}.attn.q_norm`, `${h}.attn.k_norm`];
    const mixed = made(`${h}.attn`, attentionInWords(config, layer), q, sources, norms);
    let attended = made(`${h}.attn.c_proj`, linear(bias.attention), nEmbd, [mixed]);
    if (config.postNorm) attended = norm(`${h}.ln_1_post`, attended);
    x = made(`${h}.residual_1`, "add", nEmbd, [x, attended]);
    const read = config.parallel ? norm1 : norm(`${h}.ln_2`, x);
    let wide: string;
    if (mlp.kind === "gated") {
      const both = made(`${h}.mlp.c_fc`, linear(bias.mlp), 2 * mlp.width, [read]);
      wide = made(`${h}.mlp.gated`, `${activation} of one half times the other`, mlp.width, [both]);
    } else {
      wide = made(`${h}.mlp.c_fc`, `${linear(bias.mlp)}, ${activation}`, mlp.width, [read]);
    }
    let narrow = made(`${h}.mlp.c_proj`, linear(bias.mlp), nEmbd, [wide]);
    if (config.postNorm) narrow = norm(`${h}.ln_2_post`, narrow);
    x = made(`${h}.residual_2`, "add", nEmbd, [x, narrow]);
  }
  const last = norm("ln_f", x);
  made(
    "logits",
    config.tied ? "linear, tied" : "linear",
    vocabSize,
    [last, ...(config.tied ? ["wte.weight"] : [])],
    ["lm_head"],
  );
  return described;
}

/** What happens between q|k|v and the mixed values. */
function attentionInWords(config: CompleteGptConfig, layer: number): string {
  const norm = config.qkNorm === "none" ? [] : ["norm of q and k"];
  const rope =
    config.position !== "learned" && config.position[layer] === "rope" ? ["rotation of q and k"] : [];
  const values = config.valueEmbeddings[layer] ? ["rows added to v"] : [];
  const before = config.qkNorm === "after-rope" ? [...rope, ...norm] : [...norm, ...rope];
  const window = config.windows[layer]!;
  return [
    ...values,
    ...before,
    window > 0 ? `causal attention to ${window} positions` : "causal attention",
  ].join(", ");
}
