import { engine, OutOfMemoryError, profile, referenceEngine, tensor, useEngine } from "@llm/tensor";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  ContextLengthError,
  Gpt,
  type GptConfig,
  OptionsError,
  SessionError,
  TokenIdError,
} from "../src/index.js";
import { KvCache } from "../src/kv-cache.js";

const V = 17;
const tiny: GptConfig = { vocabSize: V, blockSize: 8, nLayer: 2, nHead: 2, nEmbd: 8 };
const make = (config: Partial<GptConfig> = {}) => Gpt.create({ ...tiny, ...config }, { seed: 4 });
const ids = [3, 1, 4, 1, 5, 9, 2, 6];

/** Models whose sessions differ: learned positions, rotated ones with shared heads and windows, tables that change. */
const configs: Record<string, Partial<GptConfig>> = {
  gpt2: { blockSize: 40 },
  llama: {
    blockSize: 40,
    norm: "rms",
    position: "rope",
    nHead: 4,
    nKvHead: 2,
    headDim: 4,
    mlp: { kind: "gated", width: 12 },
    activation: "silu",
    bias: false,
    windows: [0, 6],
  },
  modern: {
    blockSize: 40,
    norm: "rms",
    position: "rope",
    bias: false,
    qkNorm: "before-rope",
    valueEmbeddings: [false, true],
    residualScalars: true,
  },
  longrope: {
    blockSize: 40,
    position: "rope",
    rope: {
      scaling: { type: "longrope", shortFactor: [1, 1.5], longFactor: [2, 9], originalBlockSize: 9 },
    },
  },
};

function largest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

/** Logits of the last position, without a cache. */
async function whole(model: Gpt, ids: readonly number[]): Promise<Float32Array> {
  const logits = await model.forward(tensor(ids, [1, ids.length], "int32")).data();
  return Float32Array.from(logits.slice(-V));
}

const idsOf = (key: number, n: number) => Array.from({ length: n }, (_, i) => (7 * key + 3 * i + i * i) % V);

/** How many ids each row gets in each step: prompts of any length beside single ids, rows that pause and end. */
const plan: readonly (readonly (readonly [row: number, n: number])[])[] = [
  [
    [2, 9],
    [0, 3],
  ],
  [
    [0, 1],
    [1, 5],
    [2, 1],
  ],
  [
    [0, 1],
    [1, 1],
    [2, 1],
  ],
  [
    [3, 5],
    [1, 2],
    [0, 5],
  ],
  [
    [3, 1],
    [1, 1],
  ],
  [
    [2, 20],
    [3, 1],
    [1, 4],
    [0, 1],
  ],
];

describe.each([
  ["reference", 0],
  ["wasm", 1e-5],
  ["auto", 1e-5],
] as const)("engine %s", (name, tolerance) => {
  beforeAll(() => useEngine(name));

  test.each(Object.keys(configs))("rows of different length get what each gets alone, %s", async (key) => {
    const model = make(configs[key]);
    const session = model.session(4);
    const alone = Array.from({ length: 4 }, () => model.session());
    for (const [i, step] of plan.entries()) {
      const entries = step.map(([row, n]) => ({ row, ids: idsOf(10 * i + row, n) }));
      for (const logits of ["last", "all"] as const) {
        const together = await session.step(entries, { logits });
        for (const [j, { row, ids }] of entries.entries()) {
          const own = alone[row]!;
          const [expected] = await own.step([{ row: 0, ids }], { logits });
          expect(largest(together[j]!, expected!)).toBeLessThanOrEqual(tolerance);
          own.truncate(0, own.length(0) - ids.length * Number(logits === "last"));
          if (logits === "last") session.truncate(row, own.length(0));
          expect(session.length(row)).toBe(own.length(0));
        }
      }
    }
    for (const each of [session, ...alone]) each.dispose();
    model.dispose();
  });

  test("prefill and decode agree with the whole forward pass, however the ids are cut", async () => {
    const model = make();
    for (const cuts of [[8], [1, 1, 1, 1, 1, 1, 1, 1], [5, 1, 2], [2, 6]]) {
      const session = model.session();
      for (const n of cuts) {
        const start = session.length(0);
        const [logits] = await session.step([{ row: 0, ids: ids.slice(start, start + n) }]);
        expect(largest(logits!, await whole(model, ids.slice(0, start + n)))).toBeLessThan(1e-5);
        expect(session.length(0)).toBe(start + n);
      }
      session.dispose();
    }
  });
});

describe("one engine", () => {
  beforeEach(() => useEngine("reference"));

  test("logits of every position, (n, vocabSize)", async () => {
    const model = make();
    const session = model.session();
    await session.step([{ row: 0, ids: [3, 1] }]);
    const [logits] = await session.step([{ row: 0, ids: Uint32Array.of(4, 1, 5) }], { logits: "all" });
    const expected = await model.forward(tensor([3, 1, 4, 1, 5], [1, 5], "int32")).data();
    expect(largest(logits!, expected.slice(2 * V))).toBeLessThan(1e-6);
  });

  test("up to stepLimit several ids get what they get one by one, also where angles change", async () => {
    const model = make(configs["longrope"]);
    const [alone, together] = [model.session(), model.session()];
    expect(make().session().stepLimit(0)).toBe(8);
    const text = idsOf(1, 20);
    let at = 0;
    const limits: number[] = [];
    while (at < text.length) {
      limits.push(together.stepLimit(0));
      const ids = text.slice(at, at + Math.min(6, limits.at(-1)!));
      const [all] = await together.step([{ row: 0, ids }], { logits: "all" });
      for (const [t, id] of ids.entries()) {
        const [own] = await alone.step([{ row: 0, ids: [id] }]);
        expect(all!.subarray(t * V, (t + 1) * V)).toEqual(own);
      }
      at += ids.length;
    }
    expect(limits).toEqual([9, 3, 31, 25]);
  });

  test("a fork has the text of its row, and then its own", async () => {
    const model = make();
    const session = model.session();
    await session.step([{ row: 0, ids: [3, 1, 4] }]);
    const forks = [session.fork(0), session.fork(0)];
    expect(forks).toEqual([1, 2]);
    expect(session.rows).toEqual([0, 1, 2]);
    const [a, b] = await session.step([
      { row: 1, ids: [7] },
      { row: 2, ids: [5, 9] },
    ]);
    expect(a).toEqual(await whole(model, [3, 1, 4, 7]));
    expect(b).toEqual(await whole(model, [3, 1, 4, 5, 9]));
    const [c] = await session.step([{ row: 0, ids: [1] }]);
    expect(c).toEqual(await whole(model, [3, 1, 4, 1]));
    const empty = session.fork(session.add());
    expect(session.length(empty)).toBe(0);
  });

  test("truncate goes back, in one row", async () => {
    const model = make();
    const session = model.session(2);
    await session.step([
      { row: 0, ids: [3, 1, 7, 7, 7] },
      { row: 1, ids: [5] },
    ]);
    session.truncate(0, 2);
    expect([session.length(0), session.length(1)]).toEqual([2, 1]);
    const [logits] = await session.step([{ row: 0, ids: [4, 1] }]);
    expect(logits).toEqual(await whole(model, [3, 1, 4, 1]));
    expect(() => session.truncate(0, 5)).toThrow("row 0 to 5: it holds 4 positions");
    expect(() => session.truncate(0, -1)).toThrow(RangeError);
  });

  test("a freed row leaves its place, but not its number, to the next", async () => {
    const model = make();
    const session = model.session(2);
    await session.step([
      { row: 0, ids: [3, 1, 4] },
      { row: 1, ids: [5, 9] },
    ]);
    const held = engine().memory.bytes;
    session.free(0);
    expect(session.rows).toEqual([1]);
    const next = session.add();
    expect(next).toBe(2);
    const [a, b] = await session.step([
      { row: 1, ids: [2] },
      { row: next, ids: [6, 5] },
    ]);
    expect(engine().memory.bytes).toBe(held);
    expect(a).toEqual(await whole(model, [5, 9, 2]));
    expect(b).toEqual(await whole(model, [6, 5]));
    expect(() => session.length(0)).toThrow("row 0 is not open; these are: 1, 2");
    await expect(session.step([{ row: 0, ids: [1] }])).rejects.toThrow(SessionError);
  });

  test("rows that pause, or were freed, cost nothing", async () => {
    const model = make(configs["llama"]);
    const session = model.session(8);
    await session.step(session.rows.map((row) => ({ row, ids: idsOf(row, 12) })));
    const alone = model.session();
    await alone.step([{ row: 0, ids: idsOf(3, 12) }]);
    session.free(5);
    const work = async (step: () => Promise<unknown>) =>
      (await profile(step)).kernels.map(({ kernel, calls, flops }) => `${kernel} ${calls} ${flops}`).sort();
    expect(await work(() => session.step([{ row: 3, ids: [1] }]))).toEqual(
      await work(() => alone.step([{ row: 0, ids: [1] }])),
    );
  });

  test("rows with one id each are one call of every kernel", async () => {
    const model = make(configs["llama"]);
    const session = model.session(6);
    for (const row of session.rows) await session.step([{ row, ids: idsOf(row, 2 + row) }]);
    const calls = async (rows: number[]) => {
      const { kernels } = await profile(() => session.step(rows.map((row) => ({ row, ids: [1] }))));
      return kernels.map(({ kernel, calls }) => `${kernel} ${calls}`).sort();
    };
    expect(await calls(session.rows)).toEqual(await calls([0]));
  });

  test("past blockSize is a typed error that leaves the session as it was", async () => {
    const model = make();
    const session = model.session(2);
    await session.step([{ row: 0, ids: ids.slice(0, 7) }]);
    const both = [
      { row: 1, ids: [1] },
      { row: 0, ids: [2, 6] },
    ];
    await expect(session.step(both)).rejects.toThrow(ContextLengthError);
    await expect(session.step(both)).rejects.toThrow("blockSize = 8");
    expect([session.length(0), session.length(1)]).toEqual([7, 0]);
    const [logits] = await session.step([{ row: 0, ids: [6] }]);
    expect(logits).toEqual(await whole(model, ids));
  });

  test("what cannot be taken in is refused", async () => {
    const session = make().session(2);
    const refused = (entries: unknown, options?: object) =>
      expect(session.step(entries as never, options)).rejects;
    await refused([{ row: 0, ids: [] }]).toThrow("row 0 is given no ids");
    await refused([
      { row: 0, ids: [1] },
      { row: 1, ids: [1, V] },
    ]).toThrow(TokenIdError);
    await refused([{ row: 1, ids: [1, -1] }]).toThrow("id -1 at index 1 of row 1");
    await refused([
      { row: 0, ids: [1] },
      { row: 0, ids: [2] },
    ]).toThrow("twice");
    await refused([{ row: 2, ids: [1] }]).toThrow("row 2 is not open; these are: 0, 1");
    await refused([{ row: 0 }]).toThrow("entry 0 of step needs the option ids");
    await refused({ row: 0, ids: [1] }).toThrow(OptionsError);
    await refused([{ row: 0, ids: [1] }], { logit: "all" }).toThrow('did you mean "logits"?');
    await refused([{ row: 0, ids: [1] }], { logits: "every" }).toThrow('"last" or "all"');
    expect([session.length(0), session.length(1)]).toEqual([0, 0]);
    expect(await session.step([])).toEqual([]);
    expect(() => make().session(-1)).toThrow("rows of session is -1");
    session.dispose();
    session.dispose();
    await refused([{ row: 0, ids: [1] }]).toThrow("disposed");
    expect(() => session.add()).toThrow(SessionError);
  });

  test("one step at a time; dispose ends the one that is under way", async () => {
    const model = make();
    const before = engine().memory.bytes;
    const session = model.session();
    const step = session.step([{ row: 0, ids }]);
    await expect(session.step([{ row: 0, ids: [1] }])).rejects.toThrow("under way");
    for (const change of [() => session.truncate(0, 0), () => session.fork(0), () => session.free(0)]) {
      expect(change).toThrow(SessionError);
    }
    session.dispose();
    await expect(step).rejects.toThrow("disposed");
    expect(engine().memory.bytes).toBe(before);
  });

  test("cache() answers the keys and values of a row", async () => {
    const model = make(configs["llama"]);
    const session = model.session(2);
    await session.step([
      { row: 1, ids: [3, 1, 4] },
      { row: 0, ids: [5] },
    ]);
    const { k, v, shape } = await session.cache(1, 1);
    expect(shape).toEqual([3, 2, 4]);
    expect([k.length, v.length]).toEqual([24, 24]);
    let qkv: Promise<ArrayLike<number>> | undefined;
    model.forward(tensor([3, 1, 4], [1, 3], "int32"), {
      capture: (name, each) => {
        if (name === "h.1.attn.c_attn") qkv = each.data();
      },
    });
    const all = Float32Array.from((await qkv)!); // (3, 16 | 8 | 8)
    for (let t = 0; t < 3; t++) {
      expect(v.slice(8 * t, 8 * t + 8)).toEqual(all.slice(32 * t + 24, 32 * t + 32));
    }
    expect(k.slice(0, 8)).toEqual(all.slice(16, 24)); // position 0 is not turned
    expect(k.slice(8, 16)).not.toEqual(all.slice(48, 56));
    expect((await session.cache(0, session.add())).shape).toEqual([0, 2, 4]);
    await expect(session.cache(2, 0)).rejects.toThrow("no layer 2");
  });
});

describe("memory", () => {
  beforeEach(() => useEngine(referenceEngine()));

  test("the cache of GPT-2 124M's shape grows with its text, never above the block", () => {
    const [nLayer, blockSize, width] = [12, 1024, 768];
    const cache = new KvCache({ nLayer, blockSize }, width);
    const bytes = (slots: number, positions: number) => {
      for (let layer = 0; layer < nLayer; layer++) cache.roomFor(layer, slots, positions, []);
      return engine().memory.bytes / (2 * nLayer * width * 4);
    };
    expect(engine().memory.bytes).toBe(0);
    expect(bytes(1, 1)).toBe(16);
    expect(bytes(1, 17)).toBe(32);
    expect(bytes(1, 600)).toBe(600);
    expect(bytes(1, 601)).toBe(1024);
    expect(bytes(1, 1024)).toBe(1024);
    cache.clear();
    expect(bytes(3, 100)).toBe(300);
    expect(bytes(4, 100)).toBe(600);
    cache.clear();
    expect(engine().memory.bytes).toBe(0);
  });

  test.each([1, 20, 40])(
    "a cache whose rows reach %i positions, as was said, keeps within its bytes",
    async (positions) => {
      const model = make({ blockSize: 64, nLayer: 3 });
      const read = async (options: { positions?: number }) => {
        const before = engine().memory.bytes;
        const session = model.session(3, options);
        let most = 0;
        for (let t = 0; t < positions; t++) {
          await session.step(session.rows.map((row) => ({ row, ids: [t % V] })));
          most = Math.max(most, engine().memory.bytes - before);
        }
        const [logits] = await session.step([{ row: session.add(), ids: [1] }]);
        session.dispose();
        return { most, logits };
      };
      const { most, logits } = await read({ positions });
      const all = model.cacheBytes(3, positions);
      expect(most).toBe((all / 4) * 3); // without the layer that grows
      const { most: doubled, logits: same } = await read({});
      expect(doubled).toBeGreaterThan(most);
      expect(logits).toEqual(same);
    },
  );

  test("a row that goes beyond the positions that were said has room", async () => {
    const model = make({ blockSize: 64 });
    const [few, many] = [model.session(1, { positions: 2 }), model.session(1)];
    const texts = await Promise.all(
      [few, many].map((session) => session.step([{ row: 0, ids: idsOf(1, 5) }])),
    );
    expect(texts[0]).toEqual(texts[1]);
    expect(() => model.session(1, { positions: 0 })).toThrow("positions of session is 0");
    few.dispose();
    many.dispose();
  });

  test("a session's memory is its text's; the last row that is freed gives it back", async () => {
    const model = make({ blockSize: 64 });
    await model.session().step([{ row: 0, ids: [1] }]);
    const before = engine().memory.bytes;
    const session = model.session();
    expect(engine().memory.bytes).toBe(before);
    const position = 2 * 2 * 8 * 4;
    await session.step([{ row: 0, ids: idsOf(1, 5) }]);
    expect(engine().memory.bytes - before).toBe(16 * position);
    await session.step([{ row: 0, ids: idsOf(1, 25) }]);
    expect(engine().memory.bytes - before).toBe(32 * position);
    session.fork(0);
    expect(engine().memory.bytes - before).toBe(64 * position);
    session.free(0);
    session.free(1);
    expect(engine().memory.bytes).toBe(before);
  });

  test.each([0, 1, 2, 3])(
    "out of memory after some allocations: the session is as it was, %i",
    async (where) => {
      const model = make({ blockSize: 64 });
      const session = model.session(2);
      const first = idsOf(1, 14);
      await session.step([
        { row: 0, ids: first },
        { row: 1, ids: [5] },
      ]);
      const before = engine().memory;
      const [bytes, allocations] = [before.bytes, before.allocations];
      const on = engine();
      const { allocate } = on;
      const longer = [{ row: 0, ids: idsOf(2, 9) }];
      let left = 5 + 12 * where;
      on.allocate = (length, dtype) => {
        if (left-- <= 0) throw new OutOfMemoryError("no more");
        return allocate.call(on, length, dtype);
      };
      try {
        await expect(session.step(longer)).rejects.toThrow(OutOfMemoryError);
        left = 3;
        expect(() => session.fork(0)).toThrow(OutOfMemoryError);
      } finally {
        on.allocate = allocate;
      }
      expect([session.length(0), session.length(1)]).toEqual([14, 1]);
      expect(session.rows).toEqual([0, 1]);
      const grown = engine().memory;
      expect(grown.allocations).toBe(allocations); // a layer may have grown, nothing else is left
      expect(grown.bytes).toBeLessThanOrEqual(3 * bytes);
      const [logits] = await session.step(longer);
      expect(logits).toEqual(await whole(model, [...first, ...idsOf(2, 9)]));
    },
  );
});
