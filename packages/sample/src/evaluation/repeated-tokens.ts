import type { Kinds } from "@llm/platform/options";
import { check, checkModel, checkSeed } from "../check.js";
import { InvalidOptionError } from "../errors.js";
import { logSumExp } from "../logits.js";
import { uniforms } from "../random.js";
import type { LogitsModel } from "../types.js";
import { type Estimate, estimate } from "./interval.js";

/** Options of {@link repeatedTokens}. */
export interface RepeatedTokensOptions {
  /** Tokens before they come again. Default half a block, 64 at most. */
  length?: number;
  /** How many sequences. Default 16. */
  sequences?: number;
  /** Ids below this are drawn. Default all of the model. */
  vocabSize?: number;
  seed?: number;
  signal?: AbortSignal;
}

/** What a model expects of random tokens, and of the same tokens when they come again. In nats a token. */
export interface RepeatedTokens {
  /** The loss on the first half, whose tokens nothing tells (from the second on). */
  first: Estimate;
  /** The loss on the second half (from its second token on), which a model that looks back can copy. */
  second: Estimate;
  /** The mean loss at each place from the second token of the sequence on. */
  losses: Float64Array;
}

const REPEATED: Kinds<RepeatedTokensOptions> = {
  length: "count",
  sequences: "count",
  vocabSize: "count",
  seed: "number",
  signal: "signal",
};

/** The loss on random tokens that come twice, which tells whether a model has induction heads (Olsson et al. 2022). */
export async function repeatedTokens(
  model: LogitsModel,
  options: RepeatedTokensOptions = {},
): Promise<RepeatedTokens> {
  check("repeatedTokens", options, REPEATED);
  checkModel("repeatedTokens", model);
  const {
    length = Math.min(64, Math.floor(model.blockSize / 2)),
    sequences = 16,
    seed = 0,
    signal,
  } = options;
  const { vocabSize = model.vocabSize } = options;
  checkSeed("repeatedTokens", seed);
  if (length < 2 || 2 * length > model.blockSize) {
    throw new InvalidOptionError(
      "length",
      `length is ${length}; it must be from 2 to ${Math.floor(model.blockSize / 2)}, half the model's block`,
    );
  }
  if (vocabSize > model.vocabSize) {
    throw new InvalidOptionError("vocabSize", `vocabSize is ${vocabSize}; the model has ${model.vocabSize}`);
  }
  const losses = new Float64Array(2 * length - 1);
  const halves: [number[], number[]] = [[], []];
  const session = model.session(1, { positions: 2 * length });
  try {
    for (let row = 0; row < sequences; row++) {
      const half = Uint32Array.from({ length }, (_, i) => uniforms(seed, row, i)[0] * vocabSize);
      const ids = Uint32Array.from({ length: 2 * length }, (_, i) => half[i % length]!);
      const [only] = session.rows as [number];
      const [logits] = await session.step([{ row: only, ids: ids.slice(0, -1) }], {
        logits: "all",
        ...(signal && { signal }),
      });
      const sums: [number, number] = [0, 0];
      for (let at = 0; at < losses.length; at++) {
        const row = logits!.subarray(at * model.vocabSize, (at + 1) * model.vocabSize);
        const loss = logSumExp(row) - row[ids[at + 1]!]!;
        losses[at]! += loss / sequences;
        // The first token of the second half is not told by what follows the last of the first.
        if (at + 1 !== length) sums[at + 1 < length ? 0 : 1] += loss / (length - 1);
      }
      halves[0].push(sums[0]);
      halves[1].push(sums[1]);
      session.truncate(only, 0);
    }
  } finally {
    session.dispose();
  }
  return { first: estimate(halves[0]), second: estimate(halves[1]), losses };
}
