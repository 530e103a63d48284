import type { Kinds } from "@llm/platform/options";
import type { Characters } from "./character-tables.js";
import { checkText, ENCODE } from "./check.js";
import { IdBuffer } from "./encoder.js";
import { WorkerError } from "./errors.js";
import type { Pipeline } from "./pipeline.js";
import type { Segment } from "./segments.js";
import type { EncodeOptions } from "./special.js";
import { takingTurns } from "./turns.js";
import type { BatchEncoder } from "./workers/encode-batch.js";

/** How to encode a batch. */
export interface BatchOptions extends EncodeOptions {
  /** Worker threads to encode on. Default: 0, which encodes here. */
  workers?: number;
  signal?: AbortSignal;
}

/** The kinds of {@link BatchOptions}. */
export const BATCH: Kinds<BatchOptions> = { ...ENCODE, workers: "number", signal: "signal" };

/** Encodes many texts here, giving way to other work, or on workers, which it keeps. */
export class Batches {
  readonly #pipeline: Pipeline;
  readonly #characters: Characters | undefined;
  #encoder: BatchEncoder | undefined;

  constructor(pipeline: Pipeline, characters: Characters | undefined) {
    this.#pipeline = pipeline;
    this.#characters = characters;
  }

  /** See `Tokenizer.encodeBatch`. */
  encode(texts: Iterable<string>, options: BatchOptions): Promise<Uint32Array[]> {
    const { workers = 0 } = options;
    if (!Number.isInteger(workers) || workers < 0) {
      throw new WorkerError(`workers is ${workers}: pass a whole number of threads, or 0 for none.`);
    }
    return workers > 0 ? this.#remote(texts, options, workers) : this.#local(texts, options);
  }

  /** Ends the workers. */
  stop(): void {
    this.#encoder?.stop();
  }

  async #local(texts: Iterable<string>, options: BatchOptions): Promise<Uint32Array[]> {
    const batch: Uint32Array[] = [];
    const turn = takingTurns(options.signal);
    for (const text of texts) {
      checkText("encodeBatch", text);
      batch.push(this.#pipeline.encode(text, options).taken());
      const pause = turn();
      if (pause) await pause;
    }
    return batch;
  }

  async #remote(texts: Iterable<string>, options: BatchOptions, workers: number): Promise<Uint32Array[]> {
    // Loaded when asked for: most never do.
    this.#encoder ??= new (await import("./workers/encode-batch.js")).BatchEncoder(this.#pipeline.encoder);
    const batch = await this.#encoder.encode(this.#segmented(texts, options), workers, options.signal);
    const characters = this.#characters;
    const { before, after } = this.#pipeline.around(options);
    if (!characters && before.length + after.length === 0) return batch;
    return batch.map((ids) => {
      const all = new IdBuffer();
      for (const part of [before, characters?.spelled(ids) ?? ids, after]) all.append(Uint32Array.from(part));
      return all.taken();
    });
  }

  *#segmented(texts: Iterable<string>, options: EncodeOptions): Generator<Iterable<Segment>> {
    for (const text of texts) {
      checkText("encodeBatch", text);
      yield this.#pipeline.segments(text, options);
    }
  }
}
