import { check } from "../../check.js";
import { duplicateOf, type ExactDedupOptions, type ExactUnit, exactUnit } from "../../dedup/exact.js";
import { type SentenceDedupOptions, SPANS, spanRules, spansOf, withoutSpans } from "../../dedup/sentences.js";
import { checkPolicy, scoreOf } from "../../minhash/policy.js";
import type { Stage } from "../../stage.js";
import { contentsStage } from "./contents.js";
import { repeatFilterStage } from "./filter.js";
import { REPEAT_STAGES, type RepeatStagesOptions, repeatJob } from "./job.js";
import { repeatsStage } from "./repeats.js";

/** Options of `exactDedupStages`. */
export interface ExactDedupStagesOptions extends RepeatStagesOptions, ExactDedupOptions {
  /** What of two documents is equal. Default `"text"`; `"url"` is `meta.url` as `comparableUrl` gives it. */
  readonly by?: "text" | "url" | undefined;
}

/** Options of `sentenceDedupStages`. */
export interface SentenceDedupStagesOptions
  extends RepeatStagesOptions,
    Omit<SentenceDedupOptions, "scope"> {}

type ThreeStages = readonly [contents: Stage, repeats: Stage, filter: Stage];

/**
 * `exactDedup`, or `urlDedup`, over a corpus of any size: hashes of all documents, those that come again, and the filter that writes
 * the documents that stay. The first is the one of the lowest rank there and of the lowest position. Stages are as in `minhashStages`.
 *
 * @throws RangeError, TypeError for options that make no sense; the tasks throw DedupFileError, InputChangedError,
 * PriorityError, DiskFullError, or the signal's reason
 */
export function exactDedupStages(options: ExactDedupStagesOptions): ThreeStages {
  check("exactDedupStages", options, { ...REPEAT_STAGES, by: ["text", "url"], policy: "string|object" });
  checkPolicy("exactDedupStages", options.policy, ["first", "longest"]);
  const { by = "text", policy = "first" } = options;
  const { content, reason }: ExactUnit = exactUnit(by);
  const score = scoreOf(policy);
  const job = repeatJob(options, {
    name: "exact",
    settings: { by, policy: typeof policy === "string" ? policy : "priority" },
    positionAt: 4,
    *contentsOf(document, position) {
      const key = content(document);
      if (key !== undefined) yield { key, order: descending(score?.(document) ?? 0), last: position };
    },
  });
  const filter = repeatFilterStage(job, options, (document, parts, original) =>
    parts.length > 0 ? duplicateOf(original(), reason) : document,
  );
  return [contentsStage(job), repeatsStage(job), filter];
}

/**
 * `sentenceDedup` over a corpus of any size, deciding as datatrove's three stages do: of equal spans the one at the lowest position in
 * its rank stays, then that of the lowest rank. Stages are as in `minhashStages`.
 *
 * @throws as `exactDedupStages`
 */
export function sentenceDedupStages(options: SentenceDedupStagesOptions): ThreeStages {
  check("sentenceDedupStages", options, { ...REPEAT_STAGES, ...SPANS });
  const rules = spanRules(options);
  const { span, unit } = rules;
  const job = repeatJob(options, {
    name: "sentences",
    settings: { span, unit },
    positionAt: 3,
    *contentsOf({ text }, position) {
      for (const { start, key } of spansOf(text, rules).keys)
        yield { key, order: [0, position], last: start };
    },
  });
  const filter = repeatFilterStage(job, options, (document, starts) =>
    withoutSpans(document, spansOf(document.text, rules).parts, starts, rules),
  );
  return [contentsStage(job), repeatsStage(job), filter];
}

/** Two words that sort, as one number, the other way round than numbers do. */
function descending(value: number): [low: number, high: number] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value === 0 ? 0 : value); // -0 is 0
  const [high, low] = [view.getUint32(0), view.getUint32(4)];
  // Below zero, the bits of a double already sort backwards, after the sign, which is set.
  return high >>> 31 === 1 ? [low, high] : [~low >>> 0, ~high & 0x7fffffff];
}
