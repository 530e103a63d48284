import { rng, useEngine } from "@llm/tensor";
import { describe, expect, test } from "vitest";
import { Gpt, OptionsError } from "../../src/index.js";
import { type Captured, capture, explainCell, type Operand } from "../../src/inspect/index.js";
import { configs, drawn, someIds } from "./models.js";

const CELLS = 1000;

/** Random cells, as many of every kind of operation as of any other. */
function cellsOf({ descriptions, tensors }: Captured, seed: number) {
  const next = rng(seed);
  const below = (n: number) => Math.floor(next() * n);
  const computed = descriptions.filter(({ cell }) => cell);
  const kinds = [...new Set(computed.map(({ cell }) => cell!.kind))];
  return Array.from({ length: CELLS }, (_, i) => {
    const same = computed.filter(({ cell }) => cell!.kind === kinds[i % kinds.length]);
    const { name } = same[below(same.length)]!;
    return { name, index: tensors.get(name)!.shape.map(below) };
  });
}

describe.each(Object.entries(configs))("%s", (_, config) => {
  test.each([
    ["reference", "float64", 1e-11],
    ["wasm", undefined, 1e-5],
  ] as const)(
    "1,000 random cells follow from their operands: %s %s",
    async (engine, precision, tolerance) => {
      await useEngine(engine, precision ? { precision } : {});
      const captured = await capture(drawn(config), someIds(), { detail: true });
      const seen = new Set<string>();
      for (const { name, index } of cellsOf(captured, 7)) {
        const found = explainCell(captured, name, index);
        const { data, shape } = captured.tensors.get(name)!;
        const place = index.reduce((at, i, axis) => at * shape[axis]! + i, 0);
        const where = `${name} [${index}]: ${found.formula}`;
        expect(found.captured, where).toBe(data[place]);
        if (found.captured === -Infinity) expect(found.value, where).toBe(-Infinity);
        else {
          const sizes = found.operands.map(({ value, coefficient = 0 }) => Math.abs(value * coefficient));
          const size = Math.max(1, Math.abs(found.captured), ...sizes.filter(Number.isFinite));
          expect(Math.abs(found.value - found.captured) / size, where).toBeLessThan(tolerance);
        }
        for (const { tensor, index, value } of found.operands) {
          const { data, shape } = captured.tensors.get(tensor)!;
          expect(value).toBe(data[index.reduce((at, i, axis) => at * shape[axis]! + i, 0)]);
        }
        const products = found.operands.filter(({ coefficient }) => coefficient !== undefined);
        if (products.length > 0) {
          const sum = products.reduce((all, { value, coefficient }) => all + value * coefficient!, 0);
          expect(sum, where).toBeCloseTo(found.value, 8);
        }
        seen.add(name.replace(/^h\.\d+/, "h"));
      }
      expect(seen.size).toBeGreaterThan(20);
    },
  );

  test("a capture without detail explains the same", async () => {
    await useEngine("reference");
    const model = drawn(config);
    const detailed = await capture(model, someIds(), { detail: true });
    const short = await capture(model, someIds());
    for (const { name, index } of cellsOf(detailed, 8).slice(0, 100)) {
      if (name.startsWith("probabilities")) continue; // no part of what is listed without detail
      const [a, b] = [explainCell(detailed, name, index), explainCell(short, name, index)];
      expect(b.operands).toEqual(
        a.operands.map(({ value, coefficient, ...rest }) => ({
          ...rest,
          value: expect.closeTo(value, 4),
          ...(coefficient !== undefined && { coefficient: expect.closeTo(coefficient, 4) }),
        })),
      );
    }
  });
});

test.each([
  ["bfloat16", false],
  ["int8", true],
  ["int4", true],
] as const)("cells of a model whose matrices are in %s", async (dtype, isRounded) => {
  await useEngine("wasm");
  const files = await drawn(configs["llama, rope stretched"]!).toFiles();
  const captured = await capture(await Gpt.fromFiles(files, { dtype }), someIds(), { detail: true });
  const [others, last] = [
    (name: string) => !name.startsWith("probabilities"),
    (name: string) => name.startsWith("probabilities"),
  ].map((isDrawn) => ({
    ...captured,
    descriptions: captured.descriptions.filter(({ name }) => isDrawn(name)),
  }));
  for (const { name, index } of [...cellsOf(others!, 9), ...cellsOf(last!, 10)]) {
    const { value, captured: own, formula, operands } = explainCell(captured, name, index);
    const within = 3e-5 + (isRounded ? roundingOf(operands) : 0);
    if (own !== -Infinity) expect(Math.abs(value - own), `${name}: ${formula}`).toBeLessThan(within);
  }
});

/** How far a sum of products may be off where the row that is multiplied is rounded to 8 bits: each by half a step at most. */
function roundingOf(operands: readonly Operand[]): number {
  const row = operands.filter(({ role }) => role === "a");
  const step = Math.max(0, ...row.map(({ value }) => Math.abs(value))) / 127;
  return row.reduce((sum, { coefficient = 0 }) => sum + (Math.abs(coefficient) * step) / 2, 0);
}

test("formulas", async () => {
  await useEngine("reference");
  const captured = await capture(drawn(configs["gemma 2"]!), someIds(), { detail: true });
  const formula = (name: string, ...index: number[]) => explainCell(captured, name, index).formula;
  expect({
    lookup: formula("embedding.token", 0, 1, 2),
    scale: formula("embedding", 0, 1, 2),
    rstd: formula("h.0.ln_1.rstd", 0, 1, 0),
    norm: formula("h.0.ln_1", 0, 1, 2),
    dot: formula("h.0.attn.c_attn", 0, 1, 2),
    copy: formula("h.0.attn.k", 0, 0, 1, 2),
    angles: formula("h.0.attn.rope", 3, 4),
    rotate: formula("h.0.attn.q_rotated", 0, 1, 3, 4),
    scores: formula("h.0.attn.scores", 0, 1, 3, 2),
    capped: formula("h.0.attn.capped", 0, 1, 3, 2),
    seen: formula("h.0.attn.masked", 0, 1, 3, 1),
    beyond: formula("h.0.attn.masked", 0, 1, 3, 0),
    later: formula("h.0.attn.masked", 0, 1, 3, 4),
    max: formula("h.0.attn.weights.max", 0, 1, 3, 0),
    sum: formula("h.0.attn.weights.sum", 0, 1, 3, 0),
    softmax: formula("h.0.attn.weights", 0, 1, 3, 2),
    unseen: formula("h.0.attn.weights", 0, 1, 3, 4),
    "sum of many": formula("probabilities.sum", 0, 1, 0),
    probability: formula("probabilities", 0, 1, 3),
    activation: formula("h.0.mlp.activated", 0, 1, 3),
    multiply: formula("h.0.mlp.gated", 0, 1, 3),
    add: formula("h.0.residual_1", 0, 1, 3),
    weight: formula("ln_f.weight", 3),
  }).toMatchInlineSnapshot(`
    {
      "activation": "gelu(-1.317) = -0.1239",
      "add": "0.2326 - 0.6517 = -0.4191",
      "angles": "sin(3 · 0.04642) = 0.1388",
      "beyond": "0.07016, masked = -∞",
      "capped": "2 · tanh(-0.8598 / 2) = -0.8105",
      "copy": "h.0.attn.c_attn[0, 1, 26] = 0.199",
      "dot": "-0.4327 · 0.1841 - 0.45 · -0.2328 - 1.593 · -0.2776 + … 16 terms = 2.009",
      "later": "0.467, masked = -∞",
      "lookup": "wte.weight[5, 2] = -0.3186",
      "max": "max(0.3607, -0.8105, -0.1184) = 0.3607",
      "multiply": "-0.1239 · -1.495 = 0.1853",
      "norm": "-1.275 · 0.9951 · (0.2556 + 1) = -1.593",
      "probability": "exp(0.283 - 1.964) / 4.502 = 0.04137",
      "rotate": "1.976 · 0.9903 - 0.1509 · 0.1388 = 1.935",
      "rstd": "1 / √(((-0.6491)² + (-0.4222)² + (-1.275)² + … 16 terms) / 16 + 0.00001) = 0.9951",
      "scale": "4 · -0.3186 = -1.275",
      "scores": "0.7 · (-0.5836 · 1.17 - 0.4236 · 1.322 - 0.1216 · 0.21 + … 6 terms) = -0.8598",
      "seen": "0.3607, seen = 0.3607",
      "softmax": "exp(-0.8105 - 0.3607) / 1.929 = 0.1607",
      "sum": "exp(0.3607 - 0.3607) + exp(-0.8105 - 0.3607) + exp(-0.1184 - 0.3607) = 1.929",
      "sum of many": "exp(-1.848 - 1.964) + exp(1.39 - 1.964) + exp(0.115 - 1.964) + … 23 terms = 4.502",
      "unseen": "exp(-∞ - 0.3607) / 1.929 = 0",
      "weight": "-0.2896",
    }
  `);
});

test("what is not there is refused", async () => {
  await useEngine("reference");
  const captured = await capture(drawn(configs["gpt2"]!), someIds());
  expect(() => explainCell(captured, "h.0.atn", [0, 0, 0])).toThrow('did you mean "h.0.attn"?');
  expect(() => explainCell(captured, "h.2.attn", [0, 0, 0])).toThrow(OptionsError);
  for (const index of [
    [0, 7, 0],
    [0, 0],
    [0, 0, -1],
    [0, 0, 0.5],
    [0, 0, 0, 0],
  ]) {
    expect(() => explainCell(captured, "h.0.attn", index)).toThrow("of shape (2, 7, 16) has no cell [");
  }
});
