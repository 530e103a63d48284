import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { run } from "@llm/platform/command";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { program } from "../../src/cli/program.js";
import { checkpoints, readJsonl } from "../../src/node/index.js";

const CONFIG = fileURLToPath(new URL("./tiny.config.ts", import.meta.url));
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "llm-train-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  delete process.env["LLM_TRAIN_LR"];
});

/** Runs the command in this process. */
async function trainCommand(
  argv: string[],
  { signal = new AbortController().signal, onError = (_: string) => {} } = {},
) {
  const said = { out: "", err: "" };
  const sink = (name: "out" | "err") =>
    new Writable({
      write(chunk, _, done) {
        said[name] += chunk;
        if (name === "err") onError(String(chunk));
        done();
      },
    });
  const io = { stdin: Readable.from([]), stdout: sink("out"), stderr: sink("err"), env: {}, signal };
  return { code: await run(program, argv, io), ...said };
}

describe("run", () => {
  test("trains, logs and saves; the figures are the last line", async () => {
    const { code, out, err } = await trainCommand([CONFIG, "--out", at("whole"), "--tensorboard", "--json"]);
    expect([code, err.split("\n")[0]]).toEqual([
      0,
      `3,600 parameters, engine reference; begins in ${at("whole")}`,
    ]);
    const result = JSON.parse(out);
    expect(result).toMatchObject({ step: 6, tokens: 192, checkpoint: at("whole/step-00000006") });
    expect(result.evaluation.val).toBeGreaterThan(0);
    expect(err).toContain(`saved: ${at("whole/step-00000006")}\n`);
    const records = (await readJsonl(at("whole/log.jsonl"))) as { step: number; loss: number }[];
    expect(records.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(records[5]!.loss).toBe(result.loss);
    expect(readdirSync(at("whole/events"))).toHaveLength(1);
  });

  test("an interrupt saves, says so, and ends with 130; the same command goes on", async () => {
    const controller = new AbortController();
    const stop = (text: string) => {
      if (text.startsWith("step 3: ")) controller.abort();
    };
    const stopped = await trainCommand(["run", CONFIG, "--out", at("parts")], {
      signal: controller.signal,
      onError: stop,
    });
    expect([stopped.code, stopped.out]).toEqual([130, ""]);
    expect(stopped.err).toMatch(/saved: .*step-00000003\ntrain: stopped\n$/);

    const rest = await trainCommand(["resume", CONFIG, "--out", at("parts"), "--json"]);
    expect(rest.err).toContain(`goes on from step 3 in ${at("parts")}\n`);
    const whole = await trainCommand([CONFIG, "--out", at("one-piece"), "--json"]);
    const { checkpoint: _, ...figures } = JSON.parse(rest.out);
    expect(JSON.parse(whole.out)).toMatchObject(figures);
    expect(((await readJsonl(at("parts/log.jsonl"))) as object[]).length).toBe(6);
  });

  test("flags say otherwise than the file, and the options hear it", async () => {
    const { out, err } = await trainCommand([
      CONFIG,
      "--steps",
      "2",
      "--engine",
      "wasm",
      "--threads",
      "1",
      "--json",
    ]);
    expect(err.split("\n")[0]).toBe("3,600 parameters, engine wasm; nothing is saved without --out");
    expect(JSON.parse(out)).toMatchObject({ step: 2, checkpoint: null });
  });

  test("other settings are refused, and the log stays as it was, unless they are allowed", async () => {
    const argv = [CONFIG, "--out", at("changed"), "--steps"];
    await trainCommand([...argv, "3"]);
    process.env["LLM_TRAIN_LR"] = "0.02";
    const refused = await trainCommand([...argv, "4"]);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('allowChanges: ["lr"]');
    expect(await readJsonl(at("changed/log.jsonl"))).toHaveLength(3);
    const allowed = await trainCommand([...argv, "4", "--allow-changes", "seed,lr"]);
    expect([allowed.code, await readJsonl(at("changed/log.jsonl"))]).toEqual([0, expect.any(Array)]);
    expect(allowed.err).toContain("train: lr at update 0 was 0.01 and is 0.02");
    expect((await trainCommand([...argv, "4", "--allow-changes", "lr"])).err).toContain(
      "step 4 was reached before",
    );
  });

  test("resume begins nothing", async () => {
    const nowhere = await trainCommand(["resume", CONFIG]);
    expect([nowhere.code, nowhere.err.split("\n")[0]]).toEqual([
      2,
      "train: there is no folder to go on from: give --out.",
    ]);
    const empty = await trainCommand(["resume", CONFIG, "--out", at("empty")]);
    expect([empty.code, empty.err]).toEqual([
      2,
      expect.stringContaining(`there is no checkpoint in ${at("empty")}`),
    ]);
  });
});

test("a process of its own, from source, saves at the SIGTERM of a job scheduler", async () => {
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const flags = ["--conditions=@llm/source", "--import", import.meta.resolve("tsx")];
  const child = spawn(process.execPath, [...flags, main, CONFIG, "--steps", "1000000", "--out", at("ended")]);
  let said = "";
  let isAsked = false;
  child.stderr.on("data", (chunk) => {
    said += chunk;
    // Once: the second one would end it at once.
    if (said.includes("step 3: ") && !isAsked) isAsked = child.kill("SIGTERM");
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect([code, said]).toEqual([130, expect.stringMatching(/saved: .*step-\d{8}\ntrain: stopped\n$/)]);
  const snapshot = (await checkpoints(at("ended")).latest())!;
  expect(snapshot.step).toBeGreaterThanOrEqual(3);
});

describe("eval", () => {
  test("the last checkpoint, its averages, and the best", async () => {
    await trainCommand([CONFIG, "--out", at("judged")]);
    const argv = ["eval", CONFIG, "--out", at("judged"), "--json"];
    const { out } = await trainCommand(argv);
    const [last, averages, best] = [
      out,
      (await trainCommand([...argv, "--averages"])).out,
      (await trainCommand([...argv, "--best"])).out,
    ].map((text) => JSON.parse(text));
    const snapshot = (await checkpoints(at("judged")).latest())!;
    expect(last.step).toBe(6);
    expect(last.loss.val).toBe(snapshot.evaluations.at(-1)!.losses["val"]);
    // Each token is one byte here.
    expect(last.bitsPerByte.val).toBeCloseTo(last.loss.val / Math.LN2, 6);
    expect(averages.loss.val).not.toBe(last.loss.val);
    expect(best.loss.val).toBe(Math.min(...snapshot.evaluations.map(({ losses }) => losses["val"]!)));
  });

  test("as a table, also before there is a checkpoint", async () => {
    const { code, out, err } = await trainCommand([
      "eval",
      CONFIG,
      "--splits",
      "train,val",
      "--batches",
      "1",
    ]);
    expect([code, err]).toEqual([0, "there is no checkpoint: the model as the configuration makes it\n"]);
    expect(out).toMatch(/^split +loss +bits per byte\ntrain +2\.2395 +3\.2309\nval +2\.2712 +3\.2766\n$/);
    expect((await trainCommand(["eval", CONFIG, "--best"])).code).toBe(2);
  });
});

test("inspect prints the rows of the very batch of a step", async () => {
  const { code, out } = await trainCommand(["inspect", CONFIG, "--step", "5", "--rows", "2"]);
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^row 0, 8 of 8 targets count: [a-j]{9}\nrow 1, .*\n$/),
  ]);
  const { out: json } = await trainCommand(["inspect", CONFIG, "--step", "5", "--rows", "2", "--json"]);
  const rows = json
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { ids: number[]; targets: number[] });
  const texts = rows.map(({ ids, targets }) => [ids[0]!, ...targets].map((id) => "abcdefghij"[id]).join(""));
  expect(
    out
      .trimEnd()
      .split("\n")
      .map((line) => line.slice(-9)),
  ).toEqual(texts);
  expect((await trainCommand(["inspect", CONFIG, "--step", "6", "--rows", "2"])).out).not.toBe(out);
});

test("lr-range: a table and a rate to begin with", async () => {
  const argv = ["lr-range", CONFIG, "--steps", "12", "--from", "0.001", "--to", "10"];
  const { code, out } = await trainCommand(argv);
  expect(code).toBe(0);
  expect(out).toMatch(/^ +lr +loss +smoothed\n1\.00e-3 +2\.2506 /);
  expect(out).toMatch(/the loss falls fastest at \S+; begin with \S+\n$/);
  const { points, suggested } = JSON.parse((await trainCommand([...argv, "--json"])).out);
  expect(points[0].lr).toBeCloseTo(0.001, 9);
  expect(suggested).toBeLessThan(10);
});

describe("a file that is no run is named with the way out", () => {
  const write = (name: string, code: string) => {
    writeFileSync(at(name), code);
    return at(name);
  };

  test.each([
    ["absent.ts", undefined, "absent.ts: there is no such file"],
    ["empty.config.mjs", "export const a = 1;", "it has no default export. Write `export default defineRun("],
    ["torn.config.mjs", "throw new Error('no shards');", "torn.config.mjs: no shards"],
    [
      "wrong.config.mjs",
      "export default { model: {}, data: {}, option: {} };",
      'defineRun has no option "option": did you mean "options"?',
    ],
  ])("%s", async (name, code, words) => {
    const path = code === undefined ? at(name) : write(name, code);
    const { code: exit, err } = await trainCommand(["run", path]);
    expect([exit, err]).toEqual([1, expect.stringContaining(words)]);
  });

  test("a model of another copy of @llm/tensor", async () => {
    const foreign = "({ parameters: () => [{ name: 'w', shape: [1], size: 1 }], loss: () => 0 })";
    const path = write(
      "copies.config.mjs",
      `export default { model: ${foreign}, data: { batch: () => ({}) }, options: { steps: 1, batchSize: 1, blockSize: 1, lr: 1 } };`,
    );
    const { code, err } = await trainCommand(["run", path]);
    expect([code, err]).toEqual([1, expect.stringContaining("made by another copy of @llm/tensor")]);
  });
});
