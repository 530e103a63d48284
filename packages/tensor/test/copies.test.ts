import { expect, test, vi } from "vitest";
import { add, linear, TensorError, tensor, useEngine, write } from "../src/index.js";

/** This package once more, as a program has it whose dependencies bring another version. */
async function secondCopy() {
  vi.resetModules();
  return import("../src/index.js");
}

test("an engine that was chosen in another copy is not this one's, and the error says so", async () => {
  await useEngine("reference");
  const other = await secondCopy();
  expect(() => other.zeros([2])).toThrow(other.EngineError);
  expect(() => other.zeros([2])).toThrow(/Two copies of @llm\/tensor .*npm ls @llm\/tensor/);
});

test("a tensor of another copy is refused by name", async () => {
  await useEngine("reference");
  const other = await secondCopy();
  await other.useEngine("reference");
  const x = other.tensor([1, 2], [1, 2]);
  expect(() => add(tensor([1, 2], [1, 2]), x)).toThrow(TensorError);
  expect(() => add(x, x)).toThrow(/add: the tensor of shape \(1, 2\) .*Two copies of @llm\/tensor/);
  expect(() => linear(x, tensor([1, 2], [2, 1]))).toThrow("Two copies");
});

test("what is no tensor is refused by name", async () => {
  await useEngine("reference");
  for (const value of [[1, 2], 5, null, undefined, "x"]) {
    const writing = () => write(value as never, [1]);
    expect(writing, `${value}`).toThrow(TensorError);
    expect(writing, `${value}`).toThrow(`write: ${value} is not a tensor`);
  }
});
