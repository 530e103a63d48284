import { Gpt } from "@llm/gpt";
import { complete } from "@llm/sample";
import { schedule, type TrainStep, tokenArray, train } from "@llm/train";
import { type Baselines, baselines } from "./baselines.js";
import { OpenedModel } from "./opened.js";

/** What a run is made of. */
export interface TrainingPlan {
  readonly text: string;
  readonly nLayer: number;
  readonly nEmbd: number;
  readonly lr: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly seed: number;
  /** What computes; "auto" is what computes the other views. */
  readonly engine: "auto" | "wasm" | "webgpu";
}

/** A step as the page draws it. */
export interface TrainingRecord extends TrainStep {
  /** The norm of each weight's gradient, in the order of the weights. */
  readonly norms: readonly number[];
  /** What the model writes after this step, now and then. */
  readonly sample?: string;
}

/** What is known before the first step. */
export interface TrainingStart {
  readonly baselines: Baselines;
  readonly parameters: readonly string[];
  readonly numParameters: number;
  readonly tokens: number;
  /** What computes, in words. */
  readonly device: string;
}

/** How far to go at a time. */
export interface Stretch {
  readonly milliseconds: number;
  readonly most: number;
  /** What to write on from after the last of them; left out, nothing is written. */
  readonly prompt?: string;
}

/** Positions of a row; the model's block. */
const BLOCK_SIZE = 32;

/** A run that goes step by step, as the page asks. */
export class Training {
  readonly opened: OpenedModel;
  readonly start: TrainingStart;
  readonly #steps: AsyncGenerator<TrainStep, void, undefined>;
  #norms: readonly number[] = [];

  constructor(plan: TrainingPlan, tokenizer: NonNullable<OpenedModel["tokenizer"]>) {
    const { text, nLayer, nEmbd, lr, batchSize, steps, seed } = plan;
    const ids = [...tokenizer.encodeOrdinary(text)];
    if (ids.length <= BLOCK_SIZE)
      throw new Error(
        `The text has ${ids.length} tokens, and a run needs ${BLOCK_SIZE + 1} at least: write more, or leave it empty.`,
      );
    const { vocabSize } = tokenizer;
    const nHead = Math.max(1, nEmbd / 16);
    const model = Gpt.create({ vocabSize, blockSize: BLOCK_SIZE, nLayer, nHead, nEmbd }, { seed });
    this.opened = new OpenedModel(model, tokenizer);
    const parameters = model.parameters().map(({ name }) => name);
    this.start = {
      baselines: baselines(ids, vocabSize),
      parameters,
      numParameters: model.numParameters,
      tokens: ids.length,
      device: this.opened.on.device,
    };
    this.#steps = train(model, tokenArray(ids), {
      steps,
      batchSize,
      blockSize: BLOCK_SIZE,
      lr: schedule.cosine({ lr, warmup: Math.min(10, steps - 1), steps }),
      seed,
      onGradients: (norms) => {
        this.#norms = parameters.map((name) => norms.get(name)!);
      },
    });
  }

  /** As many steps as fit into so much time, one at least; none when the run has come to its end. */
  async steps({ milliseconds, most, prompt }: Stretch): Promise<TrainingRecord[]> {
    const records: TrainingRecord[] = [];
    const end = performance.now() + milliseconds;
    do {
      const { value } = await this.#steps.next();
      if (!value) break;
      records.push({ ...value, norms: this.#norms });
    } while (records.length < most && performance.now() < end);
    if (records.length > 0) this.opened.forget();
    const last = records.at(-1);
    if (prompt !== undefined && last)
      records[records.length - 1] = { ...last, sample: await this.#write(prompt) };
    return records;
  }

  async #write(prompt: string): Promise<string> {
    const { model, tokenizer } = this.opened;
    const { text } = await complete(model, tokenizer!, prompt, { maxTokens: 24, temperature: 0.8, seed: 1 });
    return text;
  }

  async end(): Promise<void> {
    await this.#steps.return();
    this.opened.dispose();
  }
}
