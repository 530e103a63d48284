import { describe, expect, test } from "vitest";
import { parseArguments, usage } from "../src/arguments.js";
import { DemoError } from "../src/errors.js";
import { defaults } from "../src/settings.js";

describe("commands", () => {
  test("nothing at all runs the demo with its defaults", () => {
    expect(parseArguments([])).toEqual({
      command: "run",
      input: [],
      name: "demo",
      runs: "runs",
      steps: defaults.steps,
      seed: defaults.seed,
      megabytes: defaults.megabytes,
    });
  });

  test("a run of one's own", () => {
    expect(
      parseArguments([
        "--input",
        "a",
        "--input",
        "b.warc.gz",
        "--name",
        "mine",
        "--steps",
        "40",
        "--seed",
        "7",
      ]),
    ).toMatchObject({ command: "run", input: ["a", "b.warc.gz"], name: "mine", steps: 40, seed: 7 });
  });

  test("minutes become steps, the same number everywhere", () => {
    expect(parseArguments(["--minutes", "2"])).toMatchObject({ steps: 2 * defaults.stepsPerMinute });
  });

  test("sample, explain, warc and help", () => {
    expect(parseArguments(["sample", "Once upon", "--temperature", "0"])).toMatchObject({
      command: "sample",
      text: "Once upon",
      temperature: 0,
      tokens: defaults.tokens,
    });
    expect(parseArguments(["explain", "page.html"])).toEqual({ command: "explain", file: "page.html" });
    expect(parseArguments(["warc", "pages", "out.warc.gz"])).toMatchObject({
      folder: "pages",
      output: "out.warc.gz",
    });
    expect(parseArguments(["-h"])).toEqual({ command: "help" });
    for (const option of ["--input", "--name", "--steps", "--minutes", "sample", "explain"])
      expect(usage).toContain(option);
  });
});

test.each([
  [["--steps", "many"], /--steps many: it must be a whole number from 1/],
  [["--steps", ""], /--steps/],
  [["--steps", "1.5"], /whole number/],
  [["--steps", "10", "--minutes", "1"], /one of them/],
  [["--name", "../else"], /--name/],
  [["--name", ""], /--name/],
  [["--stops", "10"], /--stops/],
  [["smaple", "x"], /"smaple" is no command/],
  [["sample"], /a text/],
  [["sample", "a", "b"], /a text/],
  [["sample", "a", "--steps", "1"], /--steps means nothing to "sample"/],
  [["explain"], /a file/],
  [["warc", "only"], /folder/],
])("%j is refused with the way out", (argv, message) => {
  expect(() => parseArguments(argv)).toThrow(DemoError);
  expect(() => parseArguments(argv)).toThrow(message);
});
