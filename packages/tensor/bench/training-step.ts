import {
  adamw,
  add,
  clipScale,
  crossEntropy,
  embedding,
  layerNorm,
  linear,
  type Parameter,
  parameter,
  rng,
  scope,
  selfAttention,
  type Tensor,
  tensor,
  valueAndGrad,
  zeros,
} from "@llm/tensor";

interface Model {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly length: number;
  readonly batch: number;
  readonly vocabulary: number;
}

/** The three models of the reference measurements, with PyTorch's figures there. */
const models: readonly (Model & { torch: number })[] = [
  { layers: 4, heads: 4, width: 128, length: 64, batch: 12, vocabulary: 65, torch: 9600 },
  { layers: 6, heads: 6, width: 384, length: 256, batch: 8, vocabulary: 65, torch: 1060 },
  { layers: 4, heads: 4, width: 256, length: 256, batch: 4, vocabulary: 4096, torch: 2500 },
  { layers: 12, heads: 12, width: 768, length: 256, batch: 1, vocabulary: 50257, torch: 0 },
];

function build(model: Model) {
  const { layers, heads, width: c, length, vocabulary } = model;
  const next = rng(1);
  const parameters: Parameter[] = [];
  const make = (name: string, shape: number[], value = () => 0.04 * (next() - 0.5)): Parameter => {
    const size = shape.reduce((a, b) => a * b, 1);
    const made = parameter(name, Float32Array.from({ length: size }, value), shape);
    parameters.push(made);
    return made;
  };
  const ones = () => 1;
  const nothing = () => 0;
  const wte = make("wte", [vocabulary, c]);
  const wpe = make("wpe", [length, c]);
  const blocks = Array.from({ length: layers }, (_, i) => ({
    ln1: [make(`${i}.ln1.w`, [c], ones), make(`${i}.ln1.b`, [c], nothing)] as const,
    qkv: [make(`${i}.qkv.w`, [c, 3 * c]), make(`${i}.qkv.b`, [3 * c], nothing)] as const,
    projection: [make(`${i}.proj.w`, [c, c]), make(`${i}.proj.b`, [c], nothing)] as const,
    ln2: [make(`${i}.ln2.w`, [c], ones), make(`${i}.ln2.b`, [c], nothing)] as const,
    up: [make(`${i}.up.w`, [c, 4 * c]), make(`${i}.up.b`, [4 * c], nothing)] as const,
    down: [make(`${i}.down.w`, [4 * c, c]), make(`${i}.down.b`, [c], nothing)] as const,
  }));
  const lnF = [make("lnf.w", [c], ones), make("lnf.b", [c], nothing)] as const;
  const loss = (ids: Tensor, targets: Tensor): Tensor => {
    let x = embedding(ids, wte, { position: wpe });
    for (const block of blocks) {
      const attended = selfAttention(linear(layerNorm(x, ...block.ln1), ...block.qkv), { nHead: heads });
      x = add(x, linear(attended, ...block.projection));
      const hidden = linear(layerNorm(x, ...block.ln2), ...block.up, { activation: "gelu" });
      x = add(x, linear(hidden, ...block.down));
    }
    return crossEntropy(linear(layerNorm(x, ...lnF), wte, null, { transposed: true }), targets);
  };
  return { parameters, loss };
}

/** One training step: forward, backward, clipping, AdamW. */
export async function benchTrainingSteps(after: () => void = () => {}): Promise<void> {
  console.log("\none training step (forward, backward, clip, AdamW)");
  for (const model of models) {
    const { parameters, loss } = build(model);
    const { layers, heads, width, length, batch, vocabulary } = model;
    const states = parameters.map((each) => ({ m: zeros(each.shape), v: zeros(each.shape) }));
    const next = rng(2);
    const sample = () => Int32Array.from({ length: batch * length }, () => Math.floor(next() * vocabulary));
    const ids = tensor(sample(), [batch, length], "int32");
    const targets = tensor(sample(), [batch, length], "int32");
    const count = parameters.reduce((total, each) => total + each.size, 0);
    const tokens = batch * length;
    // 6 per parameter and token (without the position table), 12 per layer, position and channel for attention.
    const flops = (6 * (count - length * width) + 12 * layers * width * length) * tokens;
    let best = Number.POSITIVE_INFINITY;
    let step = 0;
    let last = 0;
    for (const end = performance.now() + 6000; performance.now() < end || step < 3; ) {
      const start = performance.now();
      step++;
      await scope(async () => {
        const { value, grads } = valueAndGrad(() => loss(ids, targets), parameters);
        const { scale: gradScale, read } = clipScale(grads, { limit: 1, watch: [value] });
        const options = { lr: 1e-3, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1, step, gradScale };
        const updates = parameters.map((parameter, i) => ({ parameter, grad: grads[i]!, state: states[i]! }));
        adamw(updates, options);
        last = (await read()).watched[0]!;
      });
      best = Math.min(best, performance.now() - start);
    }
    const rate = (tokens / best) * 1000;
    console.log(
      `L${layers} H${heads} C${width} T${length} B${batch} V${vocabulary} (${(count / 1e6).toFixed(2)} M): ` +
        `${best.toFixed(1)} ms, ${rate.toFixed(0)} tokens/s, ${(flops / best / 1e6).toFixed(1)} GFLOP/s, ` +
        `${(rate / model.torch).toFixed(2)}x PyTorch 1.13 (2 threads, reference machine), loss ${last.toFixed(3)} after ${step} steps`,
    );
    after();
    for (const each of [...parameters, ids, targets, ...states.flatMap(({ m, v }) => [m, v])]) each.dispose();
  }
}
