import { describe, expect, test } from "vitest";
import { checkKind, checkOptions, type Kinds, nearest } from "../src/options.js";

class CakeError extends Error {
  readonly option: string;

  constructor(message: string, option: string) {
    super(message);
    this.option = option;
  }
}
const fail = (message: string, option: string) => new CakeError(message, option);

interface CakeOptions {
  eggs: number;
  minutes?: number;
  topping?: "cream" | "jam";
  layers?: string | readonly string[];
  onRise?: (height: number) => void;
  signal?: AbortSignal;
}

const CAKE: Kinds<CakeOptions> = {
  eggs: "count!",
  minutes: "number",
  topping: ["cream", "jam"],
  layers: "string|array",
  onRise: "function",
  signal: "signal",
};
const bake = (options: unknown) => checkOptions("bake", options as CakeOptions, CAKE, fail);

test.each([
  [{ eggs: 1 }],
  [{ eggs: 3, minutes: 0.5, topping: "jam", layers: "one", onRise: () => {} }],
  [
    {
      eggs: 3,
      layers: ["one", "two"],
      signal: new AbortController().signal,
      minutes: undefined,
      egs: undefined,
    },
  ],
])("%o is taken", (options) => {
  bake(options);
});

test.each([
  [{ eggs: 1, Minutes: 3 }, "Minutes", 'bake has no option "Minutes": did you mean "minutes"?'],
  [{ eggs: 1, min_utes: 3 }, "min_utes", 'did you mean "minutes"'],
  [{ eggs: 1, minuts: 3 }, "minuts", 'did you mean "minutes"'],
  [{ eggs: 1, oven: 3 }, "oven", 'bake has no option "oven": it takes eggs, minutes'],
  [{ eggs: 1, toString: 3 }, "toString", 'bake has no option "toString"'],
  [{ minutes: 3 }, "eggs", "bake needs the option eggs: pass a whole number of at least 1."],
  [{ eggs: undefined }, "eggs", "bake needs the option eggs"],
  [{ eggs: "3" }, "eggs", 'eggs of bake is "3": it must be a whole number of at least 1.'],
  [{ eggs: 0 }, "eggs", "eggs of bake is 0"],
  [{ eggs: 1.5 }, "eggs", "eggs of bake is 1.5"],
  [{ eggs: null }, "eggs", "eggs of bake is null"],
  [{ eggs: 1, minutes: Number.NaN }, "minutes", "minutes of bake is NaN: it must be a number."],
  [{ eggs: 1, topping: "creme" }, "topping", 'did you mean "cream"? it must be "cream" or "jam".'],
  [{ eggs: 1, topping: 3 }, "topping", 'topping of bake is 3: it must be "cream" or "jam".'],
  [{ eggs: 1, layers: 2 }, "layers", "layers of bake is 2: it must be a string or an array."],
  [{ eggs: 1, onRise: {} }, "onRise", "onRise of bake is an object: it must be a function."],
  [
    { eggs: 1, signal: new AbortController() },
    "signal",
    "is an object (AbortController): it must be an AbortSignal",
  ],
  [undefined, "options", "bake needs its options: it takes an object such as { eggs, minutes, topping }."],
  [3, "options", "the options of bake are 3: it takes an object such as"],
  [["eggs"], "options", "the options of bake are an array of 1"],
  [null, "options", "the options of bake are null"],
])("%o is refused, and %s named", (options, name, message) => {
  expect(() => bake(options)).toThrow(expect.objectContaining({ option: name }));
  expect(() => bake(options)).toThrow(message);
  expect(() => bake(options)).toThrow(CakeError);
});

describe("checkKind", () => {
  test("names the argument, and shortens what is long", () => {
    expect(() => checkKind("text of encode", 5, "string", fail)).toThrow(
      "text of encode is 5: it must be a string.",
    );
    expect(() => checkKind("text of encode", 5, "string", fail)).toThrow(
      expect.objectContaining({ option: "text" }),
    );
    expect(() => checkKind("n of f", "x".repeat(1000), "number", fail)).toThrow(/^n of f is "x{40}…"/);
  });
});

test.each([
  ["top_p", "topP"],
  ["batchsize", "batchSize"],
  ["minWord", "minWords"],
  ["gtp2", "gpt2"],
  ["temprature", "temperature"],
  ["x", undefined],
  ["workers", undefined],
])("nearest to %s is %s", (name, known) => {
  expect(nearest(name, ["topK", "topP", "batchSize", "minWords", "gpt2", "gpt2-medium", "temperature"])).toBe(
    known,
  );
});
