import {
  accumulate,
  adamw,
  cachedAttention,
  clipScale,
  type DeviceBuffer,
  type Engine,
  muon,
  parameter,
  quantize,
  quantizedLinear,
  referenceEngine,
  ropeQkv,
  ropeTable,
  scope,
  sum,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
  zeros,
} from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { IN_PLACE } from "../src/in-place.js";
import { KERNELS, type KernelName } from "../src/kernels.js";
import { cases, noise } from "./cases.js";
import { lossCases } from "./cases-loss.js";
import { closedAtEnd } from "./engines/closed-at-end.js";
import "./close.js";
import { deviceEngines } from "./engines/device.js";
import { upload } from "./engines/native/buffers.js";
import { nativeEngines } from "./engines/native/engines.js";
import { fusedCases } from "./fused-cases.js";
import { llama } from "./llama.js";

/** Kernel, result and the input that may be in its place. */
type Pair = `${string}: ${string} = ${string}`;

const listed = Object.entries(IN_PLACE).flatMap(([kernel, results]) =>
  Object.entries(results as Record<string, readonly string[]>).flatMap(([result, inputs]) =>
    inputs.map((input) => ({ kernel: kernel as KernelName, result, input })),
  ),
);

const isBuffer = (value: object): value is DeviceBuffer => "dtype" in value && "length" in value;

/** Every buffer in some arguments, under the name of what holds it. */
function* buffersIn(args: object): Generator<{ name: string; buffer: DeviceBuffer; added: boolean }> {
  for (const [name, value] of Object.entries(args)) {
    if (typeof value !== "object" || value === null) continue;
    if (isBuffer(value)) yield { name, buffer: value, added: false };
    else if ("buffer" in value) yield { name, buffer: value.buffer, added: value.accumulate === true };
    else if (Array.isArray(value)) for (const entry of value) yield* buffersIn(Object(entry));
  }
}

/** The pairs of a result and another argument in one buffer. */
function sharedIn(kernel: KernelName, args: object): Pair[] {
  const all = [...buffersIn(args)];
  return all
    .filter(({ name }) => name in IN_PLACE[kernel])
    .flatMap((result) =>
      all
        .filter((other) => other !== result && other.buffer === result.buffer)
        .map(({ name }): Pair => `${kernel}: ${result.name} ${result.added ? "+" : ""}= ${name}` as Pair),
    );
}

test("operations use in place what the table lists, all of it and nothing else", async () => {
  const used = new Set<Pair>();
  const engine = referenceEngine();
  for (const name of KERNELS) {
    const kernel = engine[name] as (args: object) => void;
    const recorded = (args: object) => {
      for (const pair of sharedIn(name, args)) used.add(pair);
      kernel(args);
    };
    Object.assign(engine, { [name]: recorded });
  }
  await useEngine(engine);
  for (const { inputs, run } of [...cases, ...fusedCases, ...lossCases]) {
    const lengths = inputs.map((shape) => shape.reduce((a, b) => a * b, 1));
    if (lengths.some((length) => length > 1000)) continue;
    const parameters = inputs.map((shape, i) => parameter(`${i}`, noise(lengths[i]!, i), shape));
    scope(() => valueAndGrad(() => sum(run(parameters)), parameters));
  }
  const model = await llama({
    layers: 1,
    width: 8,
    nHead: 2,
    nKvHead: 1,
    length: 6,
    batch: 2,
    vocabulary: 11,
  });
  await model.step();
  const x = tensor(noise(48, 1), [1, 2, 24]);
  quantizedLinear(x, quantize(zeros([5, 24])));
  const cache = { k: zeros([1, 8, 4]), v: zeros([1, 8, 4]) };
  const heads = { nHead: 4, nKvHead: 1 };
  cachedAttention(ropeQkv(x, ropeTable(8, 4), { ...heads, offset: 3 }), cache, 3, heads);
  const p = parameter("p", noise(48, 2), [1, 2, 24]);
  accumulate(x, x, 2);
  expect(await x.data()).toBeAllclose(noise(48, 1).map((value) => 3 * value));
  const { scale } = clipScale([x], { limit: 1, watch: [tensor([1], [])] });
  const settings = { lr: 1, beta1: 0.9, beta2: 0.9, eps: 1, weightDecay: 0, step: 1, gradScale: scale };
  adamw([{ parameter: p, grad: x, state: { m: zeros(p.shape), v: zeros(p.shape) } }], settings);
  const parts = { lr: 1, equilibrate: true, varianceDecay: 0.9, cautious: true, weightDecay: 0.1 };
  muon(p, x, { momentum: zeros(p.shape), variance: zeros([1, 24]) }, parts);
  expect([...used].sort()).toEqual(
    listed.map(({ kernel, result, input }) => `${kernel}: ${result} = ${input}`).sort(),
  );
});

const [rows, columns] = [131, 133]; // in whole vectors and some elements more, and enough for two threads
const size = rows * columns;
const floats = (length: number, key: number) => noise(length, key).map(Math.fround);

const losses = {
  logits: floats(size, 1),
  logSumExp: floats(2 * rows, 2),
  targets: Int32Array.from({ length: rows }, (_, i) => (7 * i) % columns),
  ignoreIndex: 14,
  rows,
  classes: columns,
};

/** Arguments for a kernel with a pair: arrays are put into buffers, and the result is added by the test. */
const samples: { [Name in KernelName]?: Record<string, unknown> } = {
  rope: {
    ...{
      x: floats(size, 1),
      table: floats(rows * 4, 2),
      rows,
      length: rows,
      offset: 0,
      heads: 7,
      rotated: 5,
    },
    ...{ headDim: 19, rotaryDim: 4, interleaved: false, inverse: true },
  },
  activationBackward: { kind: "gelu", x: floats(size, 1), dOut: floats(size, 2) },
  softcapBackward: { y: floats(size, 1), dOut: floats(size, 2), cap: 2 },
  crossEntropyBackward: { ...losses, mask: null, divisor: [rows], dLoss: [0.7] },
  logProbabilitiesBackward: { ...losses, dOut: floats(rows, 3) },
  scale: { x: floats(size, 1), factor: 0.3 },
  scaleBy: { x: floats(size, 1), factor: [0.3] },
  dropout: { x: floats(size, 1), p: 0.3, key: [5, 6] },
  unitNorm: { x: floats(size, 1), parts: rows, eps: 1e-7 },
  rsqrt: { x: floats(size, 1), min: 0.1 },
};
const plain: readonly KernelName[] = ["scaleBy", "rsqrt", "unitNorm"]; // their result is a buffer, never added to

const engines: Record<string, () => Engine | Promise<Engine>> = {
  reference: referenceEngine,
  "wasm baseline": () => wasmEngine({ variant: "baseline", threads: 1 }),
  "wasm relaxed": () => wasmEngine({ variant: "relaxed", threads: 2 }),
  ...Object.fromEntries(Object.entries(await nativeEngines()).map(([name, engine]) => [name, () => engine])),
  ...deviceEngines,
};

describe.each(Object.entries(engines))("%s", (_, make) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = closedAtEnd(await make());
  });

  test.each(listed)("$kernel gives the same bits with $result in the place of $input", async (pair) => {
    const { kernel, result, input } = pair;
    const run = async (inPlace: boolean) => {
      const args = Object.fromEntries(
        Object.entries(samples[kernel]!).map(([name, value]) => {
          if (value instanceof Int32Array) return [name, upload(engine, value, "int32")];
          if (value instanceof Float64Array || (Array.isArray(value) && name !== "key")) {
            return [name, upload(engine, value as number[])];
          }
          return [name, value];
        }),
      );
      const { length } = args[input] as DeviceBuffer;
      const buffer = inPlace ? (args[input] as DeviceBuffer) : engine.allocate(length, "float32");
      if (!inPlace) engine.fill(buffer, Number.NaN);
      const out = plain.includes(kernel) ? buffer : { buffer, accumulate: false };
      (engine[kernel] as (args: object) => void)({ ...args, [result]: out });
      const values = (await engine.download(buffer)) as Float32Array;
      for (const each of new Set([...Object.values(args).filter((each) => isBuffer(Object(each))), buffer])) {
        engine.free(each as DeviceBuffer);
      }
      return new Uint8Array(values.buffer);
    };
    const [apart, inPlace] = [await run(false), await run(true)];
    expect(Buffer.compare(inPlace, apart)).toBe(0);
    expect(apart.some((value) => value !== 0)).toBe(true);
  });
});
