// Every tensor of GPT-2's forward pass, from a model small enough to print: its shape, the operation
// that makes it, and what it depends on.
import { Gpt } from "@llm/gpt";
import { describe } from "@llm/gpt/inspect";
import { useEngine } from "@llm/tensor";

await useEngine("reference");
const model = Gpt.create(
  { vocabSize: 65, blockSize: 64, nLayer: 1, nHead: 4, nEmbd: 32, bias: false },
  { seed: 1 },
);

for (const { name, kind, shape, operation, inputs } of describe(model)) {
  const from = kind === "activation" ? ` = ${operation} of ${inputs.join(", ")}` : ` (${kind})`;
  console.log(`${name} [${shape.join(", ")}]${from}`);
}
console.log(`${model.numParameters} parameters`);
console.log(`${model.flopsPerToken(64)} operations to train on one token`);

// Output:
// ids [B, T] (input)
// wte.weight [65, 32] (weight)
// wpe.weight [64, 32] (weight)
// embedding [B, T, 32] = embedding of ids, wte.weight, wpe.weight
// h.0.ln_1.weight [32] (weight)
// h.0.ln_1 [B, T, 32] = layerNorm of embedding, h.0.ln_1.weight
// h.0.attn.c_attn.weight [32, 96] (weight)
// h.0.attn.c_attn [B, T, 96] = linear without bias of h.0.ln_1, h.0.attn.c_attn.weight
// h.0.attn [B, T, 32] = causal attention of h.0.attn.c_attn
// h.0.attn.c_proj.weight [32, 32] (weight)
// h.0.attn.c_proj [B, T, 32] = linear without bias of h.0.attn, h.0.attn.c_proj.weight
// h.0.residual_1 [B, T, 32] = add of embedding, h.0.attn.c_proj
// h.0.ln_2.weight [32] (weight)
// h.0.ln_2 [B, T, 32] = layerNorm of h.0.residual_1, h.0.ln_2.weight
// h.0.mlp.c_fc.weight [32, 128] (weight)
// h.0.mlp.c_fc [B, T, 128] = linear without bias, gelu of h.0.ln_2, h.0.mlp.c_fc.weight
// h.0.mlp.c_proj.weight [128, 32] (weight)
// h.0.mlp.c_proj [B, T, 32] = linear without bias of h.0.mlp.c_fc, h.0.mlp.c_proj.weight
// h.0.residual_2 [B, T, 32] = add of h.0.residual_1, h.0.mlp.c_proj
// ln_f.weight [32] (weight)
// ln_f [B, T, 32] = layerNorm of h.0.residual_2, ln_f.weight
// logits [B, T, 65] = linear, tied of ln_f, wte.weight
// 16512 parameters
// 111360 operations to train on one token
