import { doctor, EngineError, tensor, useEngine, wasmEngine } from "@llm/tensor";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules(); // one that was loaded meanwhile remembers what it saw
});

/** As in runtimes that forbid making code at run time. */
function forbidCompilation() {
  vi.spyOn(WebAssembly, "compile").mockRejectedValue(new Error("code generation disallowed"));
}

/** As in Node under --permission. */
function forbidWorkers() {
  class Refused {
    constructor() {
      throw new Error("Access to this API has been restricted");
    }
  }
  vi.spyOn(process.getBuiltinModule("node:worker_threads"), "Worker").mockImplementation(Refused as never);
}

test('"auto" goes on to what can be made', async () => {
  forbidCompilation();
  expect(await useEngine("auto", { threads: 1 })).toMatchObject({ name: "reference" });
  expect(await tensor([1, 2], [2]).data()).toEqual(Float32Array.of(1, 2));
});

test("an engine that was asked for says why it cannot be made", async () => {
  forbidCompilation();
  const refused = useEngine("wasm", { threads: 1 });
  await expect(refused).rejects.toThrow(EngineError);
  await expect(refused).rejects.toThrow("does not compile WebAssembly (code generation disallowed)");
});

test("where workers are refused one thread does the work, unless more were asked for", async () => {
  forbidWorkers();
  expect((await wasmEngine()).device).toMatch(/one thread$/);
  await expect(wasmEngine({ threads: 2 })).rejects.toThrow("restricted");
});

test.each([0, -1, 1.5, Number.NaN, 65])("%s threads are refused by every name", async (threads) => {
  for (const name of ["auto", "reference", "wasm"] as const) {
    await expect(useEngine(name, { threads })).rejects.toThrow(`threads is ${threads}`);
  }
});

test("doctor goes on where a look fails", async () => {
  vi.spyOn(WebAssembly, "validate").mockImplementation(() => {
    throw new Error("no WebAssembly today");
  });
  vi.resetModules();
  const fresh = (await import("@llm/tensor")).doctor;
  const wasm = (await fresh()).find((each) => each.name === "wasm")!;
  expect(wasm).toMatchObject({ available: false, reason: "no WebAssembly today" });
  expect((await doctor()).at(-1)).toMatchObject({ name: "reference", available: true });
});
