// Which adapters are taken, and what is said of them: on stand-ins for `navigator.gpu` and for the package, which compute nothing.
import process from "node:process";
import { doctor, type Engine, useEngine } from "@llm/tensor";
import { webgpu } from "@llm/tensor/webgpu";
import { afterEach, expect, test, vi } from "vitest";
import { findAdapter, isBest } from "../../src/engines/webgpu/adapter.js";

/** Where the engine keeps what the package made. */
const KEEP = Symbol.for("@llm/tensor webgpu");
const kept = globalThis as { [KEEP]?: unknown };
const before = kept[KEEP];
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  kept[KEEP] = before;
});

/** A device that takes so many milliseconds until values are there. */
function deviceOf(delay: number) {
  const limits = {
    ...{
      maxBufferSize: 2 ** 28,
      maxStorageBufferBindingSize: 2 ** 27,
      maxComputeWorkgroupsPerDimension: 65_535,
    },
    maxComputeWorkgroupStorageSize: 16_384,
  };
  const nothing = () => ({});
  const pass = { setPipeline() {}, setBindGroup() {}, dispatchWorkgroups() {}, end() {} };
  return {
    ...{ limits, lost: new Promise<never>(() => {}), onuncapturederror: null, destroy() {} },
    queue: { submit() {}, writeBuffer() {} },
    createBuffer: ({ size }: { size: number }) => ({
      ...{ size, destroy() {}, unmap() {} },
      mapAsync: () => new Promise((resolve) => setTimeout(resolve, delay)),
      getMappedRange: (_: number, bytes: number) => new ArrayBuffer(bytes),
    }),
    ...{ createShaderModule: nothing, createBindGroupLayout: nothing, createPipelineLayout: nothing },
    ...{ createComputePipeline: nothing, createBindGroup: nothing },
    createCommandEncoder: () => ({ beginComputePass: () => pass, copyBufferToBuffer() {}, finish: nothing }),
  };
}

const card = { vendor: "maker", architecture: "series", device: "", description: "card" };
const software = { ...card, vendor: "google", architecture: "swiftshader" };

/** What gives an adapter with such a device; or none. */
const gpuOf = (info: object | undefined | null, { delay = 0 } = {}) => ({
  requestAdapter: async () =>
    info === null ? null : { info, limits: {}, requestDevice: async () => deviceOf(delay) },
});
const inPage = (info: object | undefined | null) => vi.stubGlobal("navigator", { gpu: gpuOf(info) });

const saidOfWebgpu = async () => (await doctor()).find(({ name }) => name === "webgpu")!;

test("a graphics card in a page is taken, by its name", async () => {
  inPage(card);
  expect(await saidOfWebgpu()).toMatchObject({ available: true, device: "WebGPU, maker series card" });
  expect(await isBest(undefined)).toBe(true);
  const engine = await useEngine("webgpu");
  expect(engine.device).toBe("WebGPU, maker series card");
  await engine.close();
});

test("an adapter that tells nothing of itself is taken", async () => {
  inPage(undefined); // as browsers of 2023 have it
  expect(await saidOfWebgpu()).toMatchObject({ device: "WebGPU, a GPU that does not say its name" });
  expect(await isBest(undefined)).toBe(true);
});

test.each([software, { ...card, isFallbackAdapter: true }])(
  "software is named, and left out by auto: %o",
  async (info) => {
    inPage(info);
    const { available, reason, device } = await saidOfWebgpu();
    expect({ available, reason }).toEqual({
      available: true,
      reason: 'there is a GPU in software only, which is slow: "auto" leaves it out',
    });
    expect(device).toMatch(/\(software\)$/);
    expect(await isBest(undefined)).toBe(false);
  },
);

test("where no adapter is given, that is what is missing", async () => {
  inPage(null);
  const reason = "WebGPU is there, but no GPU: no adapter was given";
  expect(await saidOfWebgpu()).toEqual({ name: "webgpu", available: false, reason });
  await expect(useEngine("webgpu")).rejects.toThrow(`The engine "webgpu" is not available: ${reason}.`);
  expect(await isBest(undefined)).toBe(false);
});

test("in a page without WebGPU, navigator.gpu is missing", async () => {
  delete kept[KEEP];
  vi.stubGlobal("navigator", {});
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
  expect(await findAdapter()).toEqual({ reason: "there is no navigator.gpu here" });
});

test.each([
  ["a card is taken only where its product is faster than native's", 0, 300, true],
  ["a card whose product is slower than native's is left out", 300, 0, false],
])("in Node %s", async (_, delay, nativeDelay, expected) => {
  vi.stubGlobal("navigator", undefined);
  kept[KEEP] = gpuOf(card, { delay });
  const native = webgpu(deviceOf(nativeDelay));
  expect(await isBest(async () => native)).toBe(expected);
  expect(native.closed).toBe(true);
});

test("in Node a card is taken where native is not there, or cannot be made", async () => {
  vi.stubGlobal("navigator", undefined);
  kept[KEEP] = gpuOf(card);
  expect(await isBest(undefined)).toBe(true);
  expect(await isBest(() => Promise.reject<Engine>(new Error("no pages for code")))).toBe(true);
});
