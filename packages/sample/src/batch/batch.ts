import { Rests } from "@llm/platform/rest";
import { checkSession } from "../check.js";
import type { LogitsModel } from "../types.js";
import type { BatchProgress } from "./batch-options.js";
import { type BatchText, type Open, Places } from "./places.js";

/** How a batch is written. */
export interface WritingOptions {
  /** Texts that are written at a time, at most. */
  rows: number;
  /** Positions that the longest text can reach. */
  positions: number;
  /** The most bytes that they take, where that is known. */
  bytes?: number | undefined;
  onProgress?: ((progress: BatchProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Writes texts beside each other, in rows of one session: each step reads what every open text has to read next. A prompt is
 * read once, and its texts begin in forks of its row. The row of a finished text is the next one's: cut back to the prompt
 * where that is the same; closed where no text waits. Yields each text after each of its `next`.
 */
export async function* writeBatch<T extends BatchText>(
  model: LogitsModel,
  texts: readonly T[],
  { rows, positions, bytes, onProgress, signal }: WritingOptions,
): AsyncGenerator<T, void, undefined> {
  const rests = new Rests();
  await rests.take(signal);
  const report = (open: number, waiting: number) => {
    const tokens = onProgress ? texts.reduce((sum, text) => sum + text.tokens, 0) : 0;
    const finished = texts.length - open - waiting;
    onProgress?.({
      ...(bytes !== undefined && { bytes }),
      rows,
      texts: texts.length,
      finished,
      open,
      tokens,
    });
  };
  report(0, texts.length);
  if (texts.length === 0) return;
  const session = model.session(rows, { positions });
  try {
    checkSession(session);
    const places = new Places(session, texts);
    const advance = async (each: Open<T>, logits: Float32Array): Promise<T> => {
      await rests.take(signal);
      places.settle(each, await each.text.next(logits, session.length(each.row)));
      return each.text;
    };
    for (;;) {
      for (let each = places.fork(); each; each = places.fork()) {
        yield await advance(each, each.group.logits!);
      }
      places.readPrompts();
      const open = places.open.splice(0);
      if (open.length === 0) return;
      const entries = open.map(({ row, ids }) => ({ row, ids }));
      const logits = await session.step(entries, signal && { signal });
      for (const [i, each] of open.entries()) {
        places.noteLogits(each, logits[i]!);
        yield await advance(each, logits[i]!);
      }
      report(places.open.length, places.waiting);
    }
  } finally {
    session.dispose();
  }
}
