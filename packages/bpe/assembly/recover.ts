// The merges behind a table of ranks: see src/recover.ts.
import { mergeToPair } from "./merge";
import { Model } from "./model";
import { addMerge } from "./pairs";

/**
 * For each of the `count` tokens at `ranked`, in order: merges its bytes with the merges found so far until two parts are
 * left, writes those to `left` and `right`, and adds their merge. Stops at a token whose parts stay more than two; returns how
 * many were done. Starts with rank `rank`, at `ranked`'s first.
 */
export function recover(model: Model, ranked: usize, count: u32, rank: u32, left: usize, right: usize, parts: usize): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const id = load<u32>(ranked + (<usize>i << 2));
    const start = load<u32>(model.offsets + (<usize>id << 2));
    const length = load<u32>(model.offsets + (<usize>id << 2), 4) - start;
    if (mergeToPair(model, model.arena + start, length, parts) != 2) return i;
    store<u32>(left + (<usize>i << 2), load<u32>(parts));
    store<u32>(right + (<usize>i << 2), load<u32>(parts, 4));
    addMerge(model, load<u32>(parts), load<u32>(parts, 4), rank + i, id);
  }
  return count;
}
