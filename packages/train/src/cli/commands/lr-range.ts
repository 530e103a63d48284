import { decimalNumber, type Io, write } from "@llm/platform/command";
import { formatTable, ProgressLine } from "@llm/platform/terminal";
import { lrRangeTest } from "../../lr-range-test.js";
import { configCommand, engineName, stepCount, threadCount } from "../flags.js";
import { openModel, openRun } from "../open-run.js";

/** Rows of the table. */
const ROWS = 20;

/** `train lr-range`: which learning rate to begin with. */
export const lrRangeCommand = (io: Io) =>
  configCommand("lr-range")
    .summary("the loss as the learning rate grows, and a rate to begin with")
    .option("--from <rate>", "the first learning rate; default: 1e-6", decimalNumber(0, 1e6))
    .option("--to <rate>", "the last; default: 1", decimalNumber(0, 1e6))
    .option("--steps <n>", "updates between them; default: 100", stepCount)
    .option("--engine <name>", "auto, native, wasm, reference; default: the configuration's", engineName)
    .option("--threads <n>", "of the engine", threadCount)
    .option("--json", '{"points":[{"lr","loss","smoothed"}],"steepest","suggested"}')
    .action(async (path, { json, from, to, steps, ...flags }) => {
      const run = await openRun(path, flags);
      if (run.options.processes?.rank) return;
      const { batchSize, blockSize, accumulation, optimizer, clip, seed } = run.options;
      const model = await openModel(run);
      const line = new ProgressLine(io);
      line.show(() => "looking at learning rates");
      const { points, steepest, suggested } = await lrRangeTest(model, run.data, {
        batchSize,
        blockSize,
        signal: io.signal,
        ...(accumulation !== undefined && { accumulation }),
        ...(optimizer && { optimizer }),
        ...(clip !== undefined && { clip }),
        ...(seed !== undefined && { seed }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(steps !== undefined && { steps }),
      }).finally(() => line.clear());
      io.signal.throwIfAborted();
      if (json) {
        await write(io.stdout, `${JSON.stringify({ points, steepest, suggested })}\n`);
        return;
      }
      const stride = Math.ceil(points.length / ROWS);
      const rows = points
        .filter((_, i) => i % stride === 0 || i === points.length - 1)
        .map(({ lr, loss, smoothed }) => [lr.toExponential(2), loss.toFixed(4), smoothed.toFixed(4)]);
      const columns = [
        { title: "lr", align: "right" },
        { title: "loss", align: "right" },
        { title: "smoothed", align: "right" },
      ] as const;
      const table = formatTable(columns, rows).join("\n");
      const words = `the loss falls fastest at ${steepest.toExponential(1)}; begin with ${suggested.toExponential(1)}`;
      await write(io.stdout, `${table}\n${words}\n`);
    });
