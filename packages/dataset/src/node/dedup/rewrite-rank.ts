import type { Document } from "../../document.js";
import type { Drop } from "../../pipeline.js";
import type { Sink } from "../../sink.js";
import type { StageContext } from "../../stage.js";
import type { DropVerdict } from "../../step.js";
import type { DocumentIds } from "./document-index.js";
import { InputChangedError } from "./errors.js";
import type { DocumentsOfRank } from "./input.js";

/** What a last stage goes by. */
export interface RewriteOptions {
  readonly stage: string;
  readonly rank: number;
  readonly tasks: number;
  readonly input: DocumentsOfRank;
  readonly output: Sink;
  readonly onDrop?: ((drop: Drop) => void) | undefined;
  /** What the first stage saw. */
  readonly ids: DocumentIds;
  readonly documents: number;
  /** What becomes of the document at a position. */
  decide(document: Document, position: number): Document | DropVerdict;
}

/** Reads a rank's documents again and writes those that stay. @throws InputChangedError */
export async function rewriteRank(options: RewriteOptions, { signal, onProgress }: StageContext = {}) {
  const { stage, rank, tasks, input, output, onDrop, ids, documents, decide } = options;
  const writer = await output.open({ rank, world: tasks });
  const stats = { documents: 0, kept: 0, removed: 0 };
  try {
    for await (const document of input(rank, { signal, drop() {} })) {
      signal?.throwIfAborted();
      const position = stats.documents++;
      checkSame(document, rank, position, position < documents ? ids.of(rank, position) : undefined);
      const decision = decide(document, position);
      if ("keep" in decision) {
        stats.removed++;
        onDrop?.({ step: stage, document, verdict: decision });
      } else {
        stats.kept++;
        await writer.write(decision);
      }
      if (stats.documents % 1000 === 0) onProgress?.(stats.documents);
    }
    if (stats.documents < documents)
      checkSame(undefined, rank, stats.documents, ids.of(rank, stats.documents));
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    ids.close();
  }
  return stats;
}

function checkSame(
  document: Document | undefined,
  rank: number,
  position: number,
  id: string | undefined,
): void {
  if (document?.id === id) return;
  const now = document ? `is "${document.id}" now` : "is missing now";
  const then = id === undefined ? "was not there" : `was "${id}"`;
  throw new InputChangedError(
    `document ${position} of rank ${rank} ${now} and ${then} in the first stage: the input has changed, run all stages again`,
  );
}
