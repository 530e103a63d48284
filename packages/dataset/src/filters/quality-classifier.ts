import { check, checkHas } from "../check.js";
import type { Fasttext } from "../fasttext/fasttext.js";
import { rewrite, type Step } from "../step.js";

/** Options of `qualityClassifier`. */
export interface QualityClassifierOptions {
  /** The label of texts worth keeping. */
  label: string;
  /** Its probability must be at least this. Default .5. */
  threshold?: number;
}

/** A label that a classifier does not know. */
export class UnknownLabelError extends Error {
  override readonly name = "UnknownLabelError";
  constructor(label: string, labels: readonly string[]) {
    super(`The classifier has no label "${label}". It has: ${labels.slice(0, 20).join(", ")}.`);
  }
}

/**
 * Keeps documents to which a classifier gives a label, and notes its probability as `meta.quality`: what DCLM (Li et
 * al. 2024) does with fastText, and FineWeb-Edu with a larger model.
 *
 * @throws UnknownLabelError
 */
export function qualityClassifier(model: Fasttext, options: QualityClassifierOptions): Step {
  checkHas(
    "model of qualityClassifier",
    model,
    ["predict"],
    "pass what trainClassifier or loadFasttext gives",
  );
  check("qualityClassifier", options, { label: "string!", threshold: "number" });
  const { label, threshold = 0.5 } = options;
  if (!model.labels.includes(label)) throw new UnknownLabelError(label, model.labels);
  return rewrite("qualityClassifier", function* (document) {
    const found = model.predict(document.text, model.labels.length).find((each) => each.label === label);
    const quality = Math.min(1, found?.probability ?? 0);
    const measured = { metric: "quality", value: quality, threshold, bound: "min" } as const;
    yield quality < threshold
      ? { keep: false, reason: "low_quality", ...measured }
      : { keep: true, ...measured };
    return { ...document, meta: { ...document.meta, quality } };
  });
}
