import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import type { Document } from "../document.js";
import { HashTable } from "../hash/hash-table.js";
import { simplify } from "../minhash/normalize.js";
import type { DropVerdict, Step } from "../step.js";
import { isSpace, splitLines, trim, trimStart } from "../text/python.js";
import { sentences, words } from "../text/words.js";

/** Options of `sentenceDedup`. */
export interface SentenceDedupOptions {
  /** Sentences in a row that are compared together. Default 3. */
  readonly span?: number | undefined;
  /** What counts as a sentence. Default `"sentence"`. */
  readonly unit?: "sentence" | "line" | undefined;
  /** Where a span is looked for: in all documents (the default), or only in its own. */
  readonly scope?: "corpus" | "document" | undefined;
  /** A document that lost spans is dropped if it has fewer words left. Default 50. */
  readonly minWords?: number | undefined;
  /** A document that lost spans is dropped if it has fewer sentences left. Default 3. */
  readonly minSentences?: number | undefined;
}

/** The kinds of {@link SentenceDedupOptions} but for its scope. */
export const SPANS: Kinds<Omit<SentenceDedupOptions, "scope">> = {
  span: "number",
  unit: ["sentence", "line"],
  minWords: "number",
  minSentences: "number",
};
const SCOPE = ["corpus", "document"];

/** Options of `lineDedup`. */
export type LineDedupOptions = Pick<SentenceDedupOptions, "scope" | "minWords" | "minSentences">;

/**
 * A step that takes spans of sentences out of a document that it, or one before it, has had already: as C4 was made and as
 * datatrove's sentence deduplication decides over one task. Spans are compared as `minhashDedup` simplifies texts, by 64-bit
 * hashes, in about 24 bytes a sentence. Of what is left, white space at the start goes. Documents that lose spans and are
 * too short then are dropped, as `too_few_words_left`, `too_few_sentences_left` or `nothing_left`.
 */
export function sentenceDedup(options: SentenceDedupOptions = {}): Step {
  check("sentenceDedup", options, { ...SPANS, scope: SCOPE });
  return spanDedup("sentenceDedup", options);
}

/**
 * A step that takes lines out of a document that it, or one before it, has had already; empty lines stay. As `sentenceDedup` with
 * spans of one line, but a document is only dropped if nothing is left, or less than the options ask.
 */
export function lineDedup(options: LineDedupOptions = {}): Step {
  check("lineDedup", options, { scope: SCOPE, minWords: "number", minSentences: "number" });
  const { scope, minWords = 0, minSentences = 0 } = options;
  return spanDedup("lineDedup", { span: 1, unit: "line", scope, minWords, minSentences });
}

function spanDedup(name: string, options: SentenceDedupOptions): Step {
  const rules = spanRules(options);
  return {
    name,
    stateful: true,
    async *transform(documents, context) {
      let seen = new HashTable();
      for await (const document of documents) {
        if (options.scope === "document") seen = new HashTable();
        const { parts, keys } = spansOf(document.text, rules);
        const starts: number[] = [];
        for (const { start, key } of keys) if (seen.add(key, 0) !== undefined) starts.push(start);
        const result = withoutSpans(document, parts, starts, rules);
        if ("keep" in result) context.drop(document, result);
        else yield result;
      }
    },
  };
}

/** What sentences are, and what may not be left. */
export type SpanRules = Required<{
  [Name in keyof Omit<SentenceDedupOptions, "scope">]: NonNullable<SentenceDedupOptions[Name]>;
}>;

/** The options with their defaults. @throws RangeError */
export function spanRules(options: SentenceDedupOptions): SpanRules {
  const { span = 3, unit = "sentence", minWords = 50, minSentences = 3 } = options;
  if (!Number.isInteger(span) || span < 1)
    throw new RangeError(`span is ${span}, but has to be a whole number above 0`);
  return { span, unit, minWords, minSentences };
}

/** The sentences or lines of a text, and what spans are known by, with the sentence each starts at. */
export function spansOf(text: string, { span, unit }: SpanRules) {
  const parts = unit === "line" ? splitLines(text) : wholeSentences(text);
  // Only the last sentence can be blank, and it is in no span; blank lines are.
  const compared = unit === "line" ? parts : parts.filter((part) => trim(part) !== "");
  const simple = compared.map((part) => simplify(part));
  const keys: { start: number; key: string }[] = [];
  for (let start = 0; start + span <= simple.length; start++) {
    const key = simple.slice(start, start + span).join(" ");
    if (trim(key) !== "") keys.push({ start, key });
  }
  return { parts, keys };
}

/** The document without the spans that start at some of its parts, or why it goes. */
export function withoutSpans(
  document: Document,
  parts: readonly string[],
  starts: readonly number[],
  { span, unit, minWords, minSentences }: SpanRules,
): Document | DropVerdict {
  if (starts.length === 0) return document.text === "" ? NOTHING_LEFT : document;
  const gone = new Uint8Array(parts.length);
  for (const start of starts) gone.fill(1, start, start + span);
  const text = trimStart(parts.filter((_, i) => !gone[i]).join(unit === "line" ? "\n" : ""));
  return tooLittle(text, minWords, minSentences) ?? { ...document, text };
}

/** Sentences, each with the white space before it. One space behind the last word belongs to none. */
function wholeSentences(text: string): string[] {
  const single = text.endsWith(" ") && !isSpace(text.charCodeAt(text.length - 2));
  return sentences(single ? text.slice(0, -1) : text);
}

const NOTHING_LEFT: DropVerdict = {
  keep: false,
  reason: "nothing_left",
  metric: "characters",
  value: 0,
  threshold: 1,
  bound: "min",
};

function tooLittle(text: string, minWords: number, minSentences: number): DropVerdict | undefined {
  if (text === "") return NOTHING_LEFT;
  const wordCount = minWords > 0 ? words(text).length : 0;
  if (wordCount < minWords) {
    const verdict = { metric: "words", value: wordCount, threshold: minWords, bound: "min" } as const;
    return { keep: false, reason: "too_few_words_left", ...verdict };
  }
  const sentenceCount = minSentences > 0 ? sentences(text).length : 0;
  if (sentenceCount < minSentences) {
    const verdict = {
      metric: "sentences",
      value: sentenceCount,
      threshold: minSentences,
      bound: "min",
    } as const;
    return { keep: false, reason: "too_few_sentences_left", ...verdict };
  }
  return undefined;
}
