import { Gpt } from "@llm/gpt";
import {
  complete,
  distribution,
  InvalidOptionError,
  type LogitsModel,
  logProbability,
  type SampleBatchOptions,
  type SamplingParams,
  sampleBatch,
} from "@llm/sample";
import { engine, referenceEngine, useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { History } from "../../src/history.js";
import { bytes, model } from "../models.js";

beforeAll(() => useEngine(referenceEngine()));

const V = 12;
/** Logits that depend on every id of the row and on where it stands. */
const noisy = (blockSize = 64) =>
  model(
    (context) => {
      const sum = context.reduce((sum, id, i) => (sum * 31 + id * (i + 1)) % 1009, 7);
      return Float32Array.from({ length: V }, (_, id) => Math.sin(id * 12.9 + sum));
    },
    { vocabSize: V, blockSize },
  );
const prompts = [[1], [2, 3, 4], [5, 6], [1, 2, 3, 4, 5]];
const small = { ...bytes, vocabSize: V };

describe("texts", () => {
  test.each([1, 3, 5, 64])(
    "are those of complete, %i at a time, with the model's log-probabilities",
    async (maxRows) => {
      const options = { maxTokens: 10, seed: -4, stopIds: [0], temperature: 1.5, repetitionPenalty: 1.3 };
      const samples = await sampleBatch(noisy(), prompts, { ...options, samples: 3, maxRows });
      expect(samples.map(({ prompt, sample }) => [prompt, sample])).toEqual(
        prompts.flatMap((_, prompt) => [0, 1, 2].map((sample) => [prompt, sample])),
      );
      for (const [row, { prompt, ids, logprobs, finishReason, stoppedBy, forced }] of samples.entries()) {
        const one = await complete(noisy(), small, prompts[prompt]!, { ...options, row });
        expect({ ids, logprobs, finishReason, stoppedBy }).toEqual({
          ids: one.ids,
          logprobs: one.logprobs,
          finishReason: one.finishReason,
          stoppedBy: one.stoppedBy,
        });
        expect(forced).toEqual(new Uint8Array(ids.length));
      }
      expect(new Set(samples.map(({ finishReason }) => finishReason))).toEqual(new Set(["stop", "length"]));
    },
  );

  test("of a Gpt do not depend on what else is in the batch", async () => {
    const on = Gpt.create({ vocabSize: V, blockSize: 32, nLayer: 2, nHead: 2, nEmbd: 16 }, { seed: 1 });
    const before = { ...engine().memory };
    const options = { maxTokens: 8, stopIds: [0] };
    const all = await sampleBatch(on, prompts, { ...options, samples: 4 });
    for (const [row, whole] of all.entries()) {
      const [one] = await sampleBatch(on, [prompts[whole.prompt]!], { ...options, row });
      expect(one).toEqual({ ...whole, prompt: 0, sample: 0 });
    }
    expect({ ...engine().memory }).toMatchObject({ allocations: before.allocations, bytes: before.bytes });
    on.dispose();
  });

  test("of a Gpt on wasm are the same to the bit, and leave no memory", async () => {
    await useEngine("wasm", { threads: 1 });
    try {
      const on = Gpt.create({ vocabSize: 40, blockSize: 32, nLayer: 2, nHead: 2, nEmbd: 16 }, { seed: 1 });
      const { bytes: before } = engine().memory;
      const options = { maxTokens: 8, stopIds: [0] };
      const all = await sampleBatch(on, prompts, { ...options, samples: 4 });
      expect(engine().memory.bytes).toBe(before);
      for (const [row, { prompt, ids, logprobs }] of all.entries()) {
        const [one] = await sampleBatch(on, [prompts[prompt]!], { ...options, row });
        expect({ ids: one!.ids, logprobs: one!.logprobs }).toEqual({ ids, logprobs });
      }
      on.dispose();
    } finally {
      await useEngine(referenceEngine());
    }
  });

  test("end where the block does", async () => {
    const [one, other] = await sampleBatch(
      noisy(8),
      [
        [1, 2, 3],
        [1, 2, 3, 4, 5, 6, 7, 8],
      ],
      {
        maxTokens: 20,
        stopIds: [],
      },
    );
    expect([one!.ids.length, one!.finishReason]).toEqual([6, "context"]);
    expect([other!.ids.length, other!.finishReason]).toEqual([1, "context"]);
  });

  test("end at the model's own end token", async () => {
    const on = { ...noisy(), config: { endOfText: 3 } };
    const samples = await sampleBatch(on, [[1]], { maxTokens: 50, samples: 8 });
    expect(samples.every(({ stoppedBy }) => stoppedBy === 3)).toBe(true);
    expect(samples.every(({ ids }) => ids.at(-1) === 3 && ids.indexOf(3) === ids.length - 1)).toBe(true);
  });

  test("have no ids from vocabSize on, and their log-probabilities stay the model's", async () => {
    const samples = await sampleBatch(noisy(), [[1]], {
      maxTokens: 20,
      samples: 8,
      vocabSize: 5,
      stopIds: [],
    });
    for (const { ids, logprobs, samplingLogprobs } of samples) {
      expect(Math.max(...ids)).toBeLessThan(5);
      for (const [t, logprob] of logprobs.entries()) expect(logprob).toBeLessThan(samplingLogprobs[t]!);
    }
  });
});

describe("log-probabilities", () => {
  test.each<SamplingParams>([
    {},
    { temperature: 0.5 },
    { temperature: 0 },
    { topK: 3, temperature: 1.5 },
    { frequencyPenalty: 0.7, presencePenalty: 0.4, minP: 0.05 },
  ])("of the model and of the distribution drawn from: %j", async (params) => {
    const on = noisy();
    const samples = await sampleBatch(on, prompts, { maxTokens: 6, samples: 2, stopIds: [], ...params });
    for (const { prompt, ids, logprobs, samplingLogprobs } of samples) {
      const context = [...prompts[prompt]!];
      for (const [t, id] of ids.entries()) {
        const session = on.session();
        const [logits] = await session.step([{ row: 0, ids: context }]);
        expect(logprobs[t]).toBe(logProbability(logits!, id));
        const history = { prompt: prompts[prompt]!, output: ids.slice(0, t) };
        const drawn = distribution(logits!, params, history);
        expect(samplingLogprobs[t]).toBe(Math.log(drawn.probabilities[drawn.ids.indexOf(id)]!));
        if (Object.keys(params).length === 0) expect(samplingLogprobs[t]).toBeCloseTo(logprobs[t]!, 12);
        context.push(id);
      }
    }
  });
});

describe("forced tokens", () => {
  /** What each text is when its forced places are part of the context of the others. */
  const check = async (on: LogitsModel, options: SampleBatchOptions) => {
    const samples = await sampleBatch(on, prompts, options);
    for (const [row, { prompt, ids, forced, logprobs }] of samples.entries()) {
      for (const [t, id] of ids.entries()) {
        if (forced[t]) {
          expect(logprobs[t]).toBe(0);
          continue;
        }
        // What is drawn at a place is what is drawn behind all that stands before it, forced or not.
        const context = [...prompts[prompt]!, ...ids.slice(0, t)];
        const one = await complete(on, small, context, {
          maxTokens: 1,
          row,
          stopIds: [],
          seed: options.seed ?? 0,
        });
        expect(one.ids[0]).toBe(id);
        expect(one.logprobs[0]).toBe(logprobs[t]);
      }
    }
    return samples;
  };

  test.each([1, 2, 64])("a tool's answer behind its call, %i rows at a time", async (maxRows) => {
    const asked: number[][] = [];
    const samples = await check(noisy(), {
      maxTokens: 14,
      samples: 8,
      maxRows,
      stopIds: [0],
      seed: 5,
      forced: ({ ids }) => {
        asked.push([...ids]);
        return ids.at(-1) === 7 ? [10, 0, 9] : undefined;
      },
    });
    let calls = 0;
    for (const { ids, forced, finishReason, stoppedBy } of samples) {
      for (const [t, id] of ids.entries()) {
        if (id !== 7 || forced[t]) continue;
        calls++;
        expect([...ids.slice(t + 1, t + 4)]).toEqual([10, 0, 9].slice(0, ids.length - t - 1));
        expect([...forced.slice(t + 1, t + 4)].every((is) => is === 1)).toBe(true);
      }
      const end = ids.findIndex((id, t) => id === 0 && !forced[t]); // one that is put in ends nothing
      expect([finishReason, stoppedBy]).toEqual(end >= 0 ? ["stop", 0] : ["length", undefined]);
      expect(ids.length).toBe(end >= 0 ? end + 1 : 14);
    }
    expect(calls).toBeGreaterThan(5);
    expect(asked.filter(({ length }) => length === 0)).toHaveLength(32); // once before the first draw of each
  });

  test("a calculator: what it says is put in behind each call, and the model goes on from it", async () => {
    // Calls twice, each time with what it was told before: 2+3=, then 5+3=. Then it says what the second answer was, and ends.
    const calls = /<([0-9]+)\+([0-9]+)=(?:([0-9]+)>)?/g;
    const on = model(
      (context) => {
        const text = bytes.decode(context as number[]);
        const said = [...text.matchAll(calls)].flatMap(([, , , sum]) => (sum === undefined ? [] : [sum]));
        const script = ["<2+3=", `<${said[0]}+3=`, `${said[1]}.`];
        const since = text.slice(text.lastIndexOf(">") + 1).replace("Q", "");
        const logits = new Float32Array(256).fill(-9);
        logits[script[said.length]!.charCodeAt(since.length)] = 9;
        return logits;
      },
      { blockSize: 64 },
    );
    const stopIds = [".".charCodeAt(0)];
    const [sample, other] = await sampleBatch(on, [[...bytes.encode("Q")]], {
      samples: 2,
      maxTokens: 30,
      stopIds,
      forced: ({ ids }) => {
        const call = /<([0-9]+)\+([0-9]+)=$/.exec(bytes.decode(ids as number[]));
        return call && bytes.encode(`${Number(call[1]) + Number(call[2])}>`);
      },
    });
    expect(bytes.decode(sample!.ids)).toBe("<2+3=5><5+3=8>8.");
    expect([...sample!.forced].join("")).toBe("0000011000001100");
    expect(sample!.finishReason).toBe("stop");
    for (const list of [sample!.logprobs, sample!.samplingLogprobs]) {
      expect([...list].every((logprob, i) => (logprob === 0) === (sample!.forced[i] === 1))).toBe(true);
    }
    expect(other!.ids).toEqual(sample!.ids);
  });

  test("lists: an id at its place, -1 for a draw, nothing at all", async () => {
    const forced = [[4, 4, -1, 8], undefined, [-1, -1, 2, 3, 4, 5, 6, 7], new Int32Array(0)];
    const samples = await check(noisy(), { maxTokens: 6, forced, stopIds: [] });
    expect(samples.map(({ forced }) => [...forced].join(""))).toEqual([
      "110100",
      "000000",
      "001111",
      "000000",
    ]);
    expect([...samples[0]!.ids.slice(0, 2), samples[0]!.ids[3]]).toEqual([4, 4, 8]);
    expect([...samples[2]!.ids.slice(2)]).toEqual([2, 3, 4, 5]);
  });

  test("runs are read in one step, also those behind the prompt", async () => {
    const on = noisy();
    await sampleBatch(on, [[1, 2]], { maxTokens: 7, stopIds: [], forced: [[3, 4, 5, -1, 6, 7, -1]] });
    expect(on.log.steps.map(({ length }) => length)).toEqual([2, 3, 3]);
  });

  test("end with the block, and at maxTokens, inside a run", async () => {
    const endless = () => [1, 2, 3];
    const options = { stopIds: [], forced: endless };
    const [full] = await sampleBatch(noisy(8), [[1, 2]], { ...options, maxTokens: 50 });
    expect([full!.ids.length, full!.finishReason]).toEqual([7, "context"]);
    const [long] = await sampleBatch(noisy(), [[1, 2]], { ...options, maxTokens: 5 });
    expect([[...long!.ids], long!.finishReason]).toEqual([[1, 2, 3, 1, 2], "length"]);
  });

  test("promises are awaited, and what the function throws is thrown", async () => {
    const later = (ids: number[]) => new Promise<number[]>((resolve) => setTimeout(() => resolve(ids), 1));
    const options = { maxTokens: 4, stopIds: [], samples: 2 };
    const now = await sampleBatch(noisy(), prompts, {
      ...options,
      forced: ({ ids }) => (ids.length === 1 ? [3] : []),
    });
    expect(
      await sampleBatch(noisy(), prompts, {
        ...options,
        forced: async ({ ids }) => (ids.length === 1 ? later([3]) : []),
      }),
    ).toEqual(now);
    const on = noisy();
    const broken = sampleBatch(on, prompts, {
      ...options,
      forced: ({ prompt, sample }) => {
        if (prompt === 1 && sample === 1) throw new Error("no tool");
      },
    });
    await expect(broken).rejects.toThrow("no tool");
    expect(on.log.disposed).toBe(1);
  });

  test("count for penalties as those of a prompt do", () => {
    for (const window of [2, 3, Number.POSITIVE_INFINITY]) {
      const history = new History([1, 2], window);
      history.force(3);
      history.push(4);
      expect(history.outputCounts).toEqual(new Map([[4, 1]]));
      history.force(4);
      history.force(5);
      history.force(6);
      expect(history.outputCounts).toEqual(window === 2 || window === 3 ? new Map() : new Map([[4, 1]]));
      expect(history.counts.get(6)).toBe(1);
      expect(history.counts.get(3)).toBe(window > 3 ? 1 : undefined);
    }
  });
});

test("an aborted batch throws the signal's reason and frees the session", async () => {
  const on = noisy();
  const abort = new AbortController();
  const onProgress = ({ tokens }: { tokens: number }) => {
    if (tokens > 6) abort.abort(new Error("enough"));
  };
  const run = sampleBatch(on, prompts, { maxTokens: 30, stopIds: [], signal: abort.signal, onProgress });
  await expect(run).rejects.toThrow("enough");
  expect(on.log.disposed).toBe(1);
});

describe("errors", () => {
  test.each<[object, RegExp]>([
    [{}, /sampleBatch needs the option maxTokens/],
    [{ maxTokens: 0 }, /maxTokens of sampleBatch is 0/],
    [{ maxTokens: 4, sample: 3 }, /did you mean "samples"/],
    [{ maxTokens: 4, samples: 2, row: [1, 2, 3] }, /row has 3 numbers; 4 prompts with 2 samples each need 8/],
    [{ maxTokens: 4, row: [1, 2, 3, -1] }, /row\[3\] is -1/],
    [{ maxTokens: 4, forced: [[1]] }, /forced has 1 lists; there are 4 texts/],
    [{ maxTokens: 4, forced: [[1], [99], [], []] }, /forced\[1\] has 99: the model knows ids from 0 to 11/],
    [{ maxTokens: 4, forced: () => [-1] }, /forced answers for prompt 0, sample 0 has -1/],
    [{ maxTokens: 4, forced: () => 3 }, /forced answers for prompt 0, sample 0 is 3/],
    [{ maxTokens: 4, seed: 0.5 }, /seed of sampleBatch is 0.5/],
  ])("%j is refused", async (options, message) => {
    const run = sampleBatch(noisy(), prompts, options as SampleBatchOptions);
    await expect(run).rejects.toThrow(InvalidOptionError);
    await expect(run).rejects.toThrow(message);
  });

  test("prompts are named by their place", async () => {
    const options = { maxTokens: 1 };
    await expect(sampleBatch(noisy(), [[1], []], options)).rejects.toThrow("prompts[1] has no tokens");
    await expect(sampleBatch(noisy(), [[1], [99]], options)).rejects.toThrow("prompts[1] holds id 99");
    await expect(sampleBatch(noisy(3), [[1], [1, 2, 3, 4]], options)).rejects.toThrow("shorten prompts[1]");
    await expect(sampleBatch(noisy(), [3] as never, options)).rejects.toThrow(
      "prompts[0] of sampleBatch is 3",
    );
  });
});
