import { type Io, UsageError, write } from "@llm/platform/command";
import { formatTable } from "@llm/platform/terminal";
import { restoreWeights } from "../../checkpoint.js";
import { bitsPerByte, evaluateTogether } from "../../evaluate.js";
import { checkpoints } from "../../node/checkpoints.js";
import { averagesOf } from "../../optimizer/averaged.js";
import type { Team } from "../../processes/team.js";
import { agree, asOne } from "../as-one.js";
import { configCommand, engineName, nameList, say, stepCount, threadCount } from "../flags.js";
import { openModel, openRun, parametersOf } from "../open-run.js";

/** `train eval`: the loss of a checkpoint. */
export const evalCommand = (io: Io) =>
  configCommand("eval")
    .summary("the loss of the last checkpoint, and bits per byte")
    .description(
      "Evaluates the last checkpoint, or the model as the file makes it where there is none. Bits per byte are there where " +
        "the configuration has tokenBytes.",
    )
    .option("--out <folder>", "of checkpoints; default: the configuration's")
    .option("--best", "the checkpoint with the lowest loss rather than the last")
    .option(
      "--averages",
      "the running averages of the weights, which averaged() keeps, rather than the weights",
    )
    .option("--splits <names>", "default: the configuration's, else val", nameList)
    .option("--batches <n>", "of each split; default: the configuration's, else 20", stepCount)
    .option("--engine <name>", "auto, native, wasm, reference; default: the configuration's", engineName)
    .option("--threads <n>", "of the engine", threadCount)
    .option("--json", '{"step","loss":{..},"bitsPerByte":{..}}')
    .action(async (path, { best = false, averages = false, splits, batches, json, ...flags }) => {
      const run = await openRun(path, flags);
      const { config, options, data } = run;
      const { batchSize, blockSize, seed = 0, evaluate: plan, processes } = options;
      const judge = async (io: Io, team: Team | undefined) => {
        const model = await openModel(run);
        const onWarning = (message: string) => void io.stderr.write(`train: ${message}\n`);
        const store = config.out === undefined ? undefined : checkpoints(config.out, { onWarning });
        const snapshot = await (best ? store?.best() : store?.latest());
        if (!snapshot && (best || averages)) {
          throw new UsageError(`${best ? "--best" : "--averages"} needs a checkpoint, and there is none.`);
        }
        if (snapshot) {
          const weights = averages ? averagesOf(snapshot) : snapshot.weights;
          restoreWeights({ step: snapshot.step, weights }, parametersOf(model));
          await say(io, `the checkpoint of step ${snapshot.step} in ${config.out}`);
        } else {
          await say(io, "there is no checkpoint: the model as the configuration makes it");
        }
        const how = {
          batches: batches ?? plan?.batches ?? 20,
          splits: splits ?? plan?.splits ?? ["val"],
          batchSize,
          blockSize,
          seed,
          signal: io.signal,
        };
        const loss = await evaluateTogether(model, data, how, team);
        if (!loss) return;
        const { tokenBytes } = config;
        const bits = tokenBytes && !team?.rank && (await bitsPerByte(model, data, { ...how, tokenBytes }));
        const result = { step: snapshot?.step ?? 0, loss, ...(bits && { bitsPerByte: bits }) };
        if (json) {
          await write(io.stdout, `${JSON.stringify(result)}\n`);
          return;
        }
        const columns = [
          { title: "split" },
          { title: "loss", align: "right" },
          ...(bits ? [{ title: "bits per byte", align: "right" } as const] : []),
        ] as const;
        const rows = how.splits.map((split) => [
          split,
          loss[split]!.toFixed(4),
          ...(bits ? [bits[split]!.toFixed(4)] : []),
        ]);
        await write(io.stdout, `${formatTable(columns, rows).join("\n")}\n`);
      };
      await asOne(io, processes, (io) => agree(processes, (team) => judge(io, team)));
    });
