import { type Mistake, testMistakes } from "../../../.config/mistakes.js";
import {
  adamw,
  evaluate,
  OptionsError,
  schedule,
  type Trainable,
  type TrainOptions,
  tokenArray,
  train,
} from "../src/index.js";
import { checkpoints, jsonlLog, TokenShards } from "../src/node/index.js";

const data = tokenArray([1, 2, 3]);
const model: Trainable = {
  parameters: () => [],
  loss: () => {
    throw new Error("must not come to this");
  },
};
const plan: TrainOptions = { steps: 1, batchSize: 1, blockSize: 1, lr: 1 };
const trained = (options: object, on: unknown = data, what: unknown = model) =>
  train(what as Trainable, on as typeof data, options as TrainOptions).next();
const evaluated = (options: object, on: unknown = data) =>
  evaluate(model, on as typeof data, options as { batches: number; batchSize: number; blockSize: number });

/** Options as a program without types may give them. */
type Loose = (options: object) => unknown;
const { constant, cosine, linear, wsd } = schedule as unknown as Record<keyof typeof schedule, Loose>;
const ids = [1, 2, 3];

const mistakes: Mistake[] = [
  [
    "train",
    () => trained({ ...plan, batchsize: 2 }),
    'train has no option "batchsize": did you mean "batchSize"?',
  ],
  ["train", () => trained({ ...plan, steps: "10" }), 'steps of train is "10": it must be a whole number'],
  ["train", () => trained({ ...plan, steps: undefined }), "train needs the option steps"],
  ["train", () => trained({ ...plan, optimizer: "adamw" }), 'optimizer of train is "adamw"'],
  [
    "train",
    () => trained({ ...plan, signal: {} }),
    "signal of train is an object: it must be an AbortSignal",
  ],
  ["train", () => trained(undefined as unknown as object), "train needs its options"],
  [
    "train",
    () => trained(plan, [1, 2, 3]),
    "data of train is an array of 3, which has no batch(): pass tokenArray",
  ],
  ["train", () => trained(plan, data, "gpt2"), 'model of train is "gpt2", which has no parameters()'],
  [
    "evaluate of train",
    () => trained({ ...plan, evaluate: { every: 1, batchs: 1 } }),
    'evaluate of train has no option "batchs": did you mean "batches"?',
  ],
  [
    "evaluate of train",
    () => trained({ ...plan, evaluate: { every: 1 } }),
    "evaluate of train needs the option batches",
  ],
  ["evaluate", () => evaluated({ batches: 1, batchSize: 1, block_size: 1 }), 'did you mean "blockSize"?'],
  ["evaluate", () => evaluated({ batches: 1, batchSize: 1, blockSize: 0 }), "blockSize of evaluate is 0"],
  [
    "evaluate",
    () => evaluated({ batches: 1, batchSize: 1, blockSize: 1, splits: "val" }),
    'splits of evaluate is "val"',
  ],
  [
    "evaluate",
    () => evaluated({ batches: 1, batchSize: 1, blockSize: 1 }, ids),
    "data of evaluate is an array of 3",
  ],
  ["tokenArray", () => tokenArray(ids, { window: "dealt" } as object), 'did you mean "windows"?'],
  ["tokenArray", () => tokenArray(ids, { windows: "deal" } as object), 'did you mean "dealt"?'],
  [
    "adamw",
    () => adamw({ weight_decay: 0.1 } as object),
    'adamw has no option "weight_decay": did you mean "weightDecay"?',
  ],
  ["adamw", () => adamw({ betas: 0.9 } as object), "betas of adamw is 0.9: it must be an array"],
  ["schedule.constant", () => constant({ lr: 1, warmUp: 1 }), 'schedule.constant has no option "warmUp"'],
  ["schedule.constant", () => constant({ warmup: 1 }), "schedule.constant needs the option lr"],
  ["schedule.cosine", () => cosine({ lr: 1, steps: 9, minlr: 0.1 }), 'did you mean "minLr"?'],
  ["schedule.cosine", () => cosine({ lr: 1 }), "schedule.cosine needs the option steps"],
  ["schedule.linear", () => linear({ lr: 1, step: 9 }), 'did you mean "steps"?'],
  ["schedule.linear", () => linear({ lr: "1e-3", steps: 9 }), 'lr of schedule.linear is "1e-3"'],
  ["schedule.wsd", () => wsd({ lr: 1, steps: 9, decays: 2 }), 'did you mean "decay"?'],
  ["schedule.wsd", () => wsd({ lr: 1, steps: 9 }), "schedule.wsd needs the option decay"],
  ["checkpoints", () => checkpoints("nowhere", { keeps: 2 } as object), 'did you mean "keep"?'],
  ["checkpoints", () => checkpoints("nowhere", { keep: 0 }), "keep of checkpoints is 0"],
  ["jsonlLog", () => jsonlLog("nowhere", { resumeform: 2 } as object), 'did you mean "resumeFrom"?'],
  ["jsonlLog", () => jsonlLog("nowhere", { resumeFrom: "2" } as object), 'resumeFrom of jsonlLog is "2"'],
  [
    "TokenShards.open",
    () => TokenShards.open("nowhere", { verfy: true } as object),
    'did you mean "verify"?',
  ],
  [
    "TokenShards.open",
    () => TokenShards.open("nowhere", { verify: "yes" } as object),
    'verify of TokenShards.open is "yes"',
  ],
];

testMistakes(OptionsError, mistakes);
