import { afterEach, expect, test, vi } from "vitest";
import { ENCODING } from "../src/encoding.generated.js";
import { moduleBytes } from "../src/module-text.js";
import { TRAINING } from "../src/training.generated.js";

const compiled = (text: string) => new WebAssembly.Module(moduleBytes(text));
const encoding = compiled(ENCODING);
const training = compiled(TRAINING);

const refuse = () => {
  throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
};

afterEach(() => vi.unstubAllGlobals());

test("where nothing can be compiled, modules that were compiled before are used", async () => {
  vi.resetModules(); // the package as it is loaded first
  const { BpeError, train, useModules } = await import("../src/index.js");
  const { Instance, Memory, CompileError } = WebAssembly;
  const Module = new Proxy(WebAssembly.Module, { construct: refuse });
  vi.stubGlobal("WebAssembly", { Module, Instance, Memory, CompileError });

  const texts = "she sells sea shells ".repeat(20);
  const refused = train(texts, { vocabSize: 270 });
  await expect(refused).rejects.toThrow(BpeError);
  await expect(refused).rejects.toThrow("useModules() @llm/bpe/encoding.wasm");

  useModules({ encoding, training });
  const tokenizer = await train(texts, { vocabSize: 270 });
  expect(tokenizer.decode(tokenizer.encode("sea shells"))).toBe("sea shells");
});

test("what is not the module of its name is refused", async () => {
  const { BpeError, useModules } = await import("../src/index.js");
  expect(() => useModules({ encoding: training })).toThrow(BpeError);
  expect(() => useModules({ training: encoding })).toThrow("@llm/bpe/training.wasm");
  const bytes = moduleBytes(ENCODING) as unknown as WebAssembly.Module;
  expect(() => useModules({ encoding: bytes })).toThrow(TypeError);
});
