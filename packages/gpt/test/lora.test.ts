import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  adamw,
  readSafetensors,
  scope,
  tensor,
  useEngine,
  valueAndGrad,
  write,
  writeSafetensors,
  zeros,
} from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { ConfigError, Gpt, type GptConfig, modern, OptionsError, WeightsError } from "../src/index.js";
import { type LoraModel, type LoraOptions, loadAdapter, lora } from "../src/lora/index.js";

const path = (...names: string[]) => fileURLToPath(new URL(`./golden/${names.join("/")}`, import.meta.url));
const names = ["gpt2-untied", "llama", "qwen3", "phi"] as const;

/** The largest difference as a share of the largest value. */
function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let [difference, size] = [0, 1e-30];
  for (let i = 0; i < a.length; i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    size = Math.max(size, Math.abs(b[i]!));
  }
  return difference / size;
}

const logits = (model: Gpt | LoraModel, ids = [1, 5, 2, 8, 3, 7]) =>
  model.forward(tensor(ids, [1, ids.length], "int32")).data();

// What PEFT's models answer in float64 (golden/lora.py).
describe.each(names)("PEFT's adapter for %s", (name) => {
  const golden = JSON.parse(readFileSync(path("families", name, "golden.json"), "utf8")) as {
    ids: number[];
    targets: number[];
  };
  const expected = readSafetensors(readFileSync(path("lora", name, "golden.safetensors"))).tensors;
  const ids = () => tensor(golden.ids, [2, golden.ids.length / 2], "int32");
  const targets = () => tensor(golden.targets, [2, golden.targets.length / 2], "int32");
  const load = async () => loadAdapter(await Gpt.load(path("families", name)), path("lora", name));

  test.each([
    ["reference", { precision: "float64" }, 1e-9, 1e-6],
    ["reference", {}, 1e-5, 1e-4],
    ["auto", {}, 1e-5, 1e-4],
  ] as const)(
    "engine %s %o: logits, merged and not, and every gradient",
    async (engine, options, near, close) => {
      await useEngine(engine as "reference", options as object);
      const model = await load();
      const answer = expected.get("logits")!.data;
      expect(relative(await model.forward(ids()).data(), answer)).toBeLessThan(near);
      const weights = model.parameters();
      expect(weights.length).toBe(expected.size - 1);
      for (const recompute of [false, true]) {
        const { grads } = valueAndGrad(() => model.loss(ids(), targets(), { recompute }), weights);
        for (const [i, { name }] of weights.entries()) {
          const theirs = expected.get(`base_model.model.${name}`)!.data;
          expect(relative(await grads[i]!.data(), theirs), name).toBeLessThan(close);
        }
      }
      const before = await model.base.forward(ids()).data();
      const merged = model.merge();
      expect(merged).toBe(model.base);
      expect(relative(await merged.forward(ids()).data(), answer)).toBeLessThan(near);
      expect(await model.forward(ids()).data()).toEqual(await merged.forward(ids()).data());
      model.unmerge();
      expect(relative(await model.base.forward(ids()).data(), before)).toBeLessThan(1e-5);
      expect(relative(await model.forward(ids()).data(), answer)).toBeLessThan(10 * near);
    },
  );

  test("a cache gives the full pass's logits", async () => {
    await useEngine("auto");
    const model = await load();
    const all = golden.ids.slice(0, golden.ids.length / 2);
    const session = model.session();
    for (const [t, id] of all.entries()) {
      const last = (await logits(model, all.slice(0, t + 1))).slice(-model.vocabSize);
      expect(relative((await session.step([{ row: 0, ids: [id] }]))[0]!, last)).toBeLessThan(1e-5);
    }
    session.dispose();
  });

  test("is stored as PEFT stored it", async () => {
    await useEngine("reference");
    const files = await (await load()).toFiles();
    const stored = readSafetensors(readFileSync(path("lora", name, "adapter_model.safetensors"))).tensors;
    stored.delete("base_model.model.lm_head.base_layer.weight"); // PEFT's copy of the base
    expect(readSafetensors(files["adapter_model.safetensors"]).tensors).toEqual(stored);
    const ours = JSON.parse(new TextDecoder().decode(files["adapter_config.json"]));
    const theirs = JSON.parse(readFileSync(path("lora", name, "adapter_config.json"), "utf8"));
    const { target_modules: short, base_model_name_or_path: _, fan_in_fan_out: isConv1d, ...rest } = ours;
    expect(theirs).toMatchObject(rest);
    expect(isConv1d).toBe(name === "gpt2-untied"); // PEFT's says false for all where lm_head is among the targets
    if (name !== "qwen3") expect(short.sort()).toEqual(theirs.target_modules.sort());
    else expect(short.sort()).toEqual("down gate k o q up v".split(" ").map((each) => `${each}_proj`));
  });
});

const small: GptConfig = { vocabSize: 13, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 8, nKvHead: 1 };
const llama: GptConfig = {
  ...small,
  norm: "rms",
  position: "rope",
  mlp: { kind: "gated", width: 12 },
  activation: "silu",
  bias: false,
};
const usual: LoraOptions = { rank: 2, alpha: 4, seed: 5 };
const ids = () => tensor([1, 5, 2, 8, 3, 7], [2, 3], "int32");
const targets = () => tensor([5, 2, 8, 3, 7, 1], [2, 3], "int32");

/** An adapter whose B is not zero. */
function stirred(model: Gpt, options: Partial<LoraOptions> = {}): LoraModel {
  const adapted = lora(model, { ...usual, ...options });
  for (const b of adapted.parameters({ only: "*lora_B*" })) {
    write(
      b,
      Float32Array.from({ length: b.size }, (_, i) => Math.sin(i + b.size)),
    );
  }
  return adapted;
}

describe("training", () => {
  beforeAll(() => useEngine("reference", { precision: "float64" }));

  test("a new adapter changes nothing, and starts as PEFT's", async () => {
    const model = Gpt.create(llama, { seed: 1 });
    const adapted = lora(model, usual);
    expect(await logits(adapted)).toEqual(await logits(model));
    expect(adapted.parameters().map(({ name, shape }) => [name, shape])).toEqual(
      [0, 1].flatMap((layer) =>
        ["q_proj", "v_proj"].flatMap((name) => [
          [`model.layers.${layer}.self_attn.${name}.lora_A.weight`, [2, 8]],
          [`model.layers.${layer}.self_attn.${name}.lora_B.weight`, [name === "q_proj" ? 8 : 4, 2]],
        ]),
      ),
    );
    const [a] = adapted.parameters();
    const values = await a!.data();
    expect(Math.max(...values)).toBeLessThanOrEqual(1 / Math.sqrt(8));
    expect(Math.max(...values)).toBeGreaterThan(0.1);
    expect(await lora(model, usual).parameters()[2]!.data()).toEqual(await adapted.parameters()[2]!.data());
  });

  test("a step changes the adapter alone", async () => {
    const model = Gpt.create(llama, { seed: 1 });
    const before = await Promise.all(model.parameters().map((weight) => weight.data()));
    const adapted = stirred(model);
    const own = await Promise.all(adapted.parameters().map((weight) => weight.data()));
    const { value, grads } = valueAndGrad(() => adapted.loss(ids(), targets()), adapted.parameters());
    const step = { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, step: 1 };
    for (const [i, weight] of adapted.parameters().entries()) {
      adamw(weight, grads[i]!, { m: zeros(weight.shape), v: zeros(weight.shape) }, step);
      expect(await weight.data(), weight.name).not.toEqual(own[i]);
    }
    expect(await Promise.all(model.parameters().map((weight) => weight.data()))).toEqual(before);
    const [after] = await adapted.loss(ids(), targets()).data();
    expect(after).toBeLessThan((await value.data())[0]!);
  });

  // The gradient of W + s A' B' is that of W times the other factor.
  test.each([
    ["gpt2", small, ["attn.c_attn", "mlp.c_fc"]],
    ["llama", llama, ["k_proj", "v_proj", "up_proj", "down_proj"]],
    [
      "modern",
      { ...modern(2, { vocabSize: 13, blockSize: 8 }), nHead: 2, nEmbd: 16, headDim: 8 },
      ["lm_head"],
    ],
  ] as const)("gradients follow from the full model's, %s", async (_, config, names) => {
    const model = Gpt.create(config, { seed: 1 });
    const adapted = stirred(model, { targets: names });
    const weights = adapted.parameters();
    const { grads } = valueAndGrad(() => adapted.loss(ids(), targets()), weights);
    const lossAt = async (weight: (typeof weights)[number], i: number, value: number) => {
      write(weight, [value], i);
      return (await adapted.loss(ids(), targets()).data())[0]!;
    };
    for (const [w, weight] of weights.entries()) {
      const gradient = await grads[w]!.data();
      for (const i of [0, weight.size - 1]) {
        const value = (await weight.data())[i]!;
        const h = 1e-4;
        const slope = ((await lossAt(weight, i, value + h)) - (await lossAt(weight, i, value - h))) / (2 * h);
        await lossAt(weight, i, value);
        expect(Math.abs(slope - gradient[i]!), weight.name).toBeLessThan(1e-6);
      }
    }
    const full = valueAndGrad(() => adapted.merge().loss(ids(), targets()), model.parameters());
    expect(full.grads.length).toBe(model.parameters().length);
  });

  test("dropout is of the adapter's inputs, and a key draws it again", async () => {
    const model = Gpt.create(llama, { seed: 1 });
    const adapted = stirred(model, { dropout: 0.5 });
    const at = async (step?: number, recompute = false) => {
      const training = step === undefined ? {} : { training: { seed: 1, step } };
      const { value, grads } = valueAndGrad(
        () => adapted.loss(ids(), targets(), { ...training, recompute }),
        adapted.parameters(),
      );
      return [...(await value.data()), ...(await grads[0]!.data())];
    };
    expect(await at(1)).not.toEqual(await at(2));
    expect(await at(1)).not.toEqual(await at());
    expect(await at(1)).toEqual(await at(1, true));
    const plain = stirred(model);
    expect(await at()).toEqual(
      await (async () => {
        const { value, grads } = valueAndGrad(() => plain.loss(ids(), targets()), plain.parameters());
        return [...(await value.data()), ...(await grads[0]!.data())];
      })(),
    );
  });

  test("rank-stabilised scaling", async () => {
    const model = Gpt.create(llama, { seed: 1 });
    const by = async (options: Partial<LoraOptions>) => logits(stirred(model, options));
    const stabilised = await by({ alpha: 4, useRslora: true });
    expect(relative(stabilised, await by({ alpha: 4 * Math.sqrt(2) }))).toBeLessThan(1e-12);
    expect(relative(stabilised, await by({ alpha: 4 }))).toBeGreaterThan(1e-3);
  });

  test("a frozen base costs a third less", () => {
    const model = Gpt.create(llama, { seed: 1 });
    const adapted = lora(model, usual);
    const products = model.flopsPerToken(0);
    expect(adapted.flopsPerToken(8)).toBe(model.flopsPerToken(8) - products / 3 + 6 * adapted.numParameters);
  });

  test("hidden states and head", async () => {
    const model = Gpt.create({ ...llama, tied: false }, { seed: 1 });
    const adapted = stirred(model);
    expect(adapted.head.weight).toBe(model.head.weight);
    expect(await adapted.hidden(ids()).data()).not.toEqual(await model.hidden(ids()).data());
    const head = stirred(model, { targets: ["lm_head"] });
    expect(() => head.head).toThrow("merge() first");
    head.merge();
    expect(head.head.weight).toBe(model.head.weight);
  });

  test("freed adapters leave the base", async () => {
    const model = Gpt.create(llama, { seed: 1 });
    const before = await logits(model);
    scope(() => stirred(model).dispose());
    expect(await logits(model)).toEqual(before);
  });
});

describe("what cannot be", () => {
  beforeAll(() => useEngine("reference"));
  const model = () => Gpt.create(llama, { seed: 1 });

  test.each([
    [{ rank: 0 }, "rank of lora is 0"],
    [{ dropout: 1 }, "dropout of lora is 1"],
    [{ targets: ["lm_head"] }, "lm_head"],
    [{ targets: ["lm_head"] }, "(tied)"],
    [{ targets: ["embed_tokens"] }, "embeddings are not adapted"],
    [{ targets: ["q_porj"] }, 'targets has "q_porj", which no matrix is named; an adapter can act on q_proj'],
    [{ targets: [] }, "targets of lora is empty"],
    [{ targets: "q_proj" as never }, '"all-linear"'],
    [{ r: 8 } as object, "lora has no option"],
  ])("%o", (wrong, message) => {
    expect(() => lora(model(), { ...usual, ...wrong })).toThrow(OptionsError);
    expect(() => lora(model(), { ...usual, ...wrong })).toThrow(message);
  });

  test("no model, and training what is merged", () => {
    expect(() => lora({} as never, usual)).toThrow("must be a Gpt");
    const adapted = stirred(model());
    adapted.merge();
    adapted.merge();
    expect(adapted.isMerged).toBe(true);
    expect(() => adapted.parameters()).toThrow("unmerge() before you train");
  });

  test("merging into a base in fewer bits", async () => {
    const frozen = await Gpt.fromFiles({ ...(await model().toFiles()) }, { dtype: "int8" });
    const adapted = stirred(frozen);
    expect(() => adapted.merge()).toThrow(ConfigError);
    expect(() => adapted.merge()).toThrow("h.0.attn.c_attn.weight is not in float32");
    expect(adapted.isMerged).toBe(false);
    expect(await logits(adapted)).not.toEqual(await logits(frozen));
  });

  test("targets by the ends of our names and theirs, and all but the head", () => {
    const untied = Gpt.create({ ...llama, tied: false }, { seed: 1 });
    const ends = (targets: LoraOptions["targets"]) =>
      new Set(
        lora(untied, { ...usual, targets: targets! })
          .parameters()
          .map(({ name }) => name.split(".").at(-3)),
      );
    expect(ends(["attn.c_attn"])).toEqual(new Set(["q_proj", "k_proj", "v_proj"]));
    expect(ends(["mlp.c_fc", "lm_head"])).toEqual(new Set(["gate_proj", "up_proj", "lm_head"]));
    expect(ends("all-linear").size).toBe(7);
    const one = lora(untied, { ...usual, targets: ["model.layers.1.mlp.up_proj"] });
    expect(one.parameters().length).toBe(2);
  });

  const edited = async (
    change: (json: Record<string, unknown>) => void,
    tensors?: (all: Map<string, unknown>) => void,
  ) => {
    const base = model();
    const files = await stirred(base).toFiles();
    const json = JSON.parse(new TextDecoder().decode(files["adapter_config.json"]));
    change(json);
    const all = readSafetensors(files["adapter_model.safetensors"]).tensors;
    tensors?.(all as Map<string, unknown>);
    return loadAdapter(base, {
      "adapter_config.json": new TextEncoder().encode(JSON.stringify(json)),
      "adapter_model.safetensors": writeSafetensors(all as never),
    });
  };

  test.each([
    ["use_dora", true],
    ["modules_to_save", ["lm_head"]],
    ["bias", "all"],
    ["rank_pattern", { q_proj: 4 }],
    ["alpha_pattern", { q_proj: 4 }],
    ["peft_type", "LOHA"],
    ["init_lora_weights", "pissa"],
    ["lora_bias", true],
    ["layer_replication", [[0, 1]]],
    ["target_parameters", ["experts"]],
    ["a_setting_of_tomorrow", 1],
    ["r", 1.5],
  ])("%s %o in adapter_config.json", async (key, value) => {
    const loaded = edited((json) => {
      json[key] = value;
    });
    await expect(loaded).rejects.toThrow(ConfigError);
    await expect(loaded).rejects.toThrow(`adapter_config.json: ${key} is ${JSON.stringify(value)}`);
  });

  const q = "base_model.model.model.layers.0.self_attn.q_proj.lora";
  test.each([
    [
      "a missing half",
      (all: Map<string, unknown>) => all.delete(`${q}_B.weight`),
      `${q}_B.weight is missing`,
    ],
    [
      "a missing module",
      (all: Map<string, unknown>) => all.delete(`${q}_A.weight`) && all.delete(`${q}_B.weight`),
      `${q}_A.weight is missing`,
    ],
    [
      "another shape",
      (all: Map<string, unknown>) => all.set(`${q}_A.weight`, { shape: [2, 4], data: new Float32Array(8) }),
      `${q}_A.weight has shape [2,4] where [2,8] is wanted`,
    ],
    [
      "a trained embedding",
      (all: Map<string, unknown>) =>
        all.set("base_model.model.model.embed_tokens.weight", { shape: [1], data: new Float32Array(1) }),
      "embed_tokens.weight belongs to no matrix",
    ],
  ])("%s in adapter_model.safetensors", async (_, change, message) => {
    const loaded = edited(() => {}, change);
    await expect(loaded).rejects.toThrow(WeightsError);
    await expect(loaded).rejects.toThrow(message);
  });

  test("a head that the adapter was not trained with; absent files", async () => {
    await useEngine("reference");
    const base = await Gpt.load(path("families", "gpt2-untied"));
    write(base.head.weight, [9]);
    await expect(loadAdapter(base, path("lora", "gpt2-untied"))).rejects.toThrow("head of its own");
    await expect(loadAdapter(base, path("lora", "nowhere"))).rejects.toThrow(
      "no readable adapter_config.json",
    );
  });
});

const python = process.env["LLM_PYTHON"] ?? "python3";
const hasPeft = spawnSync(python, ["-c", "import torch, transformers, peft"]).status === 0;
if (!hasPeft) console.log(`skipped: opening our adapters with PEFT (${python} has none; set LLM_PYTHON)`);
test.skipIf(!hasPeft)(
  "PEFT opens adapters that saveAdapter() wrote, and agrees",
  async () => {
    await useEngine("reference");
    const folder = mkdtempSync(join(tmpdir(), "llm-gpt-lora-"));
    try {
      const cases: readonly [string, Partial<LoraOptions>][] = [
        ["gpt2-untied", { targets: ["attn.c_proj", "lm_head"] }],
        ["gpt2-untied", {}],
        ["llama", { targets: ["h.1.attn.c_attn", "mlp.c_fc"], useRslora: true }],
        ["qwen3", { targets: "all-linear" }],
        ["gemma2", {}],
        ["mistral", { targets: ["o_proj"] }],
        ["phi", { targets: ["fc1", "v_proj"] }],
      ];
      const ours: ArrayLike<number>[][] = [];
      for (const [i, [name, options]] of cases.entries()) {
        const adapted = stirred(await Gpt.load(path("families", name)), { dropout: 0.1, ...options });
        await adapted.saveAdapter(join(folder, String(i)));
        ours.push([await logits(adapted), await logits(adapted.merge())]);
      }
      const pairs = cases.flatMap(([name], i) => [path("families", name), join(folder, String(i))]);
      const answer = execFileSync(python, [path("lora.py"), "[1,5,2,8,3,7]", ...pairs], {
        encoding: "utf8",
        maxBuffer: 2 ** 26,
        stdio: ["ignore", "pipe", "ignore"],
      });
      for (const [i, theirs] of (JSON.parse(answer) as number[][][]).entries()) {
        expect(relative(ours[i]![0]!, theirs[0]!), cases[i]![0]).toBeLessThan(1e-5);
        expect(relative(ours[i]![1]!, theirs[1]!), cases[i]![0]).toBeLessThan(1e-5);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  300_000,
);
