import { useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { ConfigError, completeConfig, OptionsError, presets } from "../../src/index.js";
import { describe as describeModel, type TensorDescription } from "../../src/inspect/index.js";
import { configs, drawn, someIds } from "./models.js";

beforeAll(() => useEngine("reference"));

const inWords = (list: readonly { name: string; shape: readonly unknown[] }[]) =>
  list.map(({ name, shape }) => `${name} [${shape}]`);

describe.each(Object.entries(configs))("%s", (_, config) => {
  test("lists every weight, and every activation as forward makes it", () => {
    const model = drawn(config);
    const described = describeModel(model);
    const weights = described.filter(({ kind }) => kind === "weight");
    expect(inWords(weights).sort()).toEqual(inWords(model.parameters()).sort());

    const captured: { name: string; shape: readonly number[] }[] = [];
    model.forward(someIds(), { capture: (name, { shape }) => void captured.push({ name, shape }) });
    const activations = described
      .filter(({ kind }) => kind === "activation")
      .map(({ name, shape }) => ({ name, shape: shape.map((n) => (n === "B" ? 2 : n === "T" ? 7 : n)) }));
    expect(inWords(captured)).toEqual(inWords(activations));
  });

  test.each([false, true])("everything depends on what came before, detail %s", (detail) => {
    const seen = new Map<string, TensorDescription>();
    const used = new Set<string>([detail ? "probabilities" : "logits"]);
    const meet = (description: TensorDescription) => {
      for (const part of description.parts ?? []) meet(part);
      for (const input of description.inputs) {
        expect(seen.has(input), `${input} before ${description.name}`).toBe(true);
        used.add(input);
      }
      for (const [tensor, axes] of readsIn(description.cell)) {
        expect(seen.get(tensor)!.shape.length, `${description.name} reads ${tensor}`).toBe(axes);
        used.add(tensor);
      }
      expect(seen.has(description.name), `${description.name} once`).toBe(false);
      seen.set(description.name, description);
    };
    for (const each of describeModel(config, { detail })) meet(each);
    expect(used).toEqual(new Set(seen.keys()));
  });

  test("is plain data, and a model's is its configuration's", () => {
    const described = describeModel(config, { detail: true });
    expect(JSON.parse(JSON.stringify(described))).toEqual(described);
    expect(describeModel(drawn(config), { detail: true })).toEqual(described);
    expect(describeModel(completeConfig(config), { detail: true })).toEqual(described);
  });

  test("numParameters and flopsPerToken are what the list adds up to", () => {
    const model = drawn(config);
    const all = describeModel(config, { detail: true });
    const weights = all.filter(({ kind }) => kind === "weight");
    expect(model.numParameters).toBe(weights.reduce((sum, { shape }) => sum + size(shape, 1), 0));
    for (const T of [1, 5, 16]) expect(model.flopsPerToken(T)).toBe(trainingFlops(all, T));
  });
});

/** Tensors that a cell reads, each with the number of axes it is read along. */
function readsIn(value: unknown): [string, number][] {
  if (typeof value !== "object" || value === null) return [];
  const nested = Object.values(value).flatMap(readsIn);
  return "tensor" in value && "at" in value
    ? [[String(value.tensor), (value.at as unknown[]).length], ...nested]
    : nested;
}

const size = (shape: TensorDescription["shape"], T: number) =>
  shape.reduce<number>((product, n) => product * (n === "B" ? 1 : n === "T" ? T : n), 1);

/**
 * 6 operations for each multiply-add of a product, forward and backward, and for each weight that is not in a product but
 * computed with; the scores of keys beyond the window are not computed.
 */
function trainingFlops(all: readonly TensorDescription[], T: number): number {
  const byName = new Map(all.map((each) => [each.name, each]));
  let flops = 0;
  const used = new Set<string>();
  for (const { shape, cell, inputs } of all) {
    for (const name of inputs) {
      const { kind, shape } = byName.get(name)!;
      const isVector = kind === "weight" && shape.length === 1;
      if (isVector && !used.has(name)) flops += 6 * size(shape, T);
      used.add(name);
    }
    if (cell?.kind !== "dot") continue;
    const [a, b] = [cell.a, cell.b].map(({ tensor, at }) => byName.get(tensor)!.shape[at.indexOf("each")]!);
    const each = typeof a === "number" ? Math.min(a, b as number) : a!;
    const masks = all.filter(
      ({ cell: mask, name }) =>
        mask?.kind === "mask" && name.split(".")[1] === cell.a.tensor.split(".")[1] && mask.window > 0,
    );
    const [mask] = masks;
    const window = mask?.cell?.kind === "mask" ? Math.min(mask.cell.window, T) : T;
    const extents = [...shape.slice(1), each].map((n) => (n === "T" ? T : (n as number)));
    // Per token: the first T is the tokens', the second the keys'.
    const perToken = extents.reduce((product, n) => product * n, 1) / T;
    const isAttention = [...shape, each].filter((n) => n === "T").length === 2;
    flops += 6 * (isAttention ? (perToken / T) * window : perToken);
  }
  return flops;
}

test("the published GPT-2 in figures, and mistakes", () => {
  const all = describeModel(presets.gpt2, { detail: true });
  expect(all.filter(({ name }) => name.endsWith(".attn.weights"))).toHaveLength(12);
  expect(all.find(({ name }) => name === "h.3.attn.weights")).toMatchObject({
    shape: ["B", 12, "T", "T"],
    operation: "softmax",
    inputs: ["h.3.attn.masked", "h.3.attn.weights.max", "h.3.attn.weights.sum"],
  });
  expect(all.find(({ name }) => name === "h.3.attn.weights.sum")).toMatchObject({
    shape: ["B", 12, "T", 1],
    inputs: ["h.3.attn.masked", "h.3.attn.weights.max"],
  });
  expect(() => describeModel({ ...presets.gpt2, nHead: 5 })).toThrow(ConfigError);
  expect(() => describeModel(presets.gpt2, { details: true } as never)).toThrow(OptionsError);
});
