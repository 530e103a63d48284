import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Gpt, type GptConfig } from "@llm/gpt";
import { add, engine, type Parameter, parameter, rng, scale, sum, tensor, useEngine } from "@llm/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import {
  adamw,
  type Batches,
  DivergedError,
  groups,
  type MuonOptions,
  muon,
  type Optimizer,
  OptionsError,
  schedule,
  tokenArray,
  train,
} from "../src/index.js";
import { memoryStore } from "./memory-store.js";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(path(name), "utf8"));
const isWithin = ({ name, shape }: Parameter) => name.startsWith("h.") && shape.length === 2;
const tiny: GptConfig = { vocabSize: 12, blockSize: 8, nLayer: 1, nHead: 2, nEmbd: 16 };
const data = tokenArray(Array.from({ length: 400 }, (_, i) => (i * i + 3 * i) % 12));
const base = { steps: 4, batchSize: 4, blockSize: 8, lr: 1e-2, seed: 3 };

beforeEach(() => useEngine("reference"));

describe("ten updates as torch.optim.Muon and nanochat's beside AdamW make them (golden/muon.py)", () => {
  interface Run {
    steps: { batches: { ids: number[]; targets: number[] }[] }[];
  }
  const { steps }: Run = read("./golden/run.json");
  const golden: Record<string, [loss: number, norm: number][]> = read("./golden/muon.json");
  const forms: Record<string, MuonOptions> = {
    nesterov: {},
    heavyBall: { nesterov: false },
    polynomials: { polynomials: "polar-express" },
    equilibrate: { equilibrate: true },
    renormalize: { renormalize: true },
    variance: { varianceDecay: 0.9 },
    cautious: { cautious: true },
    split: { split: "qkv" },
    all: { form: "nanochat" },
  };
  const batches: Batches = {
    batch({ step, micro }) {
      const { ids, targets } = steps[step - 1]!.batches[micro]!;
      return { ids: Int32Array.from(ids), targets: Int32Array.from(targets) };
    },
  };

  test.each([
    // Before orthogonalising PyTorch divides by max(norm, 1e-7), we as Jordan et al. by norm + 1e-7.
    ["nesterov", "float64", 1e-6],
    ["heavyBall", "float64", 1e-6],
    ...(["polynomials", "equilibrate", "renormalize", "variance", "cautious", "split", "all"] as const).map(
      (form) => [form, "float64", 1e-6] as const,
    ),
    ["nesterov", "float32", 1e-5],
    ["all", "float32", 1e-5],
  ] as const)("%s, %s, to %s", async (form, precision, tolerance) => {
    await useEngine("reference", { precision });
    const model = await Gpt.load(path("../../gpt/test/golden/tanh"));
    const rest = { momentum: 0.9, weightDecay: 0.05, lrScale: 2, ...forms[form] };
    const optimizer = groups([
      { parameters: isWithin, optimizer: muon(rest) },
      { optimizer: adamw({ betas: [0.9, 0.95] }) },
    ]);
    const lr = schedule.cosine({ lr: 1e-2, minLr: 1e-3, warmup: 3, steps: 10 });
    const options = { steps: 10, batchSize: 3, blockSize: 12, accumulation: 2, clip: 0.5, optimizer, lr };
    let i = 0;
    for await (const { loss, gradNorm } of train(model, batches, options)) {
      const [wantedLoss, wantedNorm] = golden[form][i++]!;
      expect(Math.abs(loss - wantedLoss), `loss of step ${i}`).toBeLessThan(tolerance);
      expect(Math.abs(gradNorm - wantedNorm)).toBeLessThan(10 * tolerance);
    }
    expect(i).toBe(10);
  });
});

describe("groups", () => {
  const optimizer = () =>
    groups([
      { parameters: isWithin, optimizer: muon({ lrScale: 2 }) },
      { optimizer: adamw({ lrScale: 0.5 }) },
    ]);

  const cut = (split: MuonOptions["split"] & object) =>
    groups([
      {
        parameters: isWithin,
        optimizer: muon({ split: (p) => (p.name.includes("c_attn") ? split(p) : undefined) }),
      },
      { optimizer: adamw() },
    ]);

  test("every parameter is changed by the first group that takes it, and resumes bit for bit", async () => {
    let saved: Parameters<NonNullable<Parameters<typeof train>[2]["checkpoints"]>["save"]>[0] | undefined;
    const checkpoints = {
      latest: async () => saved,
      save: async (snapshot: typeof saved) => {
        saved = snapshot;
      },
    };
    const losses = async (model: Gpt, options: object) => {
      const seen: number[] = [];
      for await (const { loss } of train(model, data, { ...base, optimizer: optimizer(), ...options }))
        seen.push(loss);
      return seen;
    };
    const straight = await losses(Gpt.create(tiny, { seed: 1 }), {});
    const first = await losses(Gpt.create(tiny, { seed: 1 }), { steps: 2, checkpoints });
    const names = [...saved!.optimizer.keys()];
    expect(names.filter((name) => name.startsWith("muon.")).length).toBe(4);
    expect(names).toContain("adamw.v.wte.weight");
    const second = await losses(Gpt.create(tiny, { seed: 8 }), { checkpoints });
    expect([...first, ...second]).toEqual(straight);
  });

  test.each([
    ["no group takes wte.weight", () => groups([{ parameters: isWithin, optimizer: muon() }])],
    ["groups[1] takes no parameter", () => groups([{ optimizer: adamw() }, { optimizer: adamw() }])],
    [
      "muon cannot train h.0.ln_1.weight",
      () =>
        groups([{ parameters: ({ name }) => /ln_/.test(name), optimizer: muon() }, { optimizer: adamw() }]),
    ],
    ["muon cannot train", () => muon()],
    ['groups[0] has no option "params"', () => groups([{ params: isWithin, optimizer: muon() } as never])],
    ["groups[0] needs the option optimizer", () => groups([{} as never])],
    ["momentum of muon is 1", () => muon({ momentum: 1 })],
    ["momentum of muon at update 0 is 2", () => muon({ momentum: () => 2 })],
    ["weightDecay of muon is -1", () => muon({ weightDecay: -1 })],
    ["lrScale of muon is NaN", () => muon({ lrScale: Number.NaN })],
    ["varianceDecay of muon is 1;", () => muon({ varianceDecay: 1 })],
    ["varianceDecay of muon is true", () => muon({ varianceDecay: true as unknown as number })],
    ["split of muon is rows;", () => muon({ split: "rows" as "qkv" })],
    [
      "split of muon gives h.0.attn.c_attn.weight of shape [16,48] parts of [16,16]",
      () => cut(() => [16, 16]),
    ],
    ["parts of [0,48] columns", () => cut(() => [0, 48])],
    [
      "without h.0.attn.c_proj.weight",
      () =>
        groups([
          { parameters: ({ name }) => /c_attn.weight/.test(name), optimizer: muon({ form: "nanochat" }) },
          { optimizer: adamw() },
        ]),
    ],
    ["form of muon", () => muon({ form: "nanogpt" as "nanochat" })],
    ["lrScale of adamw is -1", () => adamw({ lrScale: -1 })],
  ] as [string, () => Optimizer][])("%s", async (message, make) => {
    const attempt = async () =>
      train(Gpt.create(tiny, { seed: 1 }), data, { ...base, optimizer: make() }).next();
    await expect(attempt).rejects.toThrow(OptionsError);
    await expect(attempt).rejects.toThrow(message);
  });

  test("muon changes nothing where a gradient is not finite", async () => {
    const matrix = parameter("matrix", [1, 2, 3, 4], [2, 2]);
    const vector = parameter("vector", [1, 2], [2]);
    let calls = 0;
    const model = {
      parameters: () => [matrix, vector],
      loss: () => (++calls < 3 ? scale(sum(matrix), 0.5) : add(sum(matrix), tensor([Number.NaN], []))),
    };
    const optimizer = groups([
      { parameters: ({ shape }) => shape.length === 2, optimizer: muon() },
      { optimizer: adamw() },
    ]);
    const values: number[][] = [];
    const attempt = async () => {
      for await (const _ of train(model, data, { ...base, optimizer }))
        values.push([...(await matrix.data())]);
    };
    await expect(attempt).rejects.toThrow(DivergedError);
    expect(values.length).toBe(2);
    expect([...(await matrix.data())]).toEqual(values[1]);
  });
});

describe("nanochat's form of muon", () => {
  const optimizer = (options: MuonOptions) =>
    groups([{ parameters: isWithin, optimizer: muon(options) }, { optimizer: adamw() }]);
  const run = async (options: MuonOptions, seed: number, plan: object) => {
    const seen: number[] = [];
    const all = { ...base, optimizer: optimizer(options), ...plan };
    for await (const { loss } of train(Gpt.create(tiny, { seed }), data, all)) seen.push(loss);
    return seen;
  };

  test("its second moments are in the checkpoint, and a run resumes bit for bit", async () => {
    const checkpoints = memoryStore();
    const straight = await run({ form: "nanochat" }, 1, {});
    const first = await run({ form: "nanochat" }, 1, { steps: 2, checkpoints });
    const { optimizer } = checkpoints.saved[0]!;
    const variances = [...optimizer].filter(([name]) => name.startsWith("muon.variance."));
    expect(variances.map(([name, { shape }]) => [name.slice(14), shape])).toEqual([
      ["h.0.attn.c_attn.weight.0", [16]],
      ["h.0.attn.c_attn.weight.1", [16]],
      ["h.0.attn.c_attn.weight.2", [16]],
      ["h.0.attn.c_proj.weight", [16]],
      ["h.0.mlp.c_fc.weight", [64]],
      ["h.0.mlp.c_proj.weight", [64]],
    ]);
    for (const [name, { data }] of variances) expect(Math.min(...data), name).toBeGreaterThan(0);
    expect([...first, ...(await run({ form: "nanochat" }, 8, { checkpoints }))]).toEqual(straight);
  });

  test.each([
    ["optimizer.groups.0.varianceDecay was 0.9 and is absent", { form: "plain" }],
    ["optimizer.groups.0.polynomials was", { form: "nanochat", polynomials: "jordan" }],
    ["optimizer.groups.0.equilibrate was", { form: "nanochat", equilibrate: false }],
    ["optimizer.groups.0.renormalize was", { form: "nanochat", renormalize: false }],
    ["optimizer.groups.0.varianceDecay was", { form: "nanochat", varianceDecay: 0.95 }],
    ["optimizer.groups.0.cautious was", { form: "nanochat", cautious: false }],
    ["optimizer.groups.0.split was", { form: "nanochat", split: false }],
  ] as const)("a resume without a part of it is refused: %s, %o", async (field, options) => {
    const checkpoints = memoryStore();
    await run({ form: "nanochat" }, 1, { steps: 1, checkpoints });
    const attempt = run(options, 1, { checkpoints });
    await expect(attempt).rejects.toThrow(/ was .*and is .*allowChanges/s);
    await expect(attempt).rejects.toThrow(field);
  });

  test("is all its parts, and each may be left out", () => {
    const parts = {
      polynomials: "polar-express",
      equilibrate: true,
      renormalize: true,
      varianceDecay: 0.9,
      cautious: true,
      split: "qkv",
    } as const;
    expect(muon({ form: "nanochat" }).description).toEqual(muon(parts).description);
    const none = {
      polynomials: "jordan",
      equilibrate: false,
      renormalize: false,
      varianceDecay: false,
      cautious: false,
      split: false,
    } as const;
    expect(muon({ form: "nanochat", ...none }).description).toEqual(muon().description);
  });

  test.each(["plain", "nanochat"] as const)(
    "%s: a matrix that is split changes as its parts do as matrices of their own",
    async (form) => {
      // 6 columns of queries, for fewer and narrower keys and values; 4 rows.
      const widths = [6, 2, 2];
      const random = rng(7);
      const draw = (rows: number, columns: number) =>
        Array.from({ length: rows }, () => Array.from({ length: columns }, () => random() - 0.5));
      const starts = [0, 6, 8];
      const columns = (rows: number[][], i: number) =>
        rows.flatMap((row) => row.slice(starts[i], starts[i]! + widths[i]!));
      const first = draw(4, 10);
      const fused = parameter("h.0.attn.c_attn.weight", first.flat(), [4, 10]);
      const after = parameter("h.0.attn.c_proj.weight", draw(6, 4).flat(), [6, 4]);
      const apart = widths.map((width, i) => parameter(`part ${i}`, columns(first, i), [4, width]));
      const plan = { form, weightDecay: 0.1 };
      const whole = muon({ ...plan, split: "qkv" }).start([fused, after]);
      const parts = muon(plan).start(apart);
      expect(whole.description).toEqual({ split: { "h.0.attn.c_attn.weight": widths } });
      for (let step = 1; step <= 3; step++) {
        const grad = draw(4, 10);
        const options = { lr: 0.1, step, gradScale: 0.5 };
        whole.update([tensor(grad.flat(), [4, 10]), tensor(draw(6, 4).flat(), [6, 4])], options);
        parts.update(
          widths.map((width, i) => tensor(columns(grad, i), [4, width])),
          options,
        );
      }
      const found = [...(await fused.data())];
      const rows = Array.from({ length: 4 }, (_, row) => found.slice(10 * row, 10 * row + 10));
      for (const [i, part] of apart.entries()) expect(columns(rows, i)).toEqual([...(await part.data())]);
    },
  );

  test("leaves nothing behind", async () => {
    const weight = parameter("w", [1, 2, 3, 4, 5, 6], [2, 3]);
    const gradient = tensor([1, 0, 2, 0, 0, 3], [2, 3]);
    const before = engine().memory.allocations;
    const state = muon({ form: "nanochat", weightDecay: 0.1, split: () => [1, 2] }).start([weight]);
    const kept = engine().memory.allocations;
    expect(kept).toBe(before + 4);
    for (let step = 1; step <= 3; step++) state.update([gradient], { lr: 0.1, step, gradScale: 1 });
    expect(engine().memory.allocations).toBe(kept);
    state.dispose();
    expect(engine().memory.allocations).toBe(before);
    for (const value of await weight.data()) expect(Number.isFinite(value)).toBe(true);
  });
});

test("decay and momentum may follow a schedule", async () => {
  const weight = parameter("w", [1, 1, 1, 1], [2, 2]);
  const model = { parameters: () => [weight], loss: () => scale(sum(weight), 0) };
  const optimizer = adamw({ weightDecay: (update) => (update < 2 ? 0.2 : 0) });
  for await (const _ of train(model, data, { ...base, lr: 0.5, optimizer }));
  for (const value of await weight.data()) expect(value).toBeCloseTo(0.81, 6); // (1 - 0.5 x 0.2) twice
});

test("onGradients tells the norm of each parameter's gradient, whose squares add up to the global one", async () => {
  const model = Gpt.create(tiny, { seed: 1 });
  const told: [number, ReadonlyMap<string, number>][] = [];
  const options = {
    ...base,
    accumulation: 2,
    onGradients: (norms: ReadonlyMap<string, number>, step: number) => void told.push([step, norms]),
  };
  let i = 0;
  for await (const { step, gradNorm } of train(model, data, options)) {
    const [at, norms] = told[i++]!;
    expect(at).toBe(step);
    expect([...norms.keys()]).toEqual(model.parameters().map(({ name }) => name));
    expect(Math.hypot(...norms.values())).toBeCloseTo(gradNorm, 5);
    expect(new Set(norms.values()).size).toBeGreaterThan(5);
  }
});

test("muon by Polar Express: each singular value through its five polynomials, the norm with a margin of 1%", async () => {
  await useEngine("reference", { precision: "float64" });
  const singular = [3, 1, 0.2];
  const weight = parameter("w", new Float64Array(9), [3, 3]);
  const gradient = tensor([3, 0, 0, 0, 1, 0, 0, 0, 0.2], [3, 3]);
  const state = muon({ momentum: 0, nesterov: false, polynomials: "polar-express" }).start([weight]);
  state.update([gradient], { lr: 1, step: 1, gradScale: 1 });
  const polynomials = [
    [8.156554524902461, -22.48329292557795, 15.878769915207462],
    [4.042929935166739, -2.808917465908714, 0.5000178451051316],
    [3.8916678022926607, -2.772484153217685, 0.5060648178503393],
    [3.285753657755655, -2.3681294933425376, 0.46449024233003106],
    [2.3465413258596377, -1.7097828382687081, 0.42323551169305323],
  ] as const;
  const wanted = singular.map((each) => {
    let s = each / (1.01 * Math.hypot(...singular) + 1e-6);
    for (const [a, b, c] of polynomials) s = a * s + b * s ** 3 + c * s ** 5;
    expect(Math.abs(s - 1)).toBeLessThan(0.12);
    return -s;
  });
  const found = [...(await weight.data())];
  for (const [i, value] of found.entries()) {
    expect(value).toBeCloseTo(i % 4 === 0 ? wanted[i / 4]! : 0, 5);
  }
  state.dispose();
  expect(() => muon({ polynomials: "polar" as "jordan" })).toThrow("polynomials of muon");
});
