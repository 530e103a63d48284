import { encodingModule } from "./encoding-module.js";
import { type EncodingKernels, Kernel } from "./kernel.js";
import { Merges, NO_RANK } from "./merges.js";
import { modelWithoutMerges } from "./model.js";
import type { Vocabulary } from "./vocabulary.js";

/**
 * The merges behind a table of ranks, where the id of a token is its rank (tiktoken's form). That form merges any two
 * parts whose joined bytes are a token; but what happens within a token's bytes depends on nothing around them, so only
 * the one pair that the token itself ends in can ever meet: one merge per token says the same.
 *
 * @param ranked ids of the tokens of two bytes and more, ascending.
 */
export function recoverMerges(
  vocabulary: Vocabulary,
  byteIds: Int32Array,
  ranked: readonly number[],
): Merges {
  const kernel = new Kernel<EncodingKernels>(encodingModule.get());
  const model = modelWithoutMerges(kernel, vocabulary, byteIds, ranked.length);
  const merges = new Merges(ranked.length);
  const ids = kernel.copy(Uint32Array.from(ranked));
  const [left, right] = [kernel.allocate(ranked.length * 4), kernel.allocate(ranked.length * 4)];
  const parts = kernel.allocate(vocabulary.longest * 4);
  for (let at = 0; at < ranked.length; ) {
    const [first, rest] = [at, ranked.length - at];
    const done = kernel.run.recover(model, ids + at * 4, rest, merges.length, left, right, parts);
    for (; at < first + done; at++) {
      const i = at - first;
      merges.add(kernel.words[(left >> 2) + i]!, kernel.words[(right >> 2) + i]!, ranked[at]!);
    }
    if (at === ranked.length) break;
    // What ends in two parts with lower ranks only would do so with all of them, which come later: here it does not.
    const id = ranked[at++]!;
    const pair = lastPair(vocabulary, byteIds, vocabulary.bytes(id));
    if (!pair) continue;
    kernel.run.addMerge(model, pair[0], pair[1], merges.length, id);
    merges.add(pair[0], pair[1], id);
  }
  return merges;
}

/** Merges a token's bytes by tiktoken's rule until two parts are left; none where it cannot be reached. */
function lastPair(
  vocabulary: Vocabulary,
  byteIds: Int32Array,
  bytes: Uint8Array,
): [number, number] | undefined {
  const starts = Array.from({ length: bytes.length + 1 }, (_, i) => i);
  // ranks[i]: the id of parts i and i + 1 joined, or NO_RANK
  const joined = (i: number): number => {
    if (i < 0 || i + 2 >= starts.length) return NO_RANK;
    const id = vocabulary.find(bytes, starts[i]!, starts[i + 2]!);
    return id < 0 ? NO_RANK : id;
  };
  const ranks = starts.map((_, i) => joined(i));
  while (starts.length > 3) {
    let best = 0;
    for (let i = 1; i < ranks.length; i++) if (ranks[i]! < ranks[best]!) best = i;
    if (ranks[best] === NO_RANK) return undefined;
    starts.splice(best + 1, 1);
    ranks.splice(best + 1, 1);
    ranks[best] = joined(best);
    if (best > 0) ranks[best - 1] = joined(best - 1);
  }
  const part = (from: number, to: number) =>
    to - from === 1 ? byteIds[bytes[from]!]! : vocabulary.find(bytes, from, to);
  return [part(0, starts[1]!), part(starts[1]!, bytes.length)];
}
