import { sum as sumOf, type Tensor, tensor, useEngine, valueAndGrad } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { OptionsError } from "../../src/index.js";
import {
  type Captured,
  capture,
  describe as describeModel,
  logitLens,
  patch,
} from "../../src/inspect/index.js";
import { configs, drawn, someIds } from "./models.js";

/** The largest difference of two tensors as a share of the largest value. */
function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [difference, size] = [0, 1e-30];
  for (let i = 0; i < b.length; i++) {
    if (a[i] === b[i]) continue; // -Infinity too
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    size = Math.max(size, Math.abs(b[i]!));
  }
  return difference / size;
}

/** A tensor like a captured one, with other values; weights of attention stay shares of a whole. */
function other(captured: Captured, name: string): Tensor {
  const { data, shape } = captured.tensors.get(name)!;
  return tensor(
    Float64Array.from(data, (x, i) => (x === -Infinity ? x : x + 0.1 + 0.01 * (i % 7))),
    shape,
  );
}

/** What is computed from a tensor, itself included, according to `describe`. */
function dependentsOf(descriptions: Captured["descriptions"], name: string): Set<string> {
  const found = new Set([name]);
  for (const each of descriptions) if (each.inputs.some((input) => found.has(input))) found.add(each.name);
  return found;
}

beforeAll(() => useEngine("reference"));

describe.each(Object.entries(configs))("%s", (_, config) => {
  test.each([false, true])("captures what describe lists, detail %s", async (detail) => {
    await useEngine("wasm");
    const model = drawn(config);
    const { descriptions, tensors } = await capture(model, someIds(), { detail });
    expect(descriptions).toEqual(describeModel(model, { detail }));
    const expected = descriptions.map(({ name, shape }) => {
      const extents = shape.map((n) => (n === "B" ? 2 : n === "T" ? 7 : n));
      return [name, extents, extents.reduce((product, n) => product * n, 1)];
    });
    expect([...tensors].map(([name, { shape, data }]) => [name, [...shape], data.length])).toEqual(expected);
    expect(tensors.get("logits")!.data).toEqual(await model.forward(someIds()).data());
    expect(structuredClone({ descriptions, tensors })).toEqual({ descriptions, tensors });
  });

  test("agrees with float64, what is inside of attention too", async () => {
    await useEngine("reference", { precision: "float64" });
    const exact = (await capture(drawn(config), someIds(), { detail: true })).tensors;
    expect(exact.get("h.0.attn.weights")!.data).toBeInstanceOf(Float64Array);
    for (const name of ["reference", "wasm"] as const) {
      await useEngine(name);
      const { tensors } = await capture(drawn(config), someIds(), { detail: true });
      for (const [name, { data }] of tensors) {
        expect(relative(data, exact.get(name)!.data), name).toBeLessThan(2e-5);
      }
    }
  });

  test("the probabilities are a softmax of the logits, and only with detail there", async () => {
    await useEngine("wasm");
    const { descriptions, tensors } = await capture(drawn(config), someIds(), { detail: true });
    const { shape, data } = tensors.get("probabilities")!;
    expect(descriptions.at(-1)!.name).toBe("probabilities");
    expect([...shape]).toEqual([2, 7, 23]);
    const logits = tensors.get("logits")!.data;
    for (let row = 0; row < 14; row++) {
      const own = Array.from(logits.slice(23 * row, 23 * (row + 1)));
      const sum = own.reduce((all, logit) => all + Math.exp(logit), 0);
      const wanted = own.map((logit) => Math.exp(logit) / sum);
      expect(relative(data.slice(23 * row, 23 * (row + 1)), wanted)).toBeLessThan(1e-6);
    }
    expect(describeModel(config).map(({ name }) => name)).not.toContain("probabilities");
  });

  test("replaced by itself, a tensor changes nothing, to the bit", async () => {
    await useEngine("wasm");
    const model = drawn(config);
    const ids = someIds();
    const made = new Map<string, Tensor>();
    const logits = model.forward(ids, { capture: (name, tensor) => void made.set(name, tensor) });
    for (const [name, same] of made) {
      expect(await patch(model, ids, { [name]: same }).data(), name).toEqual(await logits.data());
    }
    expect(await patch(model, ids, Object.fromEntries(made)).data()).toEqual(await logits.data());
    const { descriptions, tensors } = await capture(model, ids, { detail: true });
    const parts = descriptions.filter(({ kind, name }) => kind === "activation" && name.startsWith("h.1."));
    for (const { name } of parts) {
      const { data, shape } = tensors.get(name)!;
      const after = await capture(model, ids, { patch: { [name]: tensor(data, shape) } });
      expect(after.tensors.get("logits")!.data, name).toEqual(await logits.data());
    }
  });

  test("replaced by another, it changes what depends on it and nothing else", async () => {
    await useEngine("reference", { precision: "float64" }); // in which what hardly changes does change
    const model = drawn(config);
    const ids = someIds();
    const before = await capture(model, ids, { detail: true });
    const names = before.descriptions
      .filter(({ kind, name }) => kind === "activation" && /^(embedding|h\.1|ln_f|logits)/.test(name))
      .filter(({ name }) => !name.endsWith("weights.max"))
      .map(({ name }) => name);
    for (const name of names) {
      const replacement = other(before, name);
      const after = await capture(model, ids, { detail: true, patch: { [name]: replacement } });
      expect(after.tensors.get(name)!.data, name).toEqual(await replacement.data());
      const changed = before.descriptions
        .map(({ name }) => name)
        .filter((name) => relative(after.tensors.get(name)!.data, before.tensors.get(name)!.data) > 0);
      expect(new Set(changed), name).toEqual(dependentsOf(before.descriptions, name));
    }
    // A softmax is the same whatever is taken away from a whole row.
    const [max, sum, weights] = ["weights.max", "weights.sum", "weights"].map((name) => `h.1.attn.${name}`);
    const patched = await capture(model, ids, { detail: true, patch: { [max!]: other(before, max!) } });
    const change = (name: string) =>
      relative(patched.tensors.get(name)!.data, before.tensors.get(name)!.data);
    expect(change(sum!)).toBeGreaterThan(1e-3);
    for (const name of [weights!, "logits"]) expect(change(name)).toBeLessThan(1e-12);
  });

  test.each(["reference", "wasm"] as const)(
    "the logit lens ends in the model's own logits: %s",
    async (name) => {
      await useEngine(name);
      const model = drawn(config);
      const lens = logitLens(model, someIds());
      expect(lens.shape).toEqual([3, 2, 7, 23]);
      const all = await lens.data();
      expect(all.slice(2 * 2 * 7 * 23)).toEqual(await model.forward(someIds()).data());
      // Those after a block are what the model says if the last block's result is replaced by the block's.
      const { tensors } = await capture(model, someIds());
      for (const [layer, stream] of ["embedding", "h.0.residual_2"].entries()) {
        const { data, shape } = tensors.get(stream)!;
        const logits = await patch(model, someIds(), { "h.1.residual_2": tensor(data, shape) }).data();
        expect(relative(all.slice(layer * 322, (layer + 1) * 322), logits)).toBeLessThan(1e-6);
      }
      const last = logitLens(model, someIds(), { positions: "last" });
      expect(last.shape).toEqual([3, 2, 1, 23]);
      const rows = Array.from({ length: 6 }, (_, row) => [
        ...all.slice((7 * row + 6) * 23, (7 * row + 7) * 23),
      ]);
      expect(relative(await last.data(), rows.flat())).toBeLessThan(1e-6);
    },
  );
});

test("gradients flow around a replaced tensor", async () => {
  const model = drawn(configs["gpt2"]!);
  const { tensors } = await capture(model, someIds());
  const { data, shape } = tensors.get("h.1.attn")!;
  const replacement = tensor(data, shape);
  const { grads } = valueAndGrad(
    () => {
      const hidden = model.hidden(someIds(), {
        capture: (name) => (name === "h.1.attn" ? replacement : undefined),
      });
      return sumOf(hidden);
    },
    model.parameters({ only: "h.1.attn.*" }),
  );
  const sizes = await Promise.all(grads.map(async (grad) => Math.max(...(await grad.data()).map(Math.abs))));
  expect(sizes.slice(0, 2)).toEqual([0, 0]); // c_attn
  expect(Math.min(...sizes.slice(2))).toBeGreaterThan(0); // c_proj
});

test("a callback's answer that is no tensor means nothing", async () => {
  const model = drawn(configs["gpt2"]!);
  const names: string[] = [];
  const seen = model.forward(someIds(), { capture: (name) => names.push(name) });
  expect(await seen.data()).toEqual(await model.forward(someIds()).data());
});

test("patches that fit nothing are refused", async () => {
  const model = drawn(configs["gpt2"]!);
  const x = tensor([1, 2], [2]);
  expect(() => patch(model, someIds(), { "h.0.atn": x })).toThrow('did you mean "h.0.attn"?');
  expect(() => patch(model, someIds(), { "h.0.attn": x })).toThrow(
    "the patch of h.0.attn has shape (2); it must have (2, 7, 16)",
  );
  expect(() => patch(model, someIds(), { "wte.weight": x })).toThrow(OptionsError);
  await expect(capture(model, someIds(), { patch: { "h.0.attn.weights": x } })).rejects.toThrow(
    "(2, 4, 7, 7)",
  );
});

test("a capture hears its signal", async () => {
  const signal = AbortSignal.abort("enough");
  await expect(capture(drawn(configs["gpt2"]!), someIds(), { detail: true, signal })).rejects.toBe("enough");
});

test("nothing is left behind in the engine's memory", async () => {
  const engine = await useEngine("wasm");
  const model = drawn(configs["llama, rope stretched"]!);
  const ids = someIds();
  const weights = tensor(new Float32Array(2 * 4 * 7 * 7), [2, 4, 7, 7]);
  model.forward(ids).dispose(); // makes the tables of the rotation
  const { bytes } = engine.memory;
  await capture(model, ids, { detail: true, patch: { "h.0.attn.weights": weights } });
  logitLens(model, ids).dispose();
  expect(engine.memory.bytes).toBeLessThan(bytes + 10_000);
});
