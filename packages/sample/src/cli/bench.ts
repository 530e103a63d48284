import { Command, type Io, wholeNumber, write } from "@llm/platform/command";
import { formatTable, ProgressLine } from "@llm/platform/terminal";
import type { LogitsModel } from "../types.js";
import { openModel } from "./model-folder.js";
import { dtypeOption, engineOption, MODEL_FOLDER, threadsOption, tokenizerOption } from "./model-options.js";

/** `sample bench`: how fast a model reads and writes, as llama-bench says it. */
export const benchCommand = (io: Io) =>
  new Command("bench")
    .summary("how fast a model reads a prompt and writes")
    .usage("<model folder> [options]")
    .description("Times the reading of a prompt (pp) and the writing of tokens (tg), as llama-bench does.")
    .argument("<model>", MODEL_FOLDER)
    .option("-p, --n-prompt <n>", "tokens of the prompt; 0 for none", wholeNumber(0, 2 ** 20), 512)
    .option("-n, --n-gen <n>", "tokens to write; 0 for none", wholeNumber(0, 2 ** 20), 128)
    .option("--rows <n>", "texts that are written at once", wholeNumber(1, 1024), 1)
    .option(
      "-r, --repetitions <n>",
      "how often; the first, to warm up, is not counted",
      wholeNumber(1, 1000),
      5,
    )
    .option("--json", 'a line each: {"test","tokensPerSecond","deviation"}')
    .addOption(threadsOption)
    .addOption(engineOption)
    .addOption(dtypeOption)
    .addOption(tokenizerOption)
    .action(async (folder, { nPrompt, nGen, rows, repetitions, json, ...options }) => {
      const { model, name, engine } = await openModel(folder, options);
      const progress = new ProgressLine(io);
      const tests = [
        { test: `pp${nPrompt}`, tokens: Math.min(nPrompt, model.blockSize), run: read },
        {
          test: `tg${nGen}${rows > 1 ? ` x ${rows}` : ""}`,
          tokens: Math.min(nGen, model.blockSize),
          run: written,
        },
      ].filter(({ tokens }) => tokens > 0);
      const table: string[][] = [];
      for (const { test, tokens, run } of tests) {
        const rates: number[] = [];
        for (let round = 0; round <= repetitions; round++) {
          progress.show(() => `${test}: ${round} of ${repetitions}`);
          const rate = await run(model, tokens, rows, io.signal);
          if (round > 0) rates.push(rate);
        }
        progress.clear();
        const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
        const squares = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0);
        const deviation = Math.sqrt(squares / Math.max(1, rates.length - 1));
        table.push([test, mean.toFixed(2), deviation.toFixed(2)]);
        if (json) await write(io.stdout, `${JSON.stringify({ test, tokensPerSecond: mean, deviation })}\n`);
      }
      if (json) return;
      await write(io.stderr, `${name} on ${engine}\n`);
      const right = "right" as const;
      const columns = [{ title: "test" }, { title: "tokens/s", align: right }, { title: "±", align: right }];
      for (const line of formatTable(columns, table)) await write(io.stdout, `${line}\n`);
    });

type Run = (model: LogitsModel, tokens: number, rows: number, signal: AbortSignal) => Promise<number>;

const idAt = (model: LogitsModel, at: number) => (7919 * (at + 1)) % model.vocabSize;

/** Tokens a second of a prompt. */
const read: Run = async (model, tokens, _, signal) => {
  const session = model.session(1, { positions: tokens });
  try {
    const ids = Array.from({ length: tokens }, (_, at) => idAt(model, at));
    const start = performance.now();
    await session.step([{ row: session.rows[0]!, ids }], { signal });
    return (1000 * tokens) / (performance.now() - start);
  } finally {
    session.dispose();
  }
};

/** Tokens a second of all rows. */
const written: Run = async (model, tokens, rows, signal) => {
  const session = model.session(rows, { positions: tokens });
  try {
    const start = performance.now();
    for (let at = 0; at < tokens; at++) {
      await session.step(
        session.rows.map((row) => ({ row, ids: [idAt(model, at + row)] })),
        { signal },
      );
    }
    return (1000 * tokens * rows) / (performance.now() - start);
  } finally {
    session.dispose();
  }
};
