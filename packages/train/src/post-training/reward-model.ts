// A model that judges texts, learned from pairs of which one is better (Bradley & Terry, 1952; Ouyang et al., 2022): what stands in
// for a reward where nothing can be checked.
import { checkMethods, type Kinds } from "@llm/platform/options";
import { Rests } from "@llm/platform/rest";
import {
  add,
  embedding,
  linear,
  matmul,
  mul,
  type Parameter,
  parameter,
  reshape,
  scale,
  scope,
  sum,
  type Tensor,
  tensor,
} from "@llm/tensor";
import { check } from "../check.js";
import { OptionsError } from "../errors.js";
import type { Trainable } from "../train-options.js";
import {
  comparePairs,
  describePairs,
  type Pair,
  type PairStep,
  pairGradient,
  pairwiseLoss,
  readPairs,
  textsOfStep,
} from "./pairs.js";
import { type Pass, passesOf } from "./passes.js";
import type { Reward } from "./rewards.js";
import { POST_TRAINING, type PostTrainingOptions, runSteps } from "./run.js";

/** What `rewardModel` asks of a model. @llm/gpt's `Gpt` is one. */
export interface RewardBody extends Pick<Trainable, "parameters" | "config" | "version"> {
  /** What an output head would read: (B, T, C) for ids (B, T), int32. */
  hidden(ids: Tensor, options?: { recompute?: boolean }): Tensor;
}

/** Options of {@link rewardModel}. */
export interface RewardModelOptions extends PostTrainingOptions {
  /** Pairs of each step. Default 16. */
  batchSize?: number;
  /**
   * The loss of a pair has this times (chosen + rejected)^2 added, so that scores stay around 0; 0.01 is usual. Default 0.
   */
  centering?: number;
}

const REWARD_MODEL: Kinds<RewardModelOptions> = { ...POST_TRAINING, batchSize: "count", centering: "number" };

/** A model with one number for each text. Reading its steps trains it. */
export class RewardModel implements AsyncIterable<PairStep> {
  /** (1, C): what a text's last hidden state is multiplied by. */
  readonly head: Parameter;
  readonly #model: RewardBody;
  readonly #pairs: readonly Pair[];
  readonly #options: RewardModelOptions;
  readonly #rests = new Rests();

  /** Made by `rewardModel(model, pairs, options)`. */
  constructor(model: RewardBody, pairs: readonly Pair[], options: RewardModelOptions) {
    const width = scope(() => model.hidden(tensor(Int32Array.of(0), [1, 1], "int32")).shape[2]!);
    this.head = parameter("score.weight", new Float32Array(width), [1, width]);
    this.#model = model;
    this.#pairs = pairs;
    this.#options = options;
  }

  /** The weights of the model and the head. */
  parameters(): Parameter[] {
    return [...this.#model.parameters(), this.head];
  }

  /** The score of each text: of its last token, which is to be the one that ends it. */
  async score(texts: readonly ArrayLike<number>[]): Promise<number[]> {
    const rows = texts.map(followed);
    const scores = new Array<number>(texts.length);
    for (const pass of passesOf(rows, this.#options.passTokens ?? 4096)) {
      await this.#rests.take();
      const found = scope(() => this.#scores(pass, rows));
      const values = await found.data();
      found.dispose();
      for (const [row, text] of pass.texts.entries()) scores[text] = values[row]!;
    }
    return scores;
  }

  /** The score of a prompt and what was written behind it, for `grpo`. */
  readonly reward: Reward = async ({ prompt, ids }) => {
    const [score] = await this.score([[...Array.from(prompt), ...ids]]);
    return score!;
  };

  async *[Symbol.asyncIterator](): AsyncGenerator<PairStep, void, undefined> {
    const { batchSize = 16, centering = 0, passTokens = 4096, seed = 0, signal } = this.#options;
    const model = this.#model;
    const texts = readPairs(this.#pairs, model.config);
    const rests = this.#rests;
    const parameters = this.parameters();
    yield* runSteps<PairStep>(
      {
        ...{ of: "rewardModel", model, parameters, data: describePairs(texts) },
        settings: { batchSize, centering, passTokens },
        step: async ({ step, lr, tokens: before, update }) => {
          const started = performance.now();
          const some = textsOfStep(step, batchSize, this.#pairs.length, seed).map((i) =>
            followed(texts[i]!.ids),
          );
          const { sums, scores } = await pairGradient(
            parameters,
            passesOf(some, passTokens, 2),
            (pass) => {
              const scores = this.#scores(pass, some); // (2n)
              const loss = comparison(scores, centering);
              return { scores, loss: scale(loss, 1 / batchSize) };
            },
            { count: some.length, rests, signal },
          );
          const { loss, gradNorm } = await update(sums);
          const tokens = some.reduce((total, { ids }) => total + ids.length - 1, before);
          const event = {
            ...{ step, loss, gradNorm, lr, ...comparePairs(scores) },
            ...{ tokens, seconds: (performance.now() - started) / 1000 },
          };
          return { tokens, events: [event] };
        },
      },
      this.#options,
    );
  }

  /** (B), at the last token of each row. To be called within a scope. */
  #scores({ texts, shape, ids }: Pass, rows: readonly { ids: ArrayLike<number> }[]): Tensor {
    const [B, T] = shape;
    const { recompute = false } = this.#options;
    const hidden = this.#model.hidden(tensor(ids, shape, "int32"), recompute ? { recompute } : {});
    const C = hidden.shape[2]!;
    const last = Int32Array.from(texts, (text, row) => row * T + rows[text]!.ids.length - 2);
    const ends = embedding(tensor(last, [B], "int32"), reshape(hidden, [B * T, C])); // (B, C)
    return reshape(linear(ends, this.head, null, { transposed: true }), [B]);
  }
}

/**
 * A model that is to judge texts: the steps of its training, and its scores. The loss of a pair is -log sigmoid(chosen - rejected),
 * where a text's score is a linear function of the hidden state of its last token. Reading the steps trains `model` in place,
 * which ends as `train` does, and resumes to the same bits. Dropout is off.
 *
 * A learned reward is right only about texts like those it has learned from: a policy that is trained on it for long finds
 * others that it likes.
 * @throws {ConversationError} for a pair that cannot be trained on: its `index` says which
 * @throws {OptionsError} for options that cannot be carried out
 */
export function rewardModel(
  model: RewardBody,
  pairs: readonly Pair[],
  options: RewardModelOptions,
): RewardModel {
  check("rewardModel", options, REWARD_MODEL);
  const fail = (message: string) => new OptionsError(message);
  const wanted = "pass a model such as Gpt of @llm/gpt";
  checkMethods("model of rewardModel", model, ["parameters", "hidden"], wanted, fail);
  const { centering = 0 } = options;
  if (!(centering >= 0 && centering < Infinity)) {
    throw new OptionsError(`centering of rewardModel is ${centering}; it must be finite and at least 0`);
  }
  readPairs(pairs, model.config);
  return new RewardModel(model, pairs, options);
}

/** The sum of the losses of pairs, for the scores (2n) of their texts. */
function comparison(scores: Tensor, centering: number): Tensor {
  const n = scores.size / 2;
  const rows = reshape(scores, [n, 2]);
  const loss = pairwiseLoss(rows);
  if (centering === 0) return loss;
  const sums = matmul(rows, tensor([1, 1], [2, 1])); // (n, 1)
  return add(loss, scale(sum(mul(sums, sums)), centering));
}

/** A text with one more id, so that its last one is read too: a pass leaves out what nothing follows. */
function followed(ids: ArrayLike<number>): { ids: number[]; mask: number[] } {
  const all = [...Array.from(ids), 0];
  return { ids: all, mask: all.map(() => 0) };
}
