import { type Io, nonEmpty, wholeNumber, write } from "@llm/platform/command";
import type { Batch } from "../../data/batch.js";
import { inspect } from "../../data/inspect-batch.js";
import { configCommand, stepCount } from "../flags.js";
import { openRun } from "../open-run.js";

/** `train inspect`: what a step is made of. */
export const inspectCommand = (io: Io) =>
  configCommand("inspect")
    .summary("the batch of a step, row by row")
    .description(
      "Prints the batch of a step: its tokens, `|` where a document begins, and brackets around targets that do not count. " +
        "Where the configuration has decode, tokens are text, else ids.",
    )
    .option("--step <n>", "default: 1", stepCount)
    .option("--micro <n>", "which of the step's batches; default: 0", wholeNumber(0, 1e9))
    .option("--split <name>", "default: train", nonEmpty)
    .option("--rows <n>", "at most; default: all", wholeNumber(1, 1e9))
    .option("--json", '{"ids","targets",..} of each row, a line each')
    .addHelpText("after", "\nExample:\n  train inspect shakespeare.config.ts --step 12 --rows 4")
    .action(async (path, { step = 1, micro = 0, split = "train", rows = Number.POSITIVE_INFINITY, json }) => {
      const { config, options, data } = await openRun(path);
      if (options.processes?.rank) return;
      const { batchSize, blockSize, accumulation = 1, seed = 0 } = options;
      const key = {
        split,
        step: split === "train" ? step : 0,
        micro,
        accumulation,
        batchSize,
        blockSize,
        seed,
      };
      const batch = data.batch(key);
      const shown = Math.min(rows, batchSize);
      if (json) {
        for (let row = 0; row < shown; row++) {
          await write(io.stdout, `${JSON.stringify(rowsOf(batch, row, row + 1, blockSize))}\n`);
        }
        return;
      }
      const { decode } = config;
      const text = inspect(batch, { blockSize, ...(decode && { decode }) });
      await write(io.stdout, `${text.split("\n").slice(0, shown).join("\n")}\n`);
    });

/** Rows `from` to `to` of a batch, as JSON shows them. */
function rowsOf(batch: Batch, from: number, to: number, blockSize: number): Record<string, number[]> {
  const lists = Object.entries(batch).filter(([, list]) => list !== undefined) as [
    string,
    ArrayLike<number>,
  ][];
  return Object.fromEntries(
    lists.map(([name, list]) => [name, Array.from(list).slice(from * blockSize, to * blockSize)]),
  );
}
