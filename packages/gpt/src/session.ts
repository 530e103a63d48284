import { cachedAttention, parameter, scope, slice, type Tensor, tensor } from "@llm/tensor";
import { attentionOptions } from "./attention-options.js";
import { ContextLengthError, TokenIdError } from "./errors.js";
import { attentionWidths } from "./layout.js";
import { network } from "./network.js";
import type { Pass } from "./pass.js";

/** Token ids of a session's rows, row after row, every row the same number of them. */
export type Ids = Uint32Array | Int32Array | readonly number[];

/**
 * Sequences being decoded: the keys and values of every position seen so far, so that a new token
 * costs one position's work. Memory: 2 x nLayer x rows x blockSize x nKvHead headDim floats, held until `dispose`.
 */
export class GptSession {
  /** Sequences decoded side by side. */
  readonly rows: number;
  #length = 0;
  readonly #cache: { k: Tensor; v: Tensor }[];
  readonly #pass: (length: number) => Pass;

  /** Made by `model.session(rows)`. */
  constructor(passOf: (length: number) => Omit<Pass, "offset" | "attend">, rows: number) {
    if (!Number.isSafeInteger(rows) || rows < 1) {
      throw new RangeError(`rows is ${rows}; a session needs a whole number of at least 1`);
    }
    const { config } = passOf(1);
    const { nLayer, blockSize } = config;
    const { kv } = attentionWidths(config);
    this.rows = rows;
    // Parameters, because these outlive any scope the session is made in.
    const cache = (name: string) =>
      parameter(name, new Float32Array(rows * blockSize * kv), [rows, blockSize, kv]);
    this.#cache = Array.from({ length: nLayer }, () => ({ k: cache("k"), v: cache("v") }));
    const attend: Pass["attend"] = (qkv, layer) =>
      cachedAttention(qkv, this.#cache[layer]!, this.#length, attentionOptions(config, layer));
    this.#pass = (length) => ({ ...passOf(length), offset: this.#length, attend });
  }

  /** Positions in the cache. */
  get length(): number {
    return this.#length;
  }

  /**
   * Takes in the next ids (rows x n, row after row) and answers the logits of each row's last
   * position, (rows, vocabSize).
   * @throws {ContextLengthError} when the sequence would outgrow `blockSize`; nothing is taken in then
   */
  async append(ids: Ids): Promise<Float32Array> {
    return read(this.#advance(ids, (x, n) => slice(x, 1, n - 1, n)));
  }

  /** As `append`, answering the logits of every new position: (rows, n, vocabSize). */
  async all(ids: Ids): Promise<Float32Array> {
    return read(this.#advance(ids, (x) => x));
  }

  /** Forgets every position from `length` on, so that decoding goes on from there. */
  truncate(length: number): void {
    if (!Number.isSafeInteger(length) || length < 0 || length > this.#length) {
      throw new RangeError(`cannot truncate to ${length}: the session holds ${this.#length} positions`);
    }
    this.#length = length;
  }

  /** Frees the cache. */
  dispose(): void {
    for (const { k, v } of this.#cache.splice(0)) {
      k.dispose();
      v.dispose();
    }
  }

  #advance(ids: Ids, wanted: (x: Tensor, n: number) => Tensor): Tensor {
    if (this.#cache.length === 0) {
      throw new Error("this session was disposed of; make another with model.session()");
    }
    const n = ids.length / this.rows;
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(
        `${ids.length} ids cannot be shared out over ${this.rows} rows; give every row the same number, at least 1`,
      );
    }
    const pass = this.#pass(this.#length + n);
    const { blockSize, vocabSize } = pass.config;
    if (this.#length + n > blockSize) {
      throw new ContextLengthError(
        `${this.#length} positions and ${n} more exceed blockSize = ${blockSize}; truncate() or start a new session`,
      );
    }
    checkIds(ids, vocabSize);
    const logits = scope(() => {
      const { embed, block, finalNorm, logits } = network(pass);
      const origin = tensor(ids, [this.rows, n], "int32");
      const x0 = embed(origin);
      let x = x0;
      for (let layer = 0; layer < pass.config.nLayer; layer++) x = block(x, layer, { ids: origin, x0 });
      return logits(finalNorm(wanted(x, n)));
    });
    this.#length += n;
    return logits;
  }
}

/** @throws {TokenIdError} at the first id outside the vocabulary */
function checkIds(ids: ArrayLike<number>, vocabSize: number): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (!(Number.isInteger(id) && id >= 0 && id < vocabSize)) {
      throw new TokenIdError(`id ${id} at index ${i} is outside the vocabulary of ${vocabSize}`);
    }
  }
}

async function read(logits: Tensor): Promise<Float32Array> {
  try {
    const data = await logits.data();
    return data instanceof Float32Array ? data : Float32Array.from(data);
  } finally {
    logits.dispose();
  }
}
