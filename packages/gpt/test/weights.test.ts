import { crossEntropy, engine, linearCrossEntropy, tensor, useEngine, valueAndGrad } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { ConfigError, Gpt, type GptConfig, OptionsError, WeightsError } from "../src/index.js";

const config: GptConfig = { vocabSize: 11, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 8, endOfText: 10 };
const ids = () => tensor([3, 1, 4, 1, 5, 9], [2, 3], "int32");
const targets = () => tensor([1, 4, 1, 5, 9, 2], [2, 3], "int32");
const logits = async (model: Gpt) => model.forward(ids()).data();

beforeAll(() => useEngine("reference"));

describe("a model of weights that are there", () => {
  const weights = () => Gpt.create(config, { seed: 1 }).parameters();

  test("in any order, is the same model", async () => {
    const model = Gpt.fromWeights(config, weights().reverse());
    expect(await logits(model)).toEqual(await logits(Gpt.create(config, { seed: 1 })));
  });

  test.each([
    ["one missing", () => weights().slice(1), config, "wte.weight is missing where the config wants (11, 8)"],
    [
      "one too many",
      weights,
      { ...config, bias: { norm: true, qkv: true, attention: true } },
      "h.0.mlp.c_fc.bias is (32) where the config wants none",
    ],
    [
      "another shape",
      weights,
      { ...config, blockSize: 9 },
      "wpe.weight is (8, 8) where the config wants (9, 8)",
    ],
  ])("%s", (_, given, wanted, message) => {
    expect(() => Gpt.fromWeights(wanted, given())).toThrow(WeightsError);
    expect(() => Gpt.fromWeights(wanted, given())).toThrow(message);
  });

  test("no list", () => {
    expect(() => Gpt.fromWeights(config, 7 as never)).toThrow(OptionsError);
  });
});

describe("parameters", () => {
  const model = () => Gpt.create(config, { seed: 1 });
  const names = (choice: Parameters<Gpt["parameters"]>[0]) =>
    model()
      .parameters(choice)
      .map(({ name }) => name);

  test("by name, by parts of names, by regular expression, in the model's order", () => {
    expect(names({ only: "ln_f.bias" })).toEqual(["ln_f.bias"]);
    expect(names({ only: ["h.1.mlp.*", "wpe.weight"] })[0]).toBe("wpe.weight");
    expect(names({ only: ["h.1.mlp.*", "wpe.weight"] }).length).toBe(5);
    expect(names({ only: /attn/g }).length).toBe(8); // a global expression has no memory
    expect(names({ except: [/^w[tp]e/, "*.bias"] }).length).toBe(names({}).length - 2 - 13);
    expect(names({ only: "h.0.*", except: "h.0.attn.*" }).every((name) => /^h\.0\.(ln|mlp)/.test(name))).toBe(
      true,
    );
  });

  test.each([["h.2.*"], ["wte"], ["h.0.ln+1.weight"], [/^attn/]])(
    "%s, which no weight is named, is refused",
    (only) => {
      expect(() => names({ only })).toThrow(OptionsError);
      expect(() => names({ except: only })).toThrow(String(only));
    },
  );

  test("what is left out costs no gradient", async () => {
    const one = model();
    const all = one.parameters();
    const some = one.parameters({ only: "h.1.*" });
    const whole = valueAndGrad(() => one.loss(ids(), targets()), all);
    const before = engine().memory.bytes;
    const part = valueAndGrad(() => one.loss(ids(), targets()), some);
    const elements = some.reduce((total, { size }) => total + size, 0);
    expect(engine().memory.bytes - before).toBeLessThan(4 * elements + 200); // beside them, the loss and the ids
    for (const [i, parameter] of some.entries()) {
      expect(await part.grads[i]!.data()).toEqual(await whole.grads[all.indexOf(parameter)]!.data());
    }
  });
});

test("a clone has weights of its own", async () => {
  const model = Gpt.create(config, { seed: 1 });
  const clone = model.clone();
  const before = await logits(model);
  expect(await logits(clone)).toEqual(before);
  model.dispose();
  expect(await logits(clone)).toEqual(before);
});

test("copyFrom takes over the weights of an equal model, and refuses another", async () => {
  const [one, other] = [Gpt.create(config, { seed: 1 }), Gpt.create(config, { seed: 2 })];
  expect(await logits(one)).not.toEqual(await logits(other));
  one.copyFrom(other);
  expect(await logits(one)).toEqual(await logits(other));
  one.copyFrom(one);
  expect(await logits(one)).toEqual(await logits(other));
  for (const change of [{ nEmbd: 16 }, { nLayer: 3 }, { bias: false }]) {
    const different = Gpt.create({ ...config, ...change }, { seed: 1 });
    expect(() => different.copyFrom(one)).toThrow(ConfigError);
  }
});

describe("resizeVocab", () => {
  test.each([[true], [false]])("keeps the rows there are, tied %s", async (tied) => {
    const model = Gpt.create({ ...config, tied }, { seed: 1 });
    const larger = await model.resizeVocab(13, { seed: 7 });
    const [before, after] = [await logits(model), await logits(larger)];
    for (let row = 0; row < 6; row++) {
      expect(after.slice(13 * row, 13 * row + 11)).toEqual(before.slice(11 * row, 11 * row + 11));
    }
    expect(after[12]).not.toBe(0);
    const back = await larger.resizeVocab(11, { seed: 3 });
    expect(await logits(back)).toEqual(before);
    expect(back.config).toEqual(model.config);
  });

  test("an end token that is cut off is not kept", async () => {
    const model = Gpt.create(config, { seed: 1 });
    expect((await model.resizeVocab(10, { seed: 1 })).config.endOfText).toBeUndefined();
    await expect(model.resizeVocab(0, { seed: 1 })).rejects.toThrow(ConfigError);
  });
});

test.each([[{}], [{ tied: false, softcap: 2 }]])(
  "hidden states and head give the loss without all logits, %o",
  async (change) => {
    const model = Gpt.create({ ...config, ...change }, { seed: 1 });
    const { weight, softcap } = model.head;
    const whole = valueAndGrad(() => crossEntropy(model.forward(ids()), targets()), model.parameters());
    const chunked = valueAndGrad(
      () => linearCrossEntropy(model.hidden(ids()), weight, targets(), softcap > 0 ? { softcap } : {}),
      model.parameters(),
    );
    expect((await chunked.value.data())[0]).toBeCloseTo((await whole.value.data())[0]!, 6);
    for (const [i, grad] of chunked.grads.entries()) {
      const expected = await whole.grads[i]!.data();
      for (const [j, value] of (await grad.data()).entries()) expect(value).toBeCloseTo(expected[j]!, 6);
    }
  },
);
