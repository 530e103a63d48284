import { type Merges, NO_RANK } from "./merges.js";
import { MissingByteError } from "./missing-byte.js";

/** One merge of a traced piece. */
export interface TraceStep {
  /** The merge's place in the order of merges: the lowest one present is done first. */
  rank: number;
  /** Which part it joins with the next one. */
  index: number;
  /** The ids joined and the id made of them. */
  left: number;
  right: number;
  id: number;
  /** The ids of all parts after this merge. */
  parts: number[];
}

/**
 * How the bytes of one piece become ids, step by step: always the pair of lowest rank, the leftmost of equals. Quadratic,
 * and meant for short pieces; assembly/merge.ts does the work.
 *
 * @throws VocabularyError for a byte that has no token
 */
export function traceMerges(
  bytes: Uint8Array,
  merges: Merges,
  byteIds: Int32Array,
): { ids: number[]; steps: TraceStep[] } {
  const ids = Array.from(bytes, (byte) => {
    const id = byteIds[byte]!;
    if (id < 0) throw new MissingByteError(byte);
    return id;
  });
  const steps: TraceStep[] = [];
  for (;;) {
    let rank = NO_RANK;
    let index = -1;
    for (let i = 0; i + 1 < ids.length; i++) {
      const r = merges.rank(ids[i]!, ids[i + 1]!);
      if (r < rank) {
        rank = r;
        index = i;
      }
    }
    if (index < 0) return { ids, steps };
    const [left, right] = [ids[index]!, ids[index + 1]!];
    const id = merges.token[rank]!;
    ids.splice(index, 2, id);
    steps.push({ rank, index, left, right, id, parts: [...ids] });
  }
}
