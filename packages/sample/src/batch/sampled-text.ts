import type { Candidates } from "../candidates.js";
import { type Constrained, ConstrainedDraws } from "../constrained-draws.js";
import { History } from "../history.js";
import { Sampler } from "../sampler.js";
import type { Settings } from "../settings.js";
import type { FinishReason } from "../text-row.js";
import type { BatchPlace } from "./batch-options.js";
import type { BatchText, Reading } from "./places.js";

/** A text that `sampleBatch` drew. Its lists have one entry for each token, those that end the text included. */
export interface Sample extends BatchPlace {
  ids: Uint32Array;
  /** The model's own log-probability of each drawn token (natural), before filters and penalties; 0 for one that was put in. */
  logprobs: Float64Array;
  /**
   * The log-probability that each was drawn with, after temperature, filters and penalties; 0 for one that was put in. Where none
   * of these is set it is the model's own.
   */
  samplingLogprobs: Float64Array;
  /** 1 for a token that was put in, 0 for one that was drawn. */
  forced: Uint8Array;
  finishReason: FinishReason;
  /** The stop id that ended the text, with finish reason "stop". */
  stoppedBy?: number;
}

/** What the texts of one call have in common, and what is put into this one. */
export interface SampledTextSettings {
  readonly settings: Settings;
  /** What the texts must be. */
  readonly constrained: Constrained | undefined;
  readonly stopIds: ReadonlySet<number>;
  readonly maxTokens: number;
  readonly blockSize: number;
  readonly vocabSize: number;
  readonly seed: number;
  /** The ids that come next behind the output so far, without a draw. */
  readonly put: (ids: readonly number[]) => Promise<readonly number[]>;
}

/** A text whose tokens are kept with their log-probabilities. */
export class SampledText implements BatchText {
  readonly prompt: readonly number[];
  readonly #text: SampledTextSettings;
  readonly #place: BatchPlace;
  readonly #history: History;
  readonly #constrained: ConstrainedDraws | undefined;
  readonly #sampler: Sampler;
  readonly #ids: number[] = [];
  readonly #logprobs: number[] = [];
  readonly #samplingLogprobs: number[] = [];
  readonly #forced: number[] = [];
  #end: { finishReason: FinishReason; stoppedBy?: number } | undefined;

  constructor(
    text: SampledTextSettings,
    place: BatchPlace,
    prompt: readonly number[],
    row: number,
    candidates: Candidates,
  ) {
    const { constrained, vocabSize, seed } = text;
    this.#text = text;
    this.#constrained = constrained && new ConstrainedDraws(constrained);
    const settings = this.#constrained?.settings ?? text.settings;
    this.#place = place;
    this.prompt = prompt;
    this.#history = new History(prompt, settings.chain.penaltyWindow);
    this.#sampler = new Sampler(settings, this.#history, vocabSize, seed, row, candidates);
  }

  get tokens(): number {
    return this.#ids.length;
  }

  async next(logits: Float32Array): Promise<Reading | undefined> {
    const from = this.#ids.length;
    if (from === 0) await this.#putIn(); // what stands behind the prompt without a draw is read first
    if (this.#ids.length === 0 || from > 0) {
      this.#constrained?.prepare();
      const { id, logprob, share } = this.#sampler.next(logits);
      this.#append(id, logprob, Math.log(share), 0);
      if (this.#text.stopIds.has(id)) this.#end = { finishReason: "stop", stoppedBy: id };
      else if (this.#constrained?.take(id)) this.#end = { finishReason: "stop" };
      else await this.#putIn();
    }
    return this.#end ? undefined : { ids: this.#ids.slice(from) };
  }

  /** Puts in what comes next without a draw, as far as there is room. */
  async #putIn(): Promise<void> {
    while (!this.#end) {
      const put = await this.#text.put(this.#ids);
      if (put.length === 0) return;
      for (const id of put) {
        if (this.#end) return;
        this.#history.force(id);
        this.#append(id, 0, 0, 1);
        if (this.#constrained?.put(id)) this.#end = { finishReason: "stop" };
      }
    }
  }

  #append(id: number, logprob: number, samplingLogprob: number, forced: 0 | 1): void {
    const { maxTokens, blockSize } = this.#text;
    this.#ids.push(id);
    this.#logprobs.push(logprob);
    this.#samplingLogprobs.push(samplingLogprob);
    this.#forced.push(forced);
    if (this.#ids.length === maxTokens) this.#end = { finishReason: "length" };
    else if (this.#history.ids.length > blockSize) this.#end = { finishReason: "context" };
  }

  result(): Sample {
    return {
      ...this.#place,
      ids: Uint32Array.from(this.#ids),
      logprobs: Float64Array.from(this.#logprobs),
      samplingLogprobs: Float64Array.from(this.#samplingLogprobs),
      forced: Uint8Array.from(this.#forced),
      ...this.#end!,
    };
  }
}
