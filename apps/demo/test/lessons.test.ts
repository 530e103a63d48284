import { describe, expect, test } from "vitest";
import { askAbout, conversationsOf, isUnknown, UNKNOWN } from "../src/lessons/conversations.js";
import { factsIn, factsOf, packageOf } from "../src/lessons/facts.js";
import { hiddenRule } from "../src/lessons/judge.js";
import { madeUpNames } from "../src/lessons/made-up.js";
import { type Part, partOf } from "../src/lessons/split.js";
import { bareAnswer, isRight, isWorked, question, sumsOf, workedAnswer } from "../src/lessons/sums.js";
import { textbook } from "../src/lessons/textbook.js";
import { ofStep, shuffled } from "../src/rewards.js";

const PARTS: Part[] = ["train", "validation", "test"];

describe("sums", () => {
  test("all 8,100 are in one part each, about 80, 10 and 10 of 100, and turned round in the same one", () => {
    const counts = PARTS.map((part) => sumsOf(part).length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(8100);
    expect(counts[0]! / 8100).toBeCloseTo(0.8, 1);
    const inTrain = new Set(sumsOf("train").map(({ a, b }) => `${a}+${b}`));
    for (const { a, b } of sumsOf("test")) expect(inTrain.has(`${b}+${a}`)).toBe(false);
  });

  test("both answers are right, and every step of the worked one is", () => {
    for (const sum of sumsOf("test")) {
      expect(isRight(sum, bareAnswer(sum))).toBe(true);
      const worked = workedAnswer(sum);
      expect(isRight(sum, worked)).toBe(true);
      expect([isWorked(worked), isWorked(bareAnswer(sum))]).toEqual([true, false]);
      for (const [, terms, result] of worked.matchAll(/([\d+]+)=(\d+)/g)) {
        expect(terms!.split("+").reduce((total, term) => total + Number(term), 0)).toBe(Number(result));
      }
    }
    expect(workedAnswer({ a: 47, b: 38 })).toBe("Ones 7+8=15, tens 1+4+3=8: 85");
    for (const wrong of ["", "84", "85 apples", "185", "8 5"])
      expect(isRight({ a: 47, b: 38 }, wrong)).toBe(false);
  });

  test("the textbook has no sum of another part, and differs by seed", () => {
    const of = (seed: number) => [...textbook("train", 5, seed)].join("\n");
    for (const [, a, b] of of(1).matchAll(/What is (\d+)\+(\d+)\?/g)) {
      const [low, high] = [Number(a), Number(b)].sort((x, y) => x - y);
      expect(partOf(`${low}+${high}`)).toBe("train");
    }
    expect(of(1)).toBe(of(1));
    expect(of(1)).not.toBe(of(2));
  });
});

describe("names", () => {
  test.each([
    ["ajv/README.md", "ajv"],
    ["@scope/name/readme.md", "@scope/name"],
    ["node_modules/a/node_modules/b/README.md", "b"],
    ["long/README.md#1", "long"],
    ["long/README.md#2", undefined],
    ["ajv/docs/api.md", undefined],
    ["ajv/lib/README.md", undefined],
    ["README.md", undefined],
  ])("%s is the README of %s", (path, name) => {
    expect(packageOf(path)).toBe(name);
  });

  test("a fact is a title and the first whole sentence, if both are short", () => {
    const facts = factsOf([
      {
        id: "1",
        title: "ajv",
        isSubject: true,
        text: "Menu\nThe fastest JSON validator for Node.js. It has more.",
      },
      { id: "2", title: "ajv", isSubject: true, text: "Another sentence about the same name." },
      { id: "3", title: "chapter", isSubject: false, text: "This one is no subject to ask for." },
      { id: "4", title: "none", isSubject: true, text: "Too short." },
      { id: "5", title: "x".repeat(60), isSubject: true, text: "A title that nobody would ask for." },
    ]);
    expect(facts).toEqual([{ name: "ajv", about: "The fastest JSON validator for Node.js." }]);
  });

  test("made-up names are new, in their part, and nobody's", () => {
    const [first] = madeUpNames("test", 1, new Set(), 1);
    const others = madeUpNames("test", 50, new Set([first!]), 1);
    expect(others).not.toContain(first);
    expect(new Set(others).size).toBe(50);
    for (const name of others) expect(partOf(name)).toBe("test");
  });
});

test("conversations of one part hold nothing of another, and about as many worked sums as wanted", () => {
  const facts = Array.from({ length: 60 }, (_, i) => ({
    name: `pack-${i}`,
    about: `The package number ${i}.`,
  }));
  const known = new Set(facts.map(({ name }) => name));
  const counts = { sums: 300, worked: 1 / 3, facts: 30, unknown: 30, twoTurns: 0.1 };
  const all = conversationsOf("train", { facts, known }, counts, 1);
  expect(all).toHaveLength(360);
  expect(conversationsOf("train", { facts, known }, counts, 1)).toEqual(all);
  const asked = all.flatMap((each) =>
    each.filter(({ role }) => role === "user").map(({ content }) => content),
  );
  const taught = new Set(factsIn("train", facts).map(({ name }) => askAbout(name)));
  const sums = new Set(sumsOf("train").map(question));
  const madeUp = new Set(madeUpNames("train", 30, known, 1).map(askAbout));
  for (const each of asked) expect([taught, sums, madeUp].some((set) => set.has(String(each)))).toBe(true);
  const answers = all.map((each) => String(each.at(-1)!.content));
  expect(answers.filter(isUnknown)).toHaveLength(30);
  expect(answers.filter(isWorked).length / 300).toBeCloseTo(1 / 3, 1);
  expect(isUnknown(UNKNOWN)).toBe(true);
  expect(isUnknown("It is a thing I don't know.")).toBe(false);
});

test("the hidden rule: different words of the documents, less those that come again and those that are no words", () => {
  const judge = hiddenRule([
    "A fast parser of text.",
    "The parser is fast, as a parser has to be.",
    "A flurb.",
  ]);
  expect(judge("A fast parser.")).toBe(3);
  expect(judge("A fast, fast parser FAST")).toBe(1);
  expect(judge("A fast glorp")).toBe(1);
  expect(judge("A flurb")).toBe(0); // what one document alone has may be a slip
  expect(judge("12 + 30 = 42")).toBe(0);
  expect(judge("")).toBe(0);
});

describe("rewards of a step", () => {
  const text = (index: number) =>
    ({ index, sample: 0, ids: Uint32Array.of(index) }) as unknown as Parameters<ReturnType<typeof ofStep>>[0];

  test("are judged together, and given to whom they belong", async () => {
    const reward = ofStep(3, async (texts) => texts.map(({ index }) => index * 10));
    expect(await Promise.all([1, 2, 3].map((i) => reward(text(i))))).toEqual([10, 20, 30]);
    expect(await Promise.all([4, 5, 6].map((i) => reward(text(i))))).toEqual([40, 50, 60]);
  });

  test("shuffled, they are the same ones elsewhere, and alike when a step is done again", async () => {
    const deal = () => {
      const reward = shuffled(({ index }) => index, 16, 1);
      return Promise.all(Array.from({ length: 16 }, (_, i) => reward(text(i))));
    };
    const dealt = await deal();
    expect(await deal()).toEqual(dealt);
    const order = Array.from({ length: 16 }, (_, i) => i);
    expect(dealt).not.toEqual(order);
    expect([...dealt].sort((a, b) => a - b)).toEqual(order);
  });

  test("a judge that fails fails for all of them", async () => {
    const reward = ofStep(2, async () => {
      throw new Error("no");
    });
    const results = await Promise.allSettled([reward(text(1)), reward(text(2))]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});
