// A made-up Llama of 0.5 billion parameters (151,936 x 896, 24 layers, bfloat16 in one safetensors file), loaded and decoding in a
// process of its own: what memory that takes at most, beside what the weights take.
//
//     npm run bench:load [-- <float32, bfloat16, int8 or int4>]
import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Gpt, type WeightDType } from "@llm/gpt";
import { encodeSafetensors, nativeEngine, useEngine } from "@llm/tensor";

const [V, C, WIDTH, LAYERS, HEADS, KV_HEADS] = [151_936, 896, 4864, 24, 14, 2];
const TOKENS = 16;
const LIMIT = 700;

async function makeModel(folder: string): Promise<void> {
  const config = {
    model_type: "llama",
    architectures: ["LlamaForCausalLM"],
    vocab_size: V,
    hidden_size: C,
    intermediate_size: WIDTH,
    num_hidden_layers: LAYERS,
    num_attention_heads: HEADS,
    num_key_value_heads: KV_HEADS,
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
    hidden_act: "silu",
  };
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const kv = (C / HEADS) * KV_HEADS;
  const layer = (l: number): [string, number[]][] =>
    Object.entries({
      input_layernorm: [C],
      "self_attn.q_proj": [C, C],
      "self_attn.k_proj": [kv, C],
      "self_attn.v_proj": [kv, C],
      "self_attn.o_proj": [C, C],
      post_attention_layernorm: [C],
      "mlp.gate_proj": [WIDTH, C],
      "mlp.up_proj": [WIDTH, C],
      "mlp.down_proj": [C, WIDTH],
    }).map(([name, shape]) => [`model.layers.${l}.${name}.weight`, shape]);
  const tensors = new Map<string, number[]>([
    ["model.embed_tokens.weight", [V, C]],
    ...Array.from({ length: LAYERS }, (_, l) => layer(l)).flat(),
    ["model.norm.weight", [C]],
  ]);
  const specs = [...tensors].map(([name, shape]) => ({ name, shape, dtype: "BF16" as const }));
  const values = (name: string) => {
    const shape = tensors.get(name)!;
    // The bits of numbers up to 0.06, which repeat; 1 for norms.
    const bits = new Uint16Array(shape.reduce((a, b) => a * b, 1)).fill(0x3f80);
    if (shape.length === 2)
      for (let i = 0; i < bits.length; i++) bits[i] = 0x3d00 + (((i * 40_503) >>> 4) % 128) + ((i % 2) << 15);
    return bits;
  };
  await pipeline(encodeSafetensors(specs, values), createWriteStream(join(folder, "model.safetensors")));
}

async function measure(folder: string, dtype: WeightDType): Promise<void> {
  const { memory } = await useEngine(await nativeEngine({ threads: 1 }));
  const inMiB = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const start = performance.now();
  const model = await Gpt.load(folder, { dtype });
  const loaded = process.resourceUsage().maxRSS * 1024;
  const seconds = (performance.now() - start) / 1000;
  const session = model.session();
  for (let i = 0; i < TOKENS; i++) await session.step([{ row: 0, ids: [(i * 7919) % V] }]);
  const most = process.resourceUsage().maxRSS * 1024;
  const verdict = dtype === "int8" ? ` (limit ${LIMIT} MB: ${most <= LIMIT * 1e6 ? "met" : "MISSED"})` : "";
  console.log(
    `${dtype}: weights ${inMiB(memory.bytes)}; loading took ${seconds.toFixed(0)} s and at most ${inMiB(loaded)} of the process's memory, with ${TOKENS} tokens ${inMiB(most)}, ${(most / 1e6).toFixed(0)} MB${verdict}`,
  );
}

const [dtype = "int8", folder] = process.argv.slice(2);
if (folder) await measure(folder, dtype as WeightDType);
else {
  const scratch = await mkdtemp(join(tmpdir(), "load-"));
  try {
    await makeModel(scratch);
    execFileSync(process.execPath, [...process.execArgv, process.argv[1]!, dtype, scratch], {
      stdio: "inherit",
    });
  } finally {
    await rm(scratch, { recursive: true });
  }
}
