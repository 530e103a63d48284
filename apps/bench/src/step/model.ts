// The models whose training step is compared, GPT-2's architecture in four sizes, with weights and tokens by a formula that
// every contender can work out for itself (`torch_step.py` does the same).

export interface Model {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly length: number;
  readonly batch: number;
  readonly vocabulary: number;
}

export const models: readonly Model[] = [
  { layers: 4, heads: 4, width: 128, length: 64, batch: 12, vocabulary: 65 },
  { layers: 6, heads: 6, width: 384, length: 256, batch: 8, vocabulary: 65 },
  { layers: 4, heads: 4, width: 256, length: 256, batch: 4, vocabulary: 4096 },
  { layers: 12, heads: 12, width: 768, length: 256, batch: 1, vocabulary: 50257 },
];

/** AdamW as all are asked to do it; the gradient is first clipped to a global norm of 1. */
export const optimizer = { lr: 1e-3, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1 };

export interface Weight {
  readonly name: string;
  readonly shape: number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** From 0 up to 1, another for every seed and index: a hash of both. */
function uniform(seed: number, index: number): number {
  let x = Math.imul(index, 0x9e3779b1) + Math.imul(seed, 0x85ebca77);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}

/** Names and shapes of all weights, in their order; matrices are (in, out). */
export function shapes({ layers, width: c, length, vocabulary }: Model): [name: string, shape: number[]][] {
  const block = (i: number): [string, number[]][] => [
    [`${i}.ln1.gain`, [c]],
    [`${i}.ln1.bias`, [c]],
    [`${i}.qkv`, [c, 3 * c]],
    [`${i}.qkv.bias`, [3 * c]],
    [`${i}.projection`, [c, c]],
    [`${i}.projection.bias`, [c]],
    [`${i}.ln2.gain`, [c]],
    [`${i}.ln2.bias`, [c]],
    [`${i}.up`, [c, 4 * c]],
    [`${i}.up.bias`, [4 * c]],
    [`${i}.down`, [4 * c, c]],
    [`${i}.down.bias`, [c]],
  ];
  return [
    ["wte", [vocabulary, c]],
    ["wpe", [length, c]],
    ...Array.from({ length: layers }, (_, i) => block(i)).flat(),
    ["lnf.gain", [c]],
    ["lnf.bias", [c]],
  ];
}

/**
 * They are large enough that the loss is far from the logarithm of the vocabulary and that biases and gains count: who computes
 * anything else than the others gets another loss.
 */
export function weights(model: Model): Weight[] {
  return shapes(model).map(([name, shape], seed) => {
    const values = new Float32Array(shape.reduce((a, b) => a * b));
    const center = name.endsWith("gain") ? 1 : 0;
    const spread = /qkv$|projection$|up$|down$/.test(name) ? shape[0]! ** -0.5 : 0.1;
    for (let i = 0; i < values.length; i++) values[i] = center + spread * (2 * uniform(seed, i) - 1);
    return { name, shape, values };
  });
}

/** The one batch, (batch, length) each, that every step trains on. */
export function tokens({ batch, length, vocabulary }: Model): { ids: Int32Array; targets: Int32Array } {
  const draw = (seed: number) =>
    Int32Array.from({ length: batch * length }, (_, i) => Math.floor(vocabulary * uniform(seed, i)));
  return { ids: draw(1001), targets: draw(1002) };
}

export function parameterCount(model: Model): number {
  return shapes(model).reduce((total, [, shape]) => total + shape.reduce((a, b) => a * b), 0);
}

/** 6 per parameter and token (without the position table), 12 per layer, position and channel for attention, in 1e9. */
export function gigaflop(model: Model): number {
  const { layers, width, length, batch } = model;
  const perToken = 6 * (parameterCount(model) - length * width) + 12 * layers * width * length;
  return (perToken * batch * length) / 1e9;
}
