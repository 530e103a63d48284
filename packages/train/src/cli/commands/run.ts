import { type Io, UsageError, write } from "@llm/platform/command";
import { formatCount } from "@llm/platform/terminal";
import { engine } from "@llm/tensor";
import type { CheckpointStore, Snapshot } from "../../checkpoint.js";
import { checkpoints, type FolderCheckpoints } from "../../node/checkpoints.js";
import { progressView } from "../../node/progress-view.js";
import { spikeWatch } from "../../spikes.js";
import { train } from "../../train.js";
import type { Trainable, TrainStep } from "../../train-options.js";
import { agree, asOne } from "../as-one.js";
import { configCommand, engineName, nameList, say, stepCount, threadCount } from "../flags.js";
import { type OpenRun, openModel, openRun, parametersOf } from "../open-run.js";
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
      await asOne(io, run.options.processes, async (io) => {
        const store = storeOf(io, run);
        const start = await begin(run, store, name);
        await say(io, headline(run, start));
        const last = await follow(io, run, { ...start, store, allowChanges, tensorboard });
        io.signal.throwIfAborted();
        if (!last) await say(io, `step ${run.options.steps} was reached before: --steps says how far to go`);
        if (json) await write(io.stdout, `${JSON.stringify(await resultOf(last, start, store))}\n`);
      });
    });
}

const warnOn = (io: Io) => (message: string) => void io.stderr.write(`train: ${message}\n`);

/** The checkpoints in the run's folder, if it has one. */
function storeOf(io: Io, { config }: OpenRun): FolderCheckpoints | undefined {
  const { out, keep, files } = config;
  if (out === undefined) return undefined;
  return checkpoints(out, { onWarning: warnOn(io), ...(keep && { keep }), ...(files && { files }) });
}

/** From where a run trains. */
interface Start {
  readonly model: Trainable;
  /** The step of the last checkpoint, if there is one. */
  readonly resumeFrom: number | undefined;
  readonly checkpoints: CheckpointStore | undefined;
}

/** Reads the last checkpoint, and makes the model: in all processes, or in none. */
async function begin(
  run: OpenRun,
  store: FolderCheckpoints | undefined,
  name: "run" | "resume",
): Promise<Start> {
  const isResume = name === "resume";
  if (isResume && !store) throw new UsageError("there is no folder to go on from: give --out.");
  return agree(run.options.processes, async () => {
    const snapshot = await store?.latest();
    if (isResume && !snapshot) {
      throw new UsageError(`there is no checkpoint in ${run.config.out}: "train run" begins one.`);
    }
    const model = await openModel(run);
    return { model, resumeFrom: snapshot?.step, checkpoints: store && handingOn(store, snapshot) };
  });
}

/** A store whose last snapshot was read already. It is handed on once, and not held while training goes on. */
function handingOn(store: FolderCheckpoints, read: Snapshot | undefined): CheckpointStore {
  let snapshot = read;
  return {
    ...store,
    latest: async () => {
      const handed = snapshot;
      snapshot = undefined;
      return handed;
    },
  };
}

function headline({ config: { out } }: OpenRun, { model, resumeFrom }: Start): string {
  const size = parametersOf(model).reduce((sum, parameter) => sum + parameter.size, 0);
  const begins = resumeFrom === undefined ? `begins in ${out}` : `goes on from step ${resumeFrom} in ${out}`;
  const how = out === undefined ? "nothing is saved without --out" : begins;
  return `${formatCount(size)} parameters, engine ${engine().name}; ${how}`;
}

/** What {@link follow} goes by. */
interface FollowOptions extends Start {
  store: FolderCheckpoints | undefined;
  allowChanges: readonly string[];
  tensorboard: boolean | undefined;
}

/** Trains; shows and logs every step. @returns the last step, if there was one */
async function follow(
  io: Io,
  { path, config, options, data }: OpenRun,
  {
    model,
    resumeFrom,
    checkpoints,
    store,
    allowChanges,
    tensorboard = config.tensorboard ?? false,
  }: FollowOptions,
): Promise<TrainStep | undefined> {
  const view = progressView({ steps: options.steps, output: io.stderr, env: io.env });
  const spikeOf = spikeWatch();
  const isFirst = (options.processes?.rank ?? 0) === 0;
  const logs = new RunLogs(isFirst ? config.out : undefined, { resumeFrom, tensorboard });
  let last: TrainStep | undefined;
  try {
    for await (const step of train(model, data, {
      ...options,
      allowChanges: [...(options.allowChanges ?? []), ...allowChanges],
      ...(checkpoints && { checkpoints }),
      signal: io.signal,
      onWarning: warnOn(io),
    })) {
      last = step;
      view.step(step);
      const spike = spikeOf(step);
      if (spike) view.note(noteOf(step, spike.mean, path));
      await logs.write(step);
    }
    return last;
  } finally {
    view.end();
    await logs.close();
    const saved = (await store?.list())?.at(-1);
    if (saved !== undefined) await say(io, `saved: ${saved}`);
    else if (io.signal.aborted) await say(io, "nothing was saved: there is no --out");
  }
}

function noteOf({ step, loss }: TrainStep, mean: number, path: string): string {
  return `step ${step}: loss ${loss.toFixed(4)} after a mean of ${mean.toFixed(4)}; "train inspect ${path} --step ${step}" shows its batch`;
}

/** What --json prints. */
async function resultOf(
  last: TrainStep | undefined,
  { resumeFrom = 0 }: Start,
  store: FolderCheckpoints | undefined,
): Promise<object> {
  const { step = resumeFrom, loss = null, tokens = null, evaluation = null } = last ?? {};
  const checkpoint = (await store?.list())?.at(-1) ?? null;
  return { step, loss, tokens, evaluation, checkpoint };
}
