// What GPT-2 124M asks of a GPU, with a device that only checks what it is asked for against its limits.
import {
  adamw,
  clipScale,
  OutOfMemoryError,
  parameter,
  scope,
  tensor,
  useEngine,
  valueAndGrad,
} from "@llm/tensor";
import { webgpu } from "@llm/tensor/webgpu";
import { expect, test } from "vitest";
import { completeConfig } from "../src/complete-config.js";
import { Gpt, presets } from "../src/index.js";
import { layout, sizeOf } from "../src/layout.js";

/** What every GPU has to allow. */
const LEAST = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 27,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupsPerDimension: 65_535,
  minUniformBufferOffsetAlignment: 256,
};

/** Bytes of what workgroups share. */
const BYTES = { f32: 4, i32: 4, u32: 4, "vec2<u32>": 8, "vec4<f32>": 16 } as const;

interface Bound {
  resource: { buffer: { size: number }; size?: number };
}

/** A device that computes nothing. */
function deviceWith(limits: typeof LEAST) {
  const seen = { largest: 0, bytes: 0, runs: 0, shared: 0 };
  const within = (name: keyof typeof LEAST, value: number) => {
    if (!(value <= limits[name])) throw new Error(`${value} is beyond ${name}, ${limits[name]}`);
  };
  const pass = {
    setPipeline() {},
    setBindGroup() {},
    dispatchWorkgroups(...groups: number[]) {
      for (const each of groups) within("maxComputeWorkgroupsPerDimension", each);
      seen.runs++;
    },
    end() {},
  };
  const device = {
    limits,
    lost: new Promise<never>(() => {}),
    onuncapturederror: null,
    queue: { submit() {}, writeBuffer() {} },
    createBuffer({ size }: { size: number }) {
      within("maxBufferSize", size);
      seen.largest = Math.max(seen.largest, size);
      seen.bytes += size;
      return {
        size,
        destroy() {
          seen.bytes -= size;
        },
        mapAsync: async () => {},
        getMappedRange: (_: number, bytes: number) => new ArrayBuffer(bytes),
        unmap() {},
      };
    },
    createShaderModule({ code }: { code: string }) {
      const [, x, y] = /@workgroup_size\((\d+), (\d+)\)/.exec(code)!;
      within("maxComputeWorkgroupSizeX", Number(x));
      within("maxComputeInvocationsPerWorkgroup", Number(x) * Number(y));
      const shared = [...code.matchAll(/var<workgroup> \w+: array<(\S+), (\d+)>/g)];
      const bytes = shared.map(([, type, length]) => BYTES[type as keyof typeof BYTES] * Number(length));
      const all = bytes.reduce((sum, each) => sum + each, 0);
      within("maxComputeWorkgroupStorageSize", all);
      seen.shared = Math.max(seen.shared, all);
      return {};
    },
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createComputePipeline: () => ({}),
    createBindGroup({ entries }: { entries: Bound[] }) {
      within("maxStorageBuffersPerShaderStage", entries.length - 1); // the first is for numbers
      for (const { resource } of entries.slice(1)) {
        within("maxStorageBufferBindingSize", resource.size ?? resource.buffer.size);
      }
      return {};
    },
    createCommandEncoder: () => ({
      beginComputePass: () => pass,
      copyBufferToBuffer() {},
      finish: () => ({}),
    }),
    destroy() {},
  };
  return { device, seen };
}

function gpt2(): Gpt {
  const weights = layout(completeConfig(presets.gpt2)).map(({ name, shape }) =>
    parameter(name, new Float32Array(sizeOf(shape)), shape),
  );
  return Gpt.fromWeights(presets.gpt2, weights);
}

test("a step of GPT-2 124M on 256 tokens fits a GPU that allows its table, and all other least limits", async () => {
  const large = 2 ** 31 - 4;
  const { device, seen } = deviceWith({
    ...LEAST,
    maxBufferSize: large,
    maxStorageBufferBindingSize: large,
  });
  const engine = webgpu(device as never);
  await useEngine(engine);
  const model = gpt2();
  const weights = model.parameters();
  const ids = tensor(new Int32Array(256), [1, 256], "int32");
  const zerosOf = (name: string, { size, shape }: { size: number; shape: readonly number[] }) =>
    parameter(name, new Float32Array(size), shape);
  const states = weights.map((weight) => ({ m: zerosOf("m", weight), v: zerosOf("v", weight) }));
  const step = () =>
    scope(async () => {
      const { value, grads } = valueAndGrad(() => model.loss(ids, ids), weights);
      const { scale: gradScale, read } = clipScale(grads, { limit: 1, watch: [value] });
      adamw(
        weights.map((weight, i) => ({ parameter: weight, grad: grads[i]!, state: states[i]! })),
        { lr: 1e-3, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1, step: 1, gradScale },
      );
      await read();
    });
  for (let i = 0; i < 3; i++) await step();
  const [before, runs] = [engine.counts(), seen.runs];
  await step();
  const { submits, downloads, ...made } = engine.counts();
  expect(made).toEqual({
    buffers: before.buffers,
    pipelines: before.pipelines,
    bindGroups: before.bindGroups,
  });
  expect(downloads - before.downloads).toBe(1);
  expect(submits - before.submits).toBeLessThanOrEqual(10);
  expect(seen.runs - runs).toBeGreaterThan(300);
  expect(seen.shared).toBe(LEAST.maxComputeWorkgroupStorageSize); // the largest tiles of products
  expect(seen.largest).toBeGreaterThanOrEqual(50_257 * 768 * 4);
  expect(seen.bytes).toBeGreaterThan(4 * 4 * model.numParameters); // weights, gradients and two moments
  expect(seen.bytes).toBeLessThan(3.5 * 2 ** 30);
  await engine.close();
});

test("where a binding has 128 MiB it is refused by the name of the limit", async () => {
  const engine = webgpu(deviceWith(LEAST).device as never);
  await useEngine(engine);
  expect(gpt2).toThrow(OutOfMemoryError);
  expect(gpt2).toThrow(/154389504 bytes .* maxStorageBufferBindingSize is 134217728/);
  await engine.close();
});
