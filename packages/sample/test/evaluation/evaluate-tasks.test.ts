import { InvalidOptionError, type LogitsModel, sampleBatch } from "@llm/sample";
import {
  comparePaired,
  evaluateTasks,
  passAt,
  type TaskAnswer,
  TaskCheckError,
  type TasksResult,
  type VerifiableTask,
} from "@llm/sample/evaluation";
import { describe, expect, test } from "vitest";
import { estimate, estimateShare } from "../../src/evaluation/interval.js";
import golden from "../golden/intervals.json" with { type: "json" };
import { bytes, model } from "../models.js";

describe("pass@k", () => {
  /** The share of all sets of k of n answers, `right` of them right, in which one is right. */
  function counted(k: number, samples: number, right: number): number {
    let [sets, good] = [0, 0];
    for (let set = 0; set < 2 ** samples; set++) {
      const members = [...Array(samples).keys()].filter((i) => set & (1 << i));
      if (members.length !== k) continue;
      sets++;
      if (members.some((i) => i < right)) good++;
    }
    return good / sets;
  }

  test("is what enumeration of all sets gives", () => {
    for (const samples of [1, 2, 5, 8]) {
      for (let right = 0; right <= samples; right++) {
        for (let k = 1; k <= samples; k++) {
          expect(passAt(k, { samples, right })).toBeCloseTo(counted(k, samples, right), 12);
        }
      }
    }
    // Binomials overflow here. The 100 leave out all of the 3 where these are among the other 1,900.
    const missed = (1900 * 1899 * 1898) / (2000 * 1999 * 1998);
    expect(passAt(100, { samples: 2000, right: 3 })).toBeCloseTo(1 - missed, 12);
  });

  test("refuses more than there are", () => {
    expect(() => passAt(3, { samples: 2, right: 1 })).toThrow(/k is 3, and there are 2/);
    expect(() => passAt(1, { samples: 2, right: 3 })).toThrow(/right is 3/);
    expect(() => passAt(0, { samples: 2, right: 1 })).toThrow(InvalidOptionError);
  });
});

describe("intervals are scipy's", () => {
  test.each(golden.shares)("of shares: $name", ({ shares, mean, low, high }) => {
    const own = estimateShare(shares);
    expect(own.mean).toBeCloseTo(mean, 12);
    expect(own.low).toBeCloseTo(low, 4);
    expect(own.high).toBeCloseTo(high, 4);
    for (const each of [own.low, own.high]) expect(each >= 0 && each <= 1).toBe(true);
  });

  test.each(golden.wilson)("Wilson's of $right in $n", ({ right, n, low, high }) => {
    const own = estimateShare(Array.from({ length: n }, (_, i) => Number(i < right)));
    expect(Math.abs(own.low - low)).toBeLessThan(1e-6);
    expect(Math.abs(own.high - high)).toBeLessThan(1e-6);
  });

  test.each(golden.paired)("of differences", ({ a, b, mean, low, high }) => {
    const own = estimate(a.map((value, i) => value - b[i]!));
    expect(own.mean).toBeCloseTo(mean, 12);
    expect(own.low).toBeCloseTo(low, 4);
    expect(own.high).toBeCloseTo(high, 4);
  });

  test("one task tells nothing", () => {
    expect(estimateShare([1])).toEqual({ mean: 1, low: 0, high: 1 });
  });
});

const END = 0;
/** Answers one letter and ends: "a" more often than "b", the less often the larger the prompt's last id is. */
const letters = (): LogitsModel =>
  model(
    (context) => {
      const logits = new Float32Array(256).fill(-50);
      const last = context.at(-1)!;
      if (last < 32) {
        logits[97] = 1.5 - last / 4;
        logits[98] = 0;
      } else logits[END] = 50;
      return logits;
    },
    { blockSize: 8 },
  );
const isA = ({ text }: TaskAnswer) => text === "a";
const tasks = (check: VerifiableTask["check"] = isA): VerifiableTask[] =>
  Array.from({ length: 10 }, (_, i) => ({ prompt: [1 + i], check }));
const options = { tokenizer: bytes, stopIds: [END] };

describe("evaluateTasks", () => {
  test("counts right answers of those that sampleBatch draws, and of the greedy one", async () => {
    const result = await evaluateTasks(letters(), tasks(), { ...options, samples: 6, k: [1, 2, 6], seed: 3 });
    const ids = tasks().map(({ prompt }) => prompt as number[]);
    const drawn = await sampleBatch(letters(), ids, { samples: 6, seed: 3, maxTokens: 9, stopIds: [END] });
    for (const [i, { prompt, right, samples, greedy }] of result.tasks.entries()) {
      expect(prompt).toEqual([1 + i]);
      expect(samples.map((each) => each.ids)).toEqual(
        drawn.filter((each) => each.prompt === i).map((each) => Array.from(each.ids)),
      );
      expect(right).toBe(samples.filter(({ ids }) => ids[0] === 97).length);
      expect(samples.every(({ text, score }) => (text === "a") === (score === 1))).toBe(true);
      expect(greedy).toMatchObject({ text: 1 + i <= 6 ? "a" : "b", score: Number(1 + i <= 6) }); // 1.5 - 6 / 4 is 0: a tie
    }
    expect(result.greedy).toEqual(estimateShare([1, 1, 1, 1, 1, 1, 0, 0, 0, 0]));
    for (const k of [1, 2, 6]) {
      const shares = result.tasks.map(({ right }) => passAt(k, { samples: 6, right }));
      expect(result.passAt[k]).toEqual(estimateShare(shares));
    }
    expect(result.passAt[1]!.mean).toBeLessThan(result.passAt[2]!.mean);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    // A seed draws the same again, and another one others.
    const again = await evaluateTasks(letters(), tasks(), { ...options, samples: 6, k: [1, 2, 6], seed: 3 });
    expect(again).toEqual(result);
    const other = await evaluateTasks(letters(), tasks(), { ...options, samples: 6, k: [1, 2, 6], seed: 4 });
    expect(other.tasks).not.toEqual(result.tasks);
    expect(other.greedy).toEqual(result.greedy);
  });

  test("takes prompts as text, checks that are asynchronous or give a number, and tokens put in", async () => {
    const seen: TaskAnswer[] = [];
    const task: VerifiableTask = {
      prompt: "\u0003",
      async check(answer) {
        seen.push(answer);
        return answer.sample === "greedy" ? 1 : 0.5;
      },
    };
    const result = await evaluateTasks(letters(), [task], {
      ...options,
      samples: 2,
      forced: ({ ids }) => (ids.length === 0 ? [5, 6] : []),
    });
    expect(seen.map(({ task, sample, text }) => [task, sample, text.length])).toEqual([
      [0, "greedy", 3],
      [0, 0, 3],
      [0, 1, 3],
    ]);
    expect(seen.every(({ ids }) => ids[0] === 5 && ids[1] === 6 && ids.at(-1) === END)).toBe(true);
    expect(result.tasks[0]).toMatchObject({ prompt: "\u0003", right: 0, greedy: { score: 1 } });
    expect(result.tasks[0]!.samples.map(({ score }) => score)).toEqual([0.5, 0.5]);
    expect(result.passAt[2]).toEqual({ mean: 0, low: 0, high: 1 });
  });

  test("needs no tokenizer for ids, and an answer's text then says what is missing", async () => {
    const byIds = await evaluateTasks(
      letters(),
      tasks(({ ids }) => ids[0] === 97),
      { stopIds: [END], samples: 2 },
    );
    expect(byIds.tasks[0]!.greedy).toEqual({ ids: [97, END], finishReason: "stop", score: 1 });
    await expect(evaluateTasks(letters(), tasks(), { stopIds: [END] })).rejects.toThrow(/pass a tokenizer/);
    const text = [{ prompt: "a", check: isA }];
    await expect(evaluateTasks(letters(), text, {})).rejects.toThrow(/prompt of tasks\[0\].*tokenizer/);
  });

  const at =
    (task: number, sample: number | "greedy", what: () => unknown): VerifiableTask["check"] =>
    (answer) =>
      (answer.task === task && answer.sample === sample ? what() : true) as boolean;
  const boom = () => {
    throw new RangeError("boom");
  };
  test.each([
    ["throws", boom, /task 3, sample 1, threw: boom/],
    ["rejects", () => Promise.reject(new Error("later")), /task 3, sample 1, threw: later/],
    ["hangs", () => new Promise(() => {}), /task 3, sample 1, gave no answer in 30 ms: raise checkTimeout/],
    ["gives NaN", () => Number.NaN, /task 3, sample 1, gave NaN: it must be true, false or a number/],
    ["gives 2", () => 2, /gave 2/],
    ["gives a promise of a text", async () => "yes", /gave "yes"/],
    ["gives nothing", () => undefined, /gave undefined/],
  ])("names task and sample of a check that %s", async (_, what, message) => {
    const run = evaluateTasks(letters(), tasks(at(3, 1, what)), { ...options, samples: 2, checkTimeout: 30 });
    const error: unknown = await run.catch((error) => error);
    expect(error).toBeInstanceOf(TaskCheckError);
    expect(error).toMatchObject({ task: 3, sample: 1 });
    expect(String(error)).toMatch(message);
  });

  test("names the greedy answer, the first of several faults, and keeps the cause", async () => {
    const error: unknown = await evaluateTasks(letters(), tasks(boom), options).catch((error) => error);
    expect(error).toMatchObject({ task: 0, sample: "greedy", cause: new RangeError("boom") });
    expect(String(error)).toContain("task 0, the greedy answer, threw: boom");
  });

  test("an abort ends it while sampling and while a check hangs", async () => {
    const reason = new Error("enough");
    for (const stage of ["samples", "greedy", "checks"]) {
      const controller = new AbortController();
      const hanging = tasks(() => {
        if (stage === "checks") queueMicrotask(() => controller.abort(reason));
        return new Promise<boolean>(() => {});
      });
      const run = evaluateTasks(letters(), hanging, {
        ...options,
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.stage === stage && progress.done > 0) controller.abort(reason);
        },
      });
      await expect(run).rejects.toBe(reason);
    }
  });

  test("tells how far it is", async () => {
    const told: string[] = [];
    await evaluateTasks(letters(), tasks(), {
      ...options,
      samples: 2,
      onProgress: ({ stage, done, of }) => told.push(`${stage} ${done} of ${of}`),
    });
    expect(told[0]).toBe("samples 0 of 20");
    for (const last of ["samples 20 of 20", "greedy 10 of 10", "checks 30 of 30"])
      expect(told).toContain(last);
    expect(told.at(-1)).toBe("checks 30 of 30");
  });

  test("refuses what it cannot use", async () => {
    const fails = (given: object, message: RegExp, list: readonly unknown[] = tasks()) =>
      expect(evaluateTasks(letters(), list as VerifiableTask[], given)).rejects.toThrow(message);
    await fails({}, /no tasks/, []);
    await fails({}, /tasks\[1\].*check/, [tasks()[0], { prompt: [1] }]);
    await fails({}, /tasks\[0\]/, [null]);
    await fails({}, /tasks\[0\].*no tokens/, [{ prompt: [], check: isA }]);
    await fails({ samples: 2, k: [1, 4] }, /pass@4 needs 4 samples.*are 2/);
    await fails({ checkTimeout: 0 }, /checkTimeout is 0/);
    await fails({ sample: 3 }, /did you mean "samples"/);
    await fails({ row: 3 }, /row/);
    await fails({ forced: [] }, /forced/);
    await fails({ tokenizer: {} }, /encode/);
    await fails({}, /9 positions.*8/, [{ prompt: Array(9).fill(1), check: isA }]);
  });
});

describe("comparePaired", () => {
  /** A result of tasks with so many right samples out of 8, and a right greedy answer where most are. */
  function result(rights: readonly number[]): TasksResult {
    const answer = (score: number) => ({ ids: [score], finishReason: "stop" as const, score });
    const tasks = rights.map((right, i) => ({
      prompt: [i],
      right,
      samples: Array.from({ length: 8 }, (_, s) => answer(Number(s < right))),
      greedy: answer(Number(right > 4)),
    }));
    const none = { mean: 0, low: 0, high: 0 };
    return { passAt: { 1: none, 8: none }, greedy: none, tasks };
  }

  test.each(golden.paired)("is scipy's on known data", ({ a, b, mean, low, high }) => {
    const counts = (shares: readonly number[]) => shares.map((share) => share * 8);
    const { passAt, greedy } = comparePaired(result(counts(a)), result(counts(b)));
    expect(passAt[1]!.mean).toBeCloseTo(mean, 12);
    expect(passAt[1]!.low).toBeCloseTo(low, 4);
    expect(passAt[1]!.high).toBeCloseTo(high, 4);
    const share = (shares: readonly number[], is: (share: number) => boolean) =>
      shares.filter(is).length / shares.length;
    const isSolved = (share: number) => share > 0;
    expect(passAt[8]!.mean).toBeCloseTo(share(a, isSolved) - share(b, isSolved), 12);
    const isBest = (share: number) => share > 0.5;
    expect(greedy.mean).toBeCloseTo(share(a, isBest) - share(b, isBest), 12);
  });

  test("a difference that is the same on hard and easy tasks is told, where two intervals overlap", () => {
    const b = [0, 1, 2, 3, 4, 5, 6, 7, 0, 7];
    const a = b.map((right, i) => right + (i === 3 ? 0 : 1));
    const [own, other] = [a, b].map((rights) => estimateShare(rights.map((right) => right / 8)));
    expect(own!.low).toBeLessThan(other!.high);
    expect(comparePaired(result(a), result(b)).passAt[1]!.low).toBeGreaterThan(0);
  });

  test("takes the k that both have, and refuses other tasks", () => {
    const { passAt: _, ...rest } = result([1, 2]);
    const one = { ...rest, passAt: { 1: { mean: 0, low: 0, high: 0 } } };
    expect(Object.keys(comparePaired(one, result([1, 2])).passAt)).toEqual(["1"]);
    expect(() => comparePaired(result([1, 2]), result([1]))).toThrow(/part at task 1/);
    expect(() => comparePaired(result([1]), result([1, 2]))).toThrow(/part at task 1/);
    const other = result([1, 2]);
    other.tasks[0]!.prompt = "another";
    expect(() => comparePaired(result([1, 2]), other)).toThrow(/part at task 0/);
  });
});
