import type { Kinds } from "@llm/platform/options";
import { Rests } from "@llm/platform/rest";
import { check, checkInputs } from "./check.js";
import type { Batch, Batches } from "./data/batch.js";
import { countBatch } from "./data/count-batch.js";
import { DataError, OptionsError } from "./errors.js";
import { type Scorable, sumOfLosses } from "./losses.js";
import type { Team } from "./processes/team.js";

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** Batches per split. */
  batches: number;
  batchSize: number;
  blockSize: number;
  /** Default `["val"]`. */
  splits?: readonly string[];
  /** Default 0. */
  seed?: number;
  /** Ends the evaluation at the next batch: it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Options of {@link bitsPerByte}. */
export interface BitsPerByteOptions extends EvaluateOptions {
  /** Bytes of text that each token id stands for; 0 for ids that stand for none, which do not count. */
  tokenBytes: ArrayLike<number>;
}

const EVALUATE: Kinds<EvaluateOptions> = {
  batches: "count!",
  batchSize: "count!",
  blockSize: "count!",
  splits: "array",
  seed: "number",
  signal: "signal",
};
const BITS: Kinds<BitsPerByteOptions> = { ...EVALUATE, tokenBytes: "list!" };

/**
 * Mean loss by split in nats per counted target, without dropout. The batches are the same at every call with equal
 * options, so two evaluations differ by the model alone.
 * @throws {OptionsError} for options it does not have, lacks or cannot use
 * @throws {DataError} for a split that is not there, or in which no target counts
 */
export async function evaluate(
  model: Scorable,
  data: Batches,
  options: EvaluateOptions,
): Promise<Record<string, number>> {
  checkInputs("evaluate", model, data);
  check("evaluate", options, EVALUATE);
  return (await bySplit(model, data, options))!;
}

/**
 * What `evaluate` answers, when each process of a run does its share of the batches.
 * @returns undefined when another process has left
 */
export function evaluateTogether(
  model: Scorable,
  data: Batches,
  options: EvaluateOptions,
  team: Team | undefined,
): Promise<Record<string, number> | undefined> {
  return bySplit(model, data, options, { team });
}

/**
 * Bits per byte of text by split: -log2 p of all targets over the bytes they stand for. Unlike the loss per token it can be
 * compared between tokenizers. With @llm/bpe: `tokenBytes: Uint32Array.from({ length: vocabSize }, (_, id) => bytes of id)`.
 * @throws {OptionsError} for options it does not have, lacks or cannot use
 * @throws {DataError} for a split that is not there, or in which no target stands for a byte
 */
export async function bitsPerByte(
  model: Scorable,
  data: Batches,
  options: BitsPerByteOptions,
): Promise<Record<string, number>> {
  checkInputs("bitsPerByte", model, data);
  check("bitsPerByte", options, BITS);
  const { tokenBytes, ...rest } = options;
  const lengthOf = (id: number) => {
    if (id < 0) return 0;
    const length = tokenBytes[id];
    if (Number.isSafeInteger(length) && length! >= 0) return length!;
    throw new OptionsError(
      `tokenBytes of bitsPerByte is ${length} for id ${id}; it must hold the length of every id`,
    );
  };
  const measure = (batch: Batch) => {
    const lengths = Array.from(batch.targets, (id, i) => lengthOf(id) * Number(batch.mask?.[i] ?? 1));
    const bytes = lengths.reduce((sum, length) => sum + length, 0);
    const { ids, targets } = batch;
    return {
      batch: { ids, targets, mask: lengths.map((length) => Number(length > 0)) },
      units: bytes * Math.LN2,
    };
  };
  return (await bySplit(model, data, rest, { measure }))!;
}

/** A batch as it is to be scored, and what its nats are divided by. */
type Measure = (batch: Batch) => { batch: Batch; units: number };

async function bySplit(
  model: Scorable,
  data: Batches,
  options: EvaluateOptions,
  { measure, team }: { measure?: Measure; team?: Team | undefined } = {},
): Promise<Record<string, number> | undefined> {
  const { batches, batchSize, blockSize, splits = ["val"], seed = 0, signal } = options;
  const { rank, world } = team ?? { rank: 0, world: 1 };
  const rests = new Rests();
  const nats = new Float64Array(splits.length);
  const total = new Float64Array(splits.length);
  for (const [i, split] of splits.entries()) {
    for (let micro = rank; micro < batches; micro += world) {
      await rests.take(signal);
      const count = (batch: Batch) =>
        countBatch(batch, batchSize * blockSize, `batch ${micro} of split "${split}"`);
      let batch = count(data.batch({ split, step: 0, micro, batchSize, blockSize, seed }));
      let units = batch.count;
      if (measure) {
        const measured = measure(batch);
        units = measured.units;
        batch = count(measured.batch);
      }
      if (batch.count === 0) continue;
      nats[i]! += await sumOfLosses(model, batch, [batchSize, blockSize]);
      total[i]! += units;
    }
  }
  if (team && !(await team.sum(nats, total))) return undefined;
  const empty = total.indexOf(0);
  if (empty >= 0) {
    throw new DataError(
      `no target of the ${batches} batches of split "${splits[empty]}" counts; look at its masks`,
    );
  }
  return Object.fromEntries(splits.map((split, i) => [split, nats[i]! / total[i]!]));
}
