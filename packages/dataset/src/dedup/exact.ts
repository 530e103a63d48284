import { check } from "../check.js";
import type { Document } from "../document.js";
import { HashTable } from "../hash/hash-table.js";
import { checkPolicy, type SurvivorPolicy, scoreOf } from "../minhash/policy.js";
import type { DropVerdict, Step, StepContext } from "../step.js";
import { comparableUrl } from "./comparable-url.js";

/** Options of `exactDedup` and `urlDedup`. */
export interface ExactDedupOptions {
  /**
   * Which of equal documents stays: `"first"` (the default) streams; `"longest"`, and the one of the highest `priority`, wait for the
   * last document and hold all meanwhile.
   */
  readonly policy?: Exclude<SurvivorPolicy, "datatrove"> | undefined;
}

/** Options of `urlDedup`. */
export interface UrlDedupOptions extends ExactDedupOptions {
  /** What of a URL is compared. Default: without what seldom changes a page, as `comparableUrl` says. */
  readonly normalize?: ((url: string) => string) | undefined;
}

/**
 * A step that drops documents whose text another has, as `duplicate`; the verdict's value is the id of the one that stays.
 * Texts are compared by 64-bit hashes; needs about 30 bytes a document, and its id.
 */
export function exactDedup(options: ExactDedupOptions = {}): Step {
  check("exactDedup", options, { policy: "string|object" });
  checkPolicy("exactDedup", options.policy, ["first", "longest"]);
  return dedupBy("exactDedup", exactUnit("text"), options);
}

/**
 * A step that drops documents whose `meta.url` another has, as `duplicate_url`; the verdict's value is the id of the one that
 * stays. Documents without a URL pass. Decides as datatrove's exact deduplication of URLs does, but for the normalization.
 */
export function urlDedup(options: UrlDedupOptions = {}): Step {
  check("urlDedup", options, { policy: "string|object", normalize: "function" });
  checkPolicy("urlDedup", options.policy, ["first", "longest"]);
  return dedupBy("urlDedup", exactUnit("url", options.normalize), options);
}

/** What of documents is compared, and why one goes whose is another's. */
export interface ExactUnit {
  readonly reason: string;
  content(document: Document): string | undefined;
}

export function exactUnit(by: "text" | "url", normalize = comparableUrl): ExactUnit {
  if (by === "text") return { reason: "duplicate", content: ({ text }) => text };
  const content = ({ meta: { url } }: Document) => (typeof url === "string" ? normalize(url) : undefined);
  return { reason: "duplicate_url", content };
}

/** What is said of a document that has the content of the document `id`. */
export function duplicateOf(id: string, reason: string): DropVerdict {
  return { keep: false, reason, metric: "duplicate of", value: id, threshold: "none" };
}

function dedupBy(name: string, unit: ExactUnit, { policy = "first" }: ExactDedupOptions): Step {
  const score = scoreOf(policy);
  return {
    name,
    stateful: true,
    transform: (documents, context) =>
      score ? dropLesser(documents, context, unit, score) : dropLater(documents, context, unit),
  };
}

async function* dropLater(
  documents: AsyncIterable<Document>,
  context: StepContext,
  { content, reason }: ExactUnit,
): AsyncGenerator<Document> {
  const table = new HashTable();
  const ids: string[] = [];
  for await (const document of documents) {
    const key = content(document);
    const original = key === undefined ? undefined : table.add(key, ids.length);
    if (original !== undefined) {
      context.drop(document, duplicateOf(ids[original]!, reason));
      continue;
    }
    if (key !== undefined) ids.push(document.id);
    yield document;
  }
}

async function* dropLesser(
  documents: AsyncIterable<Document>,
  context: StepContext,
  { content, reason }: ExactUnit,
  score: (document: Document) => number,
): AsyncGenerator<Document> {
  const table = new HashTable();
  const best: { document: Document; score: number }[] = [];
  const all: { document: Document; group: number | undefined }[] = [];
  for await (const document of documents) {
    const key = content(document);
    const group = key === undefined ? undefined : (table.add(key, best.length) ?? best.length);
    all.push({ document, group });
    if (group === undefined) continue;
    const value = score(document);
    if (!best[group] || value > best[group].score) best[group] = { document, score: value };
  }
  for (const { document, group } of all) {
    const kept = group === undefined ? document : best[group]!.document;
    if (kept === document) yield document;
    else context.drop(document, duplicateOf(kept.id, reason));
  }
}
