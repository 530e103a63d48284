import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import { DataError, OptionsError } from "../errors.js";
import { hash } from "../hash.js";
import type { Batch, Batches, BatchKey } from "./batch.js";
import { firstRow, shuffled } from "./windows.js";

/** One source of a mixture. */
export interface MixturePart {
  data: Batches;
  /** Its share of the rows, relative to the others'. */
  weight: number;
}

const PART: Kinds<MixturePart> = { data: "object!", weight: "number!" };

/** Rows within which every source has its share exactly. */
const ROUND = 1000;

/**
 * Rows of several sources by weight. In every 1,000 rows each source has its share, in random order, and it goes on in its own
 * order whatever the others have.
 * @param sources by name, which `splits` of evaluation do not mix: split "val" is that of every source, by weight too
 * @throws {OptionsError} when there is no source, or weights are not finite and above 0
 */
export function mixture(sources: Readonly<Record<string, MixturePart>>): Batches {
  const names = Object.keys(sources);
  if (names.length === 0) throw new OptionsError("mixture has no sources; give at least one");
  for (const name of names) {
    check(`mixture.${name}`, sources[name]!, PART);
    const { weight } = sources[name]!;
    if (!(weight > 0 && weight < Infinity)) {
      throw new OptionsError(`weight of mixture.${name} is ${weight}; it must be finite and above 0`);
    }
  }
  const shares = sharesOf(names.map((name) => sources[name]!.weight));
  const begins = shares.map((_, i) => shares.slice(0, i).reduce((sum, share) => sum + share, 0));
  return {
    description: {
      mixture: Object.fromEntries(
        names.map((name, i) => [name, { share: shares[i]! / ROUND, data: sources[name]!.data.description }]),
      ),
    },
    batch(key) {
      const first = firstRow(key);
      const rows = Array.from({ length: key.batchSize }, (_, i) => {
        const row = first + i;
        const round = Math.floor(row / ROUND);
        const place = shuffled(row - round * ROUND, ROUND, [key.seed, hash(key.split), round]);
        const source = begins.findLastIndex((begin) => begin <= place);
        const own = round * shares[source]! + place - begins[source]!;
        return rowOf(sources[names[source]!]!.data, key, own);
      });
      return joined(rows, key.blockSize);
    },
  };
}

/** How many of a round's rows each source has: whole numbers, at least 1, the largest remainders rounded up. */
function sharesOf(weights: readonly number[]): number[] {
  if (weights.length > ROUND)
    throw new OptionsError(`mixture has ${weights.length} sources; the most are ${ROUND}`);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map((weight) => (weight / total) * ROUND);
  const shares = exact.map((share) => Math.max(1, Math.floor(share)));
  const byRest = [...exact.keys()].sort((a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!));
  for (let i = 0, left = ROUND - shares.reduce((sum, share) => sum + share, 0); left !== 0; i++) {
    const place = byRest[left > 0 ? i % byRest.length : byRest.length - 1 - (i % byRest.length)]!;
    if (left < 0 && shares[place]! <= 1) continue;
    shares[place]! += Math.sign(left);
    left -= Math.sign(left);
  }
  return shares;
}

/** Row number `row` of a source, counted over all steps. */
function rowOf(data: Batches, { split, blockSize, seed }: BatchKey, row: number): Batch {
  return data.batch({ split, step: row + 1, micro: 0, batchSize: 1, blockSize, seed });
}

function joined(rows: readonly Batch[], blockSize: number): Batch {
  const part = (name: "ids" | "targets") => {
    const all = new Int32Array(rows.length * blockSize);
    for (const [i, row] of rows.entries()) all.set(row[name], i * blockSize);
    return all;
  };
  const optional = (name: "mask" | "weight" | "documents", missing: number) => {
    if (rows.every((row) => row[name] === undefined)) return {};
    const list = rows.flatMap((row) => Array.from(row[name] ?? new Array<number>(blockSize).fill(missing)));
    if (list.length !== rows.length * blockSize)
      throw new DataError(`${name} of a row of the mixture has another length`);
    return { [name]: list };
  };
  return {
    ids: part("ids"),
    targets: part("targets"),
    ...optional("mask", 1),
    ...optional("weight", 1),
    ...optional("documents", 0),
  };
}
