import { Readable, Writable } from "node:stream";
import { run as runProgram } from "@llm/platform/command";
import { describe, expect, test } from "vitest";
import { demoProgram } from "../src/commands/program.js";
import { defaults, quick } from "../src/settings.js";

/** What a command line asks for, and what it is answered. */
async function demo(...argv: string[]) {
  const asked: Record<string, unknown>[] = [];
  const note = (command: string) => async (args: object) => void asked.push({ command, ...args });
  const program = demoProgram({
    run: note("run"),
    sample: note("sample"),
    chat: note("chat"),
    serve: note("serve"),
    view: note("view"),
    explain: note("explain"),
    warc: note("warc"),
  });
  const said = { out: "", err: "" };
  const stream = (name: keyof typeof said) =>
    new Writable({
      write(chunk, _, done) {
        said[name] += chunk;
        done();
      },
    });
  const io = { stdin: Readable.from([]), stdout: stream("out"), stderr: stream("err"), env: {} };
  const code = await runProgram(program, argv, { ...io, signal: new AbortController().signal });
  return { code, asked, ...said };
}

const asked = async (...argv: string[]) => {
  const { code, asked, err } = await demo(...argv);
  expect([code, err]).toEqual([0, ""]);
  return asked[0];
};

describe("commands", () => {
  test("nothing at all runs the demo with its defaults", async () => {
    const expected = {
      command: "run",
      input: [],
      name: "demo",
      runs: "runs",
      steps: defaults.steps,
      seed: defaults.seed,
      megabytes: defaults.megabytes,
      quick: false,
      until: "end",
      controls: false,
      rewardModel: false,
      seeds: 1,
    };
    expect(await asked()).toEqual(expected);
    expect(await asked("run")).toEqual(expected);
  });

  test("a run of one's own", async () => {
    const argv = ["--input", "a", "--input", "b.warc.gz", "--name", "mine", "--steps", "40", "--seed", "7"];
    const expected = { command: "run", input: ["a", "b.warc.gz"], name: "mine", steps: 40, seed: 7 };
    expect(await asked(...argv)).toMatchObject(expected);
    expect(await asked("run", ...argv)).toMatchObject(expected);
  });

  test("minutes become steps, the same number everywhere", async () => {
    expect(await asked("--minutes", "2")).toMatchObject({ steps: 2 * defaults.stepsPerMinute });
  });

  test("a quick run is another one, in a folder of its own", async () => {
    expect(await asked("--quick")).toMatchObject({ name: "quick", quick: true, ...quick });
    expect(await asked("--quick", "--name", "mine", "--steps", "7")).toMatchObject({
      name: "mine",
      steps: 7,
    });
  });

  test("how much of the story, and with what", async () => {
    expect(await asked("--until", "base")).toMatchObject({ until: "base" });
    expect(await asked("--controls", "--reward-model", "--seeds", "3")).toMatchObject({
      ...{ controls: true, rewardModel: true, seeds: 3 },
    });
    expect(await asked("--conversations", "chat.jsonl")).toMatchObject({ conversations: "chat.jsonl" });
  });

  test("chat, view and serve", async () => {
    const { name, runs, seed } = defaults;
    const chat = { command: "chat", name, runs, seed, tokens: defaults.chatTokens, temperature: 0 };
    expect(await asked("chat")).toEqual(chat);
    expect(await asked("chat", "What is 1+2?", "--model", "sft")).toEqual({
      ...{ ...chat, question: "What is 1+2?", model: "sft" },
    });
    expect(await asked("view")).toEqual({ command: "view", name, runs, port: defaults.port });
    const serve = { command: "serve", name, runs, host: "127.0.0.1", port: defaults.port };
    expect(await asked("serve")).toEqual(serve);
    expect(await asked("serve", "--port", "0", "--model", "base")).toEqual({
      ...serve,
      port: 0,
      model: "base",
    });
  });

  test("explain asks for no run unless one is named", async () => {
    expect(await asked("explain", "page.html")).toEqual({ command: "explain", file: "page.html" });
  });

  test("sample, explain and warc", async () => {
    expect(await asked("sample", "Once upon", "--temperature", "0")).toEqual({
      command: "sample",
      text: "Once upon",
      name: defaults.name,
      runs: defaults.runs,
      seed: defaults.seed,
      tokens: defaults.tokens,
      temperature: 0,
      topP: defaults.topP,
    });
    expect(await asked("explain", "page.html", "--name", "mine")).toEqual({
      command: "explain",
      file: "page.html",
      name: "mine",
    });
    expect(await asked("warc", "pages", "out.warc.gz")).toEqual({
      command: "warc",
      folder: "pages",
      output: "out.warc.gz",
    });
  });

  test("help names every command and the options of a run", async () => {
    const { code, out, asked } = await demo("--help");
    expect([code, asked]).toEqual([0, []]);
    for (const option of [
      "--input",
      "--quick",
      "--until",
      "--steps",
      "chat",
      "serve",
      "view",
      "sample",
      "explain",
      "warc",
    ])
      expect(out).toContain(option);
    expect((await demo("sample", "-h")).out).toMatch(/^Usage: npm run demo -- sample [\s\S]*--top-p <p>/);
  });
});

test.each([
  [["--steps", "many"], /'--steps <n>' argument 'many' is invalid\. It must be a whole number from 1/],
  [["--steps", ""], /--steps/],
  [["--steps", "1.5"], /whole number/],
  [["--steps", "10", "--minutes", "1"], /'--minutes <m>' cannot be used with option '--steps <n>'/],
  [["--minutes", "0"], /'--minutes <m>' argument '0' is invalid\. It must be a number from 0\.01/],
  [["--name", "../else"], /--name/],
  [["--name", ""], /--name/],
  [["--stops", "10"], /unknown option '--stops'\n\(Did you mean --steps\?\)\n"npm run demo -- run --help"/],
  [["smaple", "x"], /unknown command 'smaple'\n\(Did you mean sample\?\)\n"npm run demo -- --help"/],
  [["sample"], /missing required argument 'text'/],
  [["sample", "a", "b"], /too many arguments for 'sample'/],
  [["sample", "a", "--steps", "1"], /unknown option '--steps'/],
  [
    ["sample", "a", "--top-p", "1.5"],
    /'--top-p <p>' argument '1\.5' is invalid\. It must be a number from 0 to 1/,
  ],
  [["--until", "sft"], /Allowed choices are base, end/],
  [["--seeds", "0"], /'--seeds <n>' argument '0' is invalid/],
  [["chat", "--model", "gpt"], /Allowed choices are base, sft, rl/],
  [["chat", "a", "b"], /too many arguments for 'chat'/],
  [["serve", "--port", "70000"], /'--port <n>' argument '70000' is invalid/],
  [["explain"], /missing required argument 'file'/],
  [["warc", "only"], /missing required argument 'output'/],
])("%j is refused with the way out", async (argv, message) => {
  expect(await demo(...argv)).toEqual({ code: 2, asked: [], out: "", err: expect.stringMatching(message) });
});
