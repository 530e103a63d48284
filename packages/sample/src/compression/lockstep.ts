import { Rests } from "@llm/platform/rest";
import type { LogitsModel, Session } from "../types.js";
import { PROBES } from "./header.js";

/** How a file is read: the same in both directions, so that each step has the same shape. */
export interface Reading {
  /** Symbols of each row. */
  counts: readonly number[];
  /** The id that stands before each row. */
  prefixId: number;
  /** How many ids a row that has filled the block goes on with. */
  overlap: number;
}

/** What a row's next symbol is, which follows from these logits: an id, or -1 where the model has nothing to read. */
export type Turn = (row: number, logits: Float32Array) => number;

/** Reads all rows in step: one symbol of each, then a step of the model for those that have more. */
export async function inStep(
  model: LogitsModel,
  { counts, prefixId, overlap }: Reading,
  turn: Turn,
  signal?: AbortSignal,
): Promise<void> {
  const session = model.session(counts.length, { positions: model.blockSize });
  const rests = new Rests();
  try {
    const rows = session.rows.map((row, i) => ({
      row,
      i,
      count: counts[i]!,
      ids: [prefixId],
      isBehind: true, // its last id has not been read
      logits: new Float32Array(0) as Float32Array,
    }));
    const longest = Math.max(0, ...counts);
    for (let t = 0; t < longest; t++) {
      const active = rows.filter(({ count }) => count > t);
      const behind = active.filter(({ isBehind }) => isBehind);
      const entries = behind.map(({ row, ids }) => {
        if (session.length(row) < model.blockSize) return { row, ids: ids.slice(-1) };
        session.truncate(row, 0);
        return { row, ids: ids.slice(-1 - overlap) };
      });
      if (entries.length > 0) {
        const answers = await session.step(entries, signal && { signal });
        for (const [j, each] of behind.entries()) each.logits = answers[j]!;
      }
      for (const each of active) {
        const id = turn(each.i, each.logits);
        each.isBehind = id >= 0;
        if (each.isBehind) each.ids.push(id);
      }
      await rests.take(signal);
    }
  } finally {
    session.dispose();
  }
}

/**
 * Some logits behind a few ids that are always the same, of rows in one step: bits that depend on the model, and on how an
 * engine computes.
 */
export async function probe(model: LogitsModel, rows: number): Promise<Float32Array> {
  const session: Session = model.session(rows, { positions: model.blockSize });
  try {
    const id = (row: number, at: number) => (7919 * (at + 1) + 104_729 * row) % model.vocabSize;
    const length = Math.min(4, model.blockSize - 1);
    const chunk = session.rows.map((row, i) => ({
      row,
      ids: Array.from({ length }, (_, at) => id(i, at)),
    }));
    if (length > 0) await session.step(chunk);
    const answers = await session.step(session.rows.map((row, i) => ({ row, ids: [id(i, length)] })));
    const logits = answers.at(-1)!;
    return Float32Array.from({ length: PROBES }, (_, k) => logits[(k * 31 + 7) % logits.length]!);
  } finally {
    session.dispose();
  }
}
