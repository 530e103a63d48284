import type { Document } from "../../src/document.js";
import { pipeline } from "../../src/pipeline.js";
import type { Step } from "../../src/step.js";

/** What a step keeps, and what it says of what it drops, by id. */
export async function run(documents: readonly Document[], step: Step) {
  const dropped: Record<string, { reason: string; value: number | string }> = {};
  const kept: Record<string, string> = {};
  const running = pipeline(documents, step);
  for await (const { id, text } of running.docs({
    onDrop: ({ document, verdict: { reason, value } }) => (dropped[document.id] = { reason, value }),
  })) {
    kept[id] = text;
  }
  return { kept, dropped };
}

/** Documents of texts, whose ids are their positions. */
export function numbered(texts: readonly string[]): Document[] {
  return texts.map((text, i) => ({ id: `${i}`, text, meta: {} }));
}
