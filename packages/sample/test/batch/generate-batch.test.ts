import { Gpt } from "@llm/gpt";
import {
  type BatchProgress,
  complete,
  completeBatch,
  type GenerateBatchOptions,
  generateBatch,
  type LogitsModel,
  modelOf,
  sampleBatch,
} from "@llm/sample";
import { engine, referenceEngine, useEngine } from "@llm/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { bytes, model } from "../models.js";

beforeAll(() => useEngine(referenceEngine()));

/** Logits that depend on every id of the row and on where it stands. */
const noisy = (blockSize = 64) =>
  model(
    (context) => {
      const sum = context.reduce((sum, id, i) => (sum * 31 + id * (i + 1)) % 1009, 7);
      return Float32Array.from({ length: 256 }, (_, id) => 3 * Math.sin(id * 12.9 + sum));
    },
    { blockSize },
  );
const tiny = () => Gpt.create({ vocabSize: 256, blockSize: 40, nLayer: 2, nHead: 2, nEmbd: 16 }, { seed: 4 });
const prompts = ["a", "the cat", [1, 2, 3, 4, 5], "xyz", "the cat sat on"] as const;

/** Each text by itself. */
async function alone(on: LogitsModel, options: GenerateBatchOptions): Promise<object[]> {
  const { samples = 1, row = 0, maxRows: _, maxBytes: __, onProgress: ___, ...own } = options;
  const texts: object[] = [];
  for (const [prompt, text] of prompts.entries()) {
    for (let sample = 0; sample < samples; sample++) {
      const index = texts.length;
      const number = typeof row === "number" ? row + index : row[index]!;
      texts.push({ prompt, sample, ...(await complete(on, bytes, text, { ...own, row: number })) });
    }
  }
  return texts;
}

describe("every text is the one that complete writes", () => {
  const settings: Record<string, GenerateBatchOptions> = {
    plain: { maxTokens: 12, seed: 3 },
    "of several samples": { maxTokens: 9, seed: 3, samples: 4, row: 100 },
    "with stop strings, penalties and alternatives": {
      maxTokens: 30,
      stop: ["e", "\u0001", "A"],
      stopIds: [7, 77, 177],
      repetitionPenalty: 1.2,
      frequencyPenalty: 0.3,
      topP: 0.9,
      alternatives: 2,
      samples: 2,
    },
    "to the end of the block": { maxTokens: 100, samples: 2 },
    "beyond the block": { maxTokens: 60, overflow: "slide", samples: 3 },
  };
  for (const [name, options] of Object.entries(settings)) {
    test.each([1, 2, 3, 7, undefined])(`${name}, %s at a time`, async (maxRows) => {
      const on = noisy(24);
      const expected = await alone(noisy(24), options);
      const each = { ...options, ...(maxRows !== undefined && { maxRows }) };
      expect(await completeBatch(on, bytes, prompts, each)).toEqual(expected);
      expect(on.log.disposed).toBe(1);
    });
  }

  test.each([1, 2, 5, undefined])("of a Gpt, %s at a time, and no tensor is left", async (maxRows) => {
    const on = tiny();
    const options = { maxTokens: 12, seed: 5, samples: 2, stopIds: [9, 99, 199] };
    const expected = await alone(on, options);
    const before = { ...engine().memory };
    const each = { ...options, ...(maxRows !== undefined && { maxRows }) };
    expect(await completeBatch(on, bytes, prompts, each)).toEqual(expected);
    expect({ ...engine().memory }).toMatchObject({ allocations: before.allocations, bytes: before.bytes });
    on.dispose();
  });

  test("in any order of the prompts, by their numbers", async () => {
    const options = { maxTokens: 12, seed: 3, maxRows: 2 };
    const expected = await completeBatch(noisy(), bytes, prompts, options);
    const order = [3, 0, 4, 1, 2];
    const texts = await completeBatch(
      noisy(),
      bytes,
      order.map((i) => prompts[i]!),
      { ...options, row: order },
    );
    for (const [i, text] of texts.entries()) expect(text).toEqual({ ...expected[order[i]!]!, prompt: i });
  });
});

test("events come text by text, and their texts are those that are collected", async () => {
  const texts = ["", "", "", ""];
  for await (const { prompt, sample, text } of generateBatch(noisy(), bytes, ["ab", "c"], {
    samples: 2,
    maxTokens: 9,
  })) {
    texts[2 * prompt + sample] += text;
  }
  const all = await completeBatch(noisy(), bytes, ["ab", "c"], { samples: 2, maxTokens: 9 });
  expect(texts).toEqual(all.map(({ text }) => text));
});

test("a prompt is read once, and rows that are finished are in no step", async () => {
  const on = noisy();
  await completeBatch(on, bytes, ["abcdef"], { samples: 5, maxRows: 3, maxTokens: 4 });
  expect(on.log.steps.filter(({ length }) => length > 1)).toEqual([[...bytes.encode("abcdef")]]);
  expect(on.log.steps).toHaveLength(1 + 5 * 3); // the last token of a text is not read
});

test("texts of one prompt go before the next prompt, and rows are closed when no text waits", async () => {
  const plain = noisy();
  const open: number[] = [];
  const on: LogitsModel = {
    ...plain,
    session(rows, options) {
      const session = plain.session(rows, options);
      const step: typeof session.step = (entries, options) => {
        open.push(session.rows.length);
        return session.step(entries, options);
      };
      return {
        ...session,
        step,
        get rows() {
          return session.rows;
        },
        length: session.length,
      };
    },
  };
  // The first text of all ends at once, and the others after 4 tokens.
  const first = (await complete(noisy(), bytes, "ab")).ids[0]!;
  const texts = await completeBatch(on, bytes, ["ab", "cde"], {
    samples: 2,
    maxRows: 2,
    maxTokens: 4,
    stopIds: [first],
  });
  expect(texts.map(({ ids }) => ids.length)).toEqual([1, 4, 4, 4]);
  // One prompt is read while its second text has a place, and the other one when the first text has ended.
  expect(plain.log.steps.map(({ length }) => length)).toEqual([2, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1]);
  expect(open[0]).toBe(2);
  expect(open.at(-1)).toBe(1);
});

test("no prompts are no texts", async () => {
  expect(await completeBatch(noisy(), bytes, [])).toEqual([]);
});

describe("an end before the end", () => {
  test("leaving the loop frees the session", async () => {
    const on = noisy();
    for await (const _ of generateBatch(on, bytes, prompts)) break;
    expect(on.log.disposed).toBe(1);
  });

  test.each([0, 1, 2, 3, 5])("a signal after %i steps of a Gpt leaves no tensor", async (steps) => {
    const on = tiny();
    const before = { ...engine().memory };
    const abort = new AbortController();
    let count = 0;
    const onProgress = () => {
      if (count++ === steps) abort.abort(new Error("enough"));
    };
    const run = completeBatch(on, bytes, prompts, {
      samples: 2,
      maxRows: 4,
      signal: abort.signal,
      onProgress,
    });
    if (steps === 0) await expect(run).rejects.toThrow("enough");
    else {
      const texts = await run;
      expect(texts.map(({ finishReason }) => finishReason)).toContain("abort");
      expect(texts.at(-1)).toMatchObject({ text: "", finishReason: "abort", prompt: 4, sample: 1 });
      expect(texts[0]!.ids.length).toBeGreaterThan(0);
      const whole = await completeBatch(on, bytes, prompts, { samples: 2, maxRows: 4, maxTokens: 40 });
      expect(whole[0]!.ids.slice(0, texts[0]!.ids.length)).toEqual(texts[0]!.ids);
    }
    expect({ ...engine().memory }).toMatchObject({ allocations: before.allocations, bytes: before.bytes });
    on.dispose();
  });

  test("generateBatch throws the signal's reason, also before it begins", async () => {
    const abort = new AbortController();
    const on = noisy();
    await expect(async () => {
      for await (const _ of generateBatch(on, bytes, prompts, { signal: abort.signal })) {
        abort.abort(new Error("enough"));
      }
    }).rejects.toThrow("enough");
    expect(on.log.disposed).toBe(1);
    const gone = completeBatch(on, bytes, prompts, { signal: AbortSignal.abort(new Error("gone")) });
    await expect(gone).rejects.toThrow("gone");
  });

  test("a model that fails in a step fails the batch, and the session is freed", async () => {
    const on = model((context) => new Float32Array(256).fill(context.length > 5 ? Number.NaN : 0));
    await expect(completeBatch(on, bytes, ["a", "bc"])).rejects.toThrow("logit");
    expect(on.log.disposed).toBe(1);
  });

  test('overflow "error" names the block', async () => {
    const run = completeBatch(noisy(8), bytes, ["abc", "abcdef"], { overflow: "error" });
    await expect(run).rejects.toThrow("9 positions are needed, and the model has 8");
  });
});

describe("memory", () => {
  test("is said before it is taken, and what is said is enough", async () => {
    const on = tiny();
    const before = engine().memory.bytes;
    const said: BatchProgress[] = [];
    let most = 0;
    const onProgress = (progress: BatchProgress) => {
      if (said.length === 0) expect(engine().memory.bytes).toBe(before);
      most = Math.max(most, engine().memory.bytes - before);
      said.push(progress);
    };
    await completeBatch(on, bytes, prompts, { samples: 3, maxTokens: 20, maxRows: 6, onProgress });
    const bytesSaid = on.cacheBytes(6, 14 + 19);
    expect(said[0]).toEqual({ bytes: bytesSaid, rows: 6, texts: 15, finished: 0, open: 0, tokens: 0 });
    expect(said.at(-1)).toEqual({ bytes: bytesSaid, rows: 6, texts: 15, finished: 15, open: 0, tokens: 300 });
    expect(most).toBeGreaterThan(bytesSaid / 2);
    expect(most).toBeLessThanOrEqual(bytesSaid);
    on.dispose();
  });

  test("rows are as many as maxBytes allows", async () => {
    const on = tiny();
    const rows = async (options: GenerateBatchOptions) => {
      const all: number[] = [];
      const onProgress = ({ rows }: BatchProgress) => all.push(rows);
      await completeBatch(on, bytes, prompts, { maxTokens: 3, ...options, onProgress });
      return all[0];
    };
    const maxBytes = on.cacheBytes(3, 16);
    expect(await rows({})).toBe(5);
    expect(await rows({ maxBytes })).toBe(3);
    expect(await rows({ maxBytes: maxBytes - 1 })).toBe(2);
    await expect(rows({ maxBytes, maxRows: 4 })).rejects.toThrow(
      `a cache of 4 rows with 16 positions takes ${on.cacheBytes(4, 16)} bytes, and maxBytes is ${maxBytes}: lower maxRows to 3, `,
    );
    await expect(rows({ maxBytes: 9 })).rejects.toThrow(
      "and maxBytes is 9: lower maxTokens, shorten the prompts",
    );
    on.dispose();
  });

  test("rows are 64, and up to 256 while they take little", async () => {
    const rowsOf = async (cacheBytes: ((rows: number, positions: number) => number) | undefined) => {
      const plain = noisy();
      const opened: (number | undefined)[] = [];
      const session = (rows?: number) => {
        opened.push(rows);
        return plain.session(rows);
      };
      await sampleBatch({ ...plain, session, ...(cacheBytes && { cacheBytes }) }, [[1]], {
        samples: 300,
        maxTokens: 1,
      });
      return opened;
    };
    const MiB = 2 ** 20;
    expect(await rowsOf(undefined)).toEqual([64]);
    expect(await rowsOf((rows) => rows * MiB)).toEqual([64]);
    expect(await rowsOf((rows) => rows * 2 * MiB)).toEqual([64]);
    expect(await rowsOf((rows) => (rows * MiB) / 2)).toEqual([128]);
    expect(await rowsOf((rows) => rows)).toEqual([256]);
  });

  test("a model that does not tell cannot be held to maxBytes", async () => {
    await expect(completeBatch(noisy(), bytes, ["a"], { maxBytes: 1e9 })).rejects.toThrow(
      "maxBytes is set, and the model does not tell its memory",
    );
  });
});

test("a model whose sessions cannot fork is refused by name, and its session closed", async () => {
  const plain = modelOf(() => new Float32Array(256), { vocabSize: 256, blockSize: 9 });
  let disposed = 0;
  const poor = {
    ...plain,
    session: () => ({ ...plain.session(), fork: undefined, dispose: () => disposed++ }),
  } as unknown as LogitsModel;
  await expect(completeBatch(poor, bytes, ["a"])).rejects.toThrow(
    "session of the model is an object, which has no fork()",
  );
  expect(disposed).toBe(1);
});
