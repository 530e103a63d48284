import { complete, type LogitsModel } from "@llm/sample";
import { describe, expect, it } from "vitest";
import { QueueFullError, ReadTimeoutError, ShutDownError } from "../../src/serving/errors.js";
import type { Job } from "../../src/serving/job.js";
import { type JobOptions, Scheduler, type SchedulerOptions } from "../../src/serving/scheduler.js";
import { bytes, model, parrot } from "../models.js";

const SIZES: SchedulerOptions = { rows: 3, keptRows: 3, queue: 100, stepIds: 8 };

/** Logits that depend on every id before, so that a foreign one in a row would change the text. */
const hashing = () =>
  model(
    (context) => {
      let hash = 17;
      for (const id of context) hash = (Math.imul(hash, 31) + id + 1) | 0;
      return Float32Array.from({ length: 256 }, (_, id) => Math.sin(hash + id * 7) * 3);
    },
    { blockSize: 48 },
  );

function serving(model: LogitsModel, sizes: Partial<SchedulerOptions> = {}) {
  return new Scheduler(model, bytes, { ...SIZES, ...sizes });
}

async function idsOf(job: Job): Promise<number[][]> {
  const lists: number[][] = job.texts.map(() => []);
  for await (const { text, event } of job) lists[text.index]!.push(event.id);
  return lists;
}

const alone = async (each: LogitsModel, prompt: string, options: Partial<JobOptions>, row = 0) => {
  const { samples: _, scored: __, ...own } = options;
  return Array.from((await complete(each, bytes, prompt, { ...own, row })).ids);
};

describe("Scheduler", () => {
  it("writes each text as it is written alone, whatever else it writes and keeps", async () => {
    const each = hashing();
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return Math.floor((state / 0x80000000) * below);
    };
    for (const keptRows of [0, 1, 4]) {
      const scheduler = serving(each, { keptRows });
      const prompts = ["ab", "abc", "abcabc", "abcabd", "b", "abcabcabcabcabcabcabcabc", "xyz"];
      const checks = Array.from({ length: 60 }, async (_, i) => {
        for (let wait = random(8); wait > 0; wait--) await new Promise((resolve) => setImmediate(resolve));
        const prompt = prompts[random(prompts.length)]! + "abc".slice(random(4));
        const options = { samples: 1 + random(3), seed: random(3), maxTokens: 1 + random(12) };
        const job = scheduler.submit([prompt], options);
        if (i % 4 === 0) {
          let left = random(4);
          for await (const _ of job) if (left-- === 0) break;
          return;
        }
        for (const [row, ids] of (await idsOf(job)).entries()) {
          expect(ids).toEqual(await alone(each, prompt, options, row));
        }
      });
      await Promise.all(checks);
      await scheduler.idle();
      expect(scheduler.state).toMatchObject({ waiting: 0, open: 0 });
      await scheduler.stop();
    }
  });

  it("reads what a text has in common with another once, and says so", async () => {
    const each = hashing();
    const scheduler = serving(each, { stepIds: 100 });
    const read = async (prompt: string, samples = 1) => {
      each.log.steps.length = 0;
      const job = scheduler.submit([prompt], { samples, maxTokens: 1, seed: 1 });
      await idsOf(job);
      return { cached: job.texts.map(({ cached }) => cached), read: each.log.steps.map((ids) => ids.length) };
    };
    expect(await read("hello you", 3)).toEqual({ cached: [0, 8, 8], read: [9, 1, 1] });
    expect(await read("hello you there")).toEqual({ cached: [9], read: [6] });
    expect(await read("hello you")).toEqual({ cached: [8], read: [1] });
    expect(await read("other")).toEqual({ cached: [0], read: [5] });
    await scheduler.stop();
  });

  it("serves each text a token in a step, and one piece of a prompt", async () => {
    const each = parrot("abcdefgh", 2);
    const scheduler = serving(each);
    const first = scheduler.submit(["ab"], { samples: 1, maxTokens: 12, temperature: 0 });
    const iterator = first[Symbol.asyncIterator]();
    await iterator.next();
    each.log.steps.length = 0;
    const second = scheduler.submit(["x".repeat(20)], { samples: 1, maxTokens: 1 });
    await idsOf(second);
    // While the long prompt is read seven ids at a time, the first text goes on.
    const lengths = each.log.steps.map((ids) => ids.length);
    expect(lengths.filter((length) => length > 1)).toEqual([7, 7, 6]);
    const from = lengths.indexOf(7);
    expect(lengths.slice(from - 1, from + 5)).toEqual([1, 7, 1, 7, 1, 6]);
    await scheduler.stop();
  });

  it("frees the rows of a job that nobody reads any more within a step, and of no other", async () => {
    const each = hashing();
    const scheduler = serving(each, { rows: 2 });
    const left = scheduler.submit(["left"], { samples: 1, maxTokens: 40 });
    const stays = scheduler.submit(["stays"], { samples: 1, maxTokens: 20, seed: 5 });
    const late = scheduler.submit(["late"], { samples: 1, maxTokens: 5, seed: 5 });
    const staying = idsOf(stays);
    for await (const _ of left) break;
    expect(await idsOf(late)).toEqual([await alone(each, "late", { maxTokens: 5, seed: 5 })]);
    expect(await staying).toEqual([await alone(each, "stays", { maxTokens: 20, seed: 5 })]);
    const waiting = scheduler.submit(["a", "b", "c"], { samples: 1, maxTokens: 40 });
    waiting.cancel();
    await scheduler.idle();
    expect(scheduler.state).toMatchObject({ waiting: 0, open: 0 });
    await scheduler.stop();
  });

  it("pauses the rows of a reader who does not read, and of no other", async () => {
    const each = model(
      (context) => Float32Array.from({ length: 256 }, (_, id) => (id + context.length) % 5),
      {
        blockSize: 400,
      },
    );
    const scheduler = serving(each, { rows: 2 });
    const slow = scheduler.submit(["slow"], { samples: 1, maxTokens: 300, seed: 1 });
    const options = { samples: 1, maxTokens: 300, seed: 2 };
    await idsOf(scheduler.submit(["quick"], options));
    await idsOf(scheduler.submit(["another"], options));
    expect(slow.texts[0]!.tokens).toBe(64);
    expect(await idsOf(slow)).toEqual([await alone(each, "slow", { maxTokens: 300, seed: 1 })]);
    await scheduler.stop();
  });

  it("ends the texts of a reader who reads nothing for too long, and gives their row to the next", async () => {
    const each = model(
      (context) => Float32Array.from({ length: 256 }, (_, id) => (id + context.length) % 5),
      {
        blockSize: 400,
      },
    );
    const scheduler = serving(each, { rows: 1, readTimeout: 40 });
    const options = { samples: 1, maxTokens: 150, seed: 1 };
    const silent = scheduler.submit(["silent"], options);
    // It waits for the only row, and its own pauses are shorter.
    const slow = scheduler.submit(["slow"], options);
    const ids: number[] = [];
    for await (const { event } of slow) {
      ids.push(event.id);
      if (ids.length % 60 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(ids).toEqual(await alone(each, "slow", options));
    expect(silent.texts[0]!.tokens).toBe(64);
    const read: number[] = [];
    const reading = (async () => {
      for await (const { event } of silent) read.push(event.id);
    })();
    await expect(reading).rejects.toThrow(ReadTimeoutError);
    expect(read).toHaveLength(64); // what was written is there still
    // One whose tokens are all written, and one that waits for its first, are no such readers.
    const short = scheduler.submit(["short"], { ...options, maxTokens: 64 });
    await scheduler.idle();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await idsOf(short)).toEqual([await alone(each, "short", { ...options, maxTokens: 64 })]);
    await scheduler.stop();
  });

  it("begins texts in the order of coming", async () => {
    const scheduler = serving(hashing(), { rows: 2 });
    const begun: number[] = [];
    const prompts = ["c", "a", "b", "dd", "a", "c"];
    await Promise.all(
      prompts.map(async (prompt, i) => {
        // The first ones take longest, so that others wait for one row.
        let isFirst = true;
        for await (const _ of scheduler.submit([prompt], { samples: 1, maxTokens: 20 - 3 * i })) {
          if (isFirst) begun.push(i);
          isFirst = false;
        }
      }),
    );
    expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
    await scheduler.stop();
  });

  it("refuses what would wait in a full queue, and what comes too late", async () => {
    const scheduler = serving(hashing(), { rows: 1, queue: 2 });
    const options = { samples: 1, maxTokens: 5 };
    const jobs = [1, 2, 3].map(() => scheduler.submit(["a"], options));
    await Promise.resolve();
    expect(() => scheduler.submit(["a"], options)).toThrow(QueueFullError);
    expect(() => scheduler.submit(["a"], { ...options, stop: ["\ud800"] })).toThrow(QueueFullError);
    jobs[1]!.cancel();
    await idsOf(jobs[0]!);
    expect(() => scheduler.submit(["a"], { ...options, stop: ["\ud800"] })).toThrow("well-formed");
    await scheduler.stop();
    await expect(idsOf(jobs[2]!)).rejects.toThrow(ShutDownError);
    expect(() => scheduler.submit(["a"], options)).toThrow(ShutDownError);
  });

  it("tells what the model expected of a prompt, whatever it has kept", async () => {
    const each = hashing();
    const scheduler = serving(each);
    await idsOf(scheduler.submit(["hello you"], { samples: 1, maxTokens: 1 }));
    const job = scheduler.submit(["hello you"], { samples: 1, maxTokens: 1, scored: 2 });
    await idsOf(job);
    const session = each.session(1);
    const ids = Array.from(bytes.encode("hello you"));
    const [logits] = await session.step([{ row: 0, ids }], { logits: "all" });
    const { promptTokens } = job.texts[0]!;
    expect(promptTokens.map(({ id }) => id)).toEqual(ids);
    expect(promptTokens[0]).toMatchObject({ logprob: null, alternatives: null });
    for (let at = 1; at < ids.length; at++) {
      const row = logits!.subarray((at - 1) * 256, at * 256);
      const total = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
      expect(promptTokens[at]!.logprob).toBeCloseTo(row[ids[at]!]! - total, 9);
      expect(promptTokens[at]!.alternatives![0]!.logprob).toBeCloseTo(Math.max(...row) - total, 9);
    }
    await scheduler.stop();
  });

  it("fails the texts that cannot go on, and no others", async () => {
    let broken = false;
    const each = model((context) => {
      if (broken && context[0] === 120) throw new Error("out of memory");
      return new Float32Array(256).fill(context[0] === 110 ? Number.NaN : 0);
    });
    const scheduler = serving(each);
    const fine = idsOf(scheduler.submit(["a"], { samples: 1, maxTokens: 5 }));
    const options = { samples: 1, maxTokens: 5 };
    await expect(idsOf(scheduler.submit(["n"], options))).rejects.toThrow("NaN");
    expect((await fine)[0]).toHaveLength(5);
    broken = true;
    await expect(idsOf(scheduler.submit(["x"], options))).rejects.toThrow("out of memory");
    broken = false;
    expect((await idsOf(scheduler.submit(["x"], options)))[0]).toHaveLength(5);
    await scheduler.stop();
  });
});
