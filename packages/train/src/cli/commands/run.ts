import { type Io, UsageError, write } from "@llm/platform/command";
import { formatCount } from "@llm/platform/terminal";
import { engine } from "@llm/tensor";
import type { CheckpointStore } from "../../checkpoint.js";
import { checkpoints } from "../../node/checkpoints.js";
import { progressView } from "../../node/progress-view.js";
import { spikeWatch } from "../../spikes.js";
import { train } from "../../train.js";
import type { TrainStep } from "../../train-options.js";
import { agree, asOne } from "../as-one.js";
import { configCommand, engineName, nameList, say, stepCount, threadCount } from "../flags.js";
import { openModel, openRun, parametersOf } from "../open-run.js";
import { RunLogs } from "../run-logs.js";

/** `train run`: from the start, or from the last checkpoint. */
export const runCommand = (io: Io) =>
  trainCommand(io, "run", "train, from the last checkpoint if there is one")
    .description(
      "Trains as a file says, from the last checkpoint in its folder if there is one. Ctrl-C and SIGTERM save and end with " +
        "exit code 130; the same command then goes on, and ends as if it had never stopped.",
    )
    .addHelpText("after", "\nExample:\n  train shakespeare.config.ts --out runs/1 --steps 2000");

/** `train resume`: `train run` that does not begin anew by mistake. */
export const resumeCommand = (io: Io) =>
  trainCommand(io, "resume", "go on from the last checkpoint, and only from one");

function trainCommand(io: Io, name: "run" | "resume", summary: string) {
  return configCommand(name)
    .summary(summary)
    .option("--steps <n>", "updates in all; default: the configuration's", stepCount)
    .option("--out <folder>", "of checkpoints and logs; default: the configuration's")
    .option("--engine <name>", "auto, native, wasm, reference; default: the configuration's", engineName)
    .option("--threads <n>", "of the engine", threadCount)
    .option(
      "--allow-changes <names>",
      "settings that may differ from the checkpoint's: lr,batchSize",
      nameList,
    )
    .option("--tensorboard", "also write event files for TensorBoard")
    .option("--json", '{"step","loss","tokens","evaluation","checkpoint"} of the last step, on stdout')
    .action(async (path, { allowChanges = [], tensorboard, json, ...flags }) => {
      const run = await openRun(path, flags);
      const { config, options, data } = run;
      const { processes } = options;
      await asOne(io, processes, async (io) => {
        const { out, keep, files } = config;
        const isFirst = (processes?.rank ?? 0) === 0;
        const onWarning = (message: string) => void io.stderr.write(`train: ${message}\n`);
        const store =
          out === undefined
            ? undefined
            : checkpoints(out, { onWarning, ...(keep && { keep }), ...(files && { files }) });
        if (name === "resume" && !store)
          throw new UsageError("there is no folder to go on from: give --out.");
        let { snapshot, model } = await agree(processes, async () => {
          const snapshot = await store?.latest();
          if (name === "resume" && !snapshot) {
            throw new UsageError(`there is no checkpoint in ${out}: "train run" begins one.`);
          }
          return { snapshot, model: await openModel(run) };
        });
        const resumeFrom = snapshot?.step;
        // What was read is handed on, and not held while training goes on.
        const once: CheckpointStore | undefined = store && {
          ...store,
          latest: async () => {
            const read = snapshot;
            snapshot = undefined;
            return read;
          },
        };
        const size = parametersOf(model).reduce((sum, parameter) => sum + parameter.size, 0);
        await say(io, `${formatCount(size)} parameters, engine ${engine().name}${begins(out, resumeFrom)}`);

        const view = progressView({ steps: options.steps, output: io.stderr, env: io.env });
        const spikeOf = spikeWatch();
        const logs = new RunLogs(isFirst ? out : undefined, {
          resumeFrom,
          tensorboard: tensorboard ?? config.tensorboard ?? false,
        });
        let last: TrainStep | undefined;
        try {
          for await (const step of train(model, data, {
            ...options,
            allowChanges: [...(options.allowChanges ?? []), ...allowChanges],
            ...(once && { checkpoints: once }),
            signal: io.signal,
            onWarning,
          })) {
            last = step;
            view.step(step);
            const spike = spikeOf(step);
            if (spike) {
              view.note(
                `step ${step.step}: loss ${step.loss.toFixed(4)} after a mean of ${spike.mean.toFixed(4)}; "train inspect ${path} --step ${step.step}" shows its batch`,
              );
            }
            await logs.write(step);
          }
        } finally {
          view.end();
          await logs.close();
          const saved = (await store?.list())?.at(-1);
          if (saved !== undefined) await say(io, `saved: ${saved}`);
          else if (io.signal.aborted) await say(io, "nothing was saved: there is no --out");
        }
        io.signal.throwIfAborted();
        if (!last) await say(io, `step ${options.steps} was reached before: --steps says how far to go`);
        if (json) {
          const { step = resumeFrom ?? 0, loss = null, tokens = null, evaluation = null } = last ?? {};
          const checkpoint = (await store?.list())?.at(-1) ?? null;
          await write(io.stdout, `${JSON.stringify({ step, loss, tokens, evaluation, checkpoint })}\n`);
        }
      });
    });
}

function begins(out: string | undefined, resumeFrom: number | undefined): string {
  if (out === undefined) return "; nothing is saved without --out";
  return resumeFrom === undefined ? `; begins in ${out}` : `; goes on from step ${resumeFrom} in ${out}`;
}
