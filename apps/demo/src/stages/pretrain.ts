import type { Tokenizer } from "@llm/bpe";
import { Gpt, type GptConfig } from "@llm/gpt";
import { formatCount, formatDuration } from "@llm/platform/terminal";
import { complete } from "@llm/sample";
import { mixture, schedule, train } from "@llm/train";
import { checkpoints, jsonlLog, readJsonl, TokenShards } from "@llm/train/node";
import { HeldCheckpoints } from "../held-checkpoints.js";
import { oneLine } from "../one-line.js";
import { muonAndAdamw } from "../optimizer.js";
import { reading } from "../reading.js";
import type { Checkup, StepRecord } from "../report/data.js";
import type { RunFolder, StageResult } from "../run-folder.js";
import { saveModel } from "../save-model.js";
import type { Recipe } from "../settings.js";
import { readSplit } from "../shards.js";
import { windows } from "../split.js";
import type { Terminal } from "../terminal.js";
import { validationLoss } from "../validate.js";

/** What training leaves for the report. */
export interface Pretrained {
  parameters: number;
  valLoss: number;
}

export interface PretrainOptions {
  recipe: Recipe;
  steps: number;
  seed: number;
  tokenizer: Tokenizer;
  endOfText: number;
  /** What the model writes on from while it learns. */
  prompts: readonly string[];
  terminal: Terminal;
  signal: AbortSignal;
}

/** Trains the model, or goes on from its latest checkpoint; leaves it in `model/`, as transformers opens it. */
export async function pretrain(
  folder: RunFolder,
  options: PretrainOptions,
): Promise<StageResult<Pretrained>> {
  const { recipe, steps, seed, tokenizer, endOfText, prompts, terminal, signal } = options;
  const { batchSize, learningRate, finalLearningRate, warmup, clip } = recipe.training;
  const { blockSize } = recipe.model;
  const model = Gpt.create(modelConfig(recipe, tokenizer.vocabSize, endOfText), { seed });
  const { "config.json": config } = await model.toFiles();
  const store = checkpoints(folder.file("checkpoints"), {
    keep: recipe.training.keepCheckpoints,
    files: { "config.json": config },
    onWarning: (message) => terminal.warn(message),
  });
  const snapshot = await store.latest();
  const done = snapshot?.step ?? 0;
  const held = new HeldCheckpoints(store, snapshot);
  const shards = (place: string) =>
    reading(folder.file(place), () => TokenShards.open(folder.file(place), { windows: "dealt" }));
  const [documents, book] = [await shards("tokens"), await shards("textbook")];
  const log = await jsonlLog(folder.file("log.jsonl"), snapshot ? { resumeFrom: done } : { resumeFrom: -1 });
  const { share } = recipe.textbook;
  const data = mixture({
    documents: { data: documents, weight: 1 - share },
    textbook: { data: book, weight: share },
  });

  const { tokens } = await readSplit(folder.file("tokens", "val"));
  const unseen = windows(tokens.length, blockSize, recipe.evaluationWindows);
  let valLoss = Number.NaN;
  const checkup = async (step: number) => {
    terminal.progress(
      `step ${formatCount(step)}/${formatCount(steps)}  measuring the validation loss and writing samples`,
    );
    valLoss = await validationLoss(model, tokens, unseen, batchSize);
    const generations = [];
    for (const prompt of prompts) {
      const ids = [endOfText, ...tokenizer.encodeOrdinary(prompt)];
      const { text } = await complete(model, tokenizer, ids, {
        ...recipe.sampling,
        maxTokens: recipe.sampleTokens,
        stopIds: [endOfText],
        overflow: "slide",
        seed,
      });
      generations.push({ prompt, text });
    }
    const record: Checkup = { step, valLoss, generations };
    await log.write(record);
    terminal.line(`  step ${formatCount(step).padStart(5)}  validation ${valLoss.toFixed(3)} nats per token`);
    for (const { prompt, text } of generations) terminal.dim(`              ${oneLine(prompt + text)}`);
  };

  try {
    if (snapshot) terminal.line(`  Going on from the checkpoint of step ${formatCount(done)}.`);
    else await checkup(0);
    const every = Math.max(recipe.training.stepsBetween, Math.round(steps / recipe.training.evaluations));
    let pace = 0; // seconds per step, smoothed
    const run = train(model, data, {
      steps,
      batchSize,
      blockSize,
      clip,
      seed,
      signal,
      lr: schedule.cosine({
        lr: learningRate,
        minLr: finalLearningRate,
        warmup: Math.round(warmup * steps),
        steps,
      }),
      optimizer: muonAndAdamw(recipe.training),
      checkpoints: held,
      checkpointEvery: every,
      onWarning: (message) => terminal.warn(message),
    });
    for await (const { step, loss, lr, gradNorm, seconds, tokensPerSecond } of run) {
      const record: StepRecord = { step, loss, lr, gradNorm, seconds };
      await log.write(record);
      pace = pace ? 0.95 * pace + 0.05 * seconds : seconds;
      terminal.progress(
        `step ${formatCount(step)}/${formatCount(steps)}  loss ${loss.toFixed(3)}  lr ${lr.toExponential(1)}  ${formatCount(tokensPerSecond)} tokens/s  ${formatDuration(pace * (steps - step))} left`,
      );
      if (step % every === 0 || step === steps) await checkup(step);
      await held.flush();
    }
    await held.flush();
    signal.throwIfAborted();
    if (Number.isNaN(valLoss)) valLoss = await validationLoss(model, tokens, unseen, batchSize);
    const files = await saveModel(folder, "model", model, { chats: false });
    return {
      summary: { parameters: model.numParameters, valLoss },
      files: [...files, "log.jsonl"],
    };
  } finally {
    await log.close();
    documents.close();
    book.close();
    model.dispose();
  }
}

/** A small model of today's kind: rotary positions, normed queries and keys, a gated MLP, no biases - as Qwen 3 has them. */
function modelConfig({ model }: Recipe, vocabSize: number, endOfText: number): GptConfig {
  const { mlpWidth, ...sizes } = model;
  return {
    ...{ ...sizes, vocabSize, endOfText, norm: "rms", position: "rope", qkNorm: "before-rope", bias: false },
    ...{ activation: "silu", mlp: { kind: "gated", width: mlpWidth } },
  };
}

/** The training log, sorted into steps and checkups. */
export async function readLog(path: string): Promise<{ steps: StepRecord[]; checkups: Checkup[] }> {
  const records = (await readJsonl(path)) as (StepRecord | Checkup)[];
  return {
    steps: records.filter((record) => "loss" in record),
    checkups: records.filter((record) => "valLoss" in record),
  };
}
