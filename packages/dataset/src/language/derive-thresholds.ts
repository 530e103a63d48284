import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import { finewebQuality } from "../filters/fineweb-quality.js";
import { gopherQuality } from "../filters/gopher-quality.js";
import { gopherRepetition } from "../filters/gopher-repetition.js";
import { segmentWords } from "../text/segment.js";
import { type CutWords, words } from "../text/words.js";
import type { LanguageThresholds } from "./thresholds.js";

type Texts = Iterable<string> | AsyncIterable<string>;

/** Options of `deriveThresholds`. */
export interface DeriveThresholdsOptions {
  /** ISO 639-1. */
  language: string;
  /** Clean texts in that language, such as articles of an encyclopaedia: the more, the better. */
  texts: Texts;
  /** Texts of the same kind in English. */
  english: Texts;
  /** A word is a stop word if it makes up this share of all words. Default .008; there are at least eight. */
  stopWordShare?: number;
  signal?: AbortSignal | undefined;
}

const TOP = [2, 3, 4];
const DUPLICATE = [5, 6, 7, 8, 9, 10];
const LEAST_STOP_WORDS = 8;

const DERIVE: Kinds<DeriveThresholdsOptions> = {
  language: "string!",
  texts: "iterable!",
  english: "iterable!",
  stopWordShare: "number",
  signal: "signal",
};

/**
 * Finds thresholds for another language by matching quantiles, one of the ways FineWeb-2 (Penedo et al. 2025) compares:
 * what share of the English texts the threshold for English keeps, that share of the others is kept. Where it keeps all
 * of them, the threshold is the most extreme value seen. Words are cut by `segmentWords`. The language score is left to
 * its default.
 *
 * @throws NoTextsError
 */
export async function deriveThresholds(options: DeriveThresholdsOptions): Promise<LanguageThresholds> {
  check("deriveThresholds", options, DERIVE);
  const { language, texts, english, stopWordShare = 0.008, signal } = options;
  const standard = await measure(english, "English", words, signal);
  const other = await measure(texts, language, segmentWords(language), signal);
  const match = (metric: string): number => {
    const { values: standards, threshold, bound } = standard.metrics.get(metric)!;
    const inside = standards.filter((value) => (bound === "max" ? value <= threshold : value >= threshold));
    const kept = inside.length / standards.length;
    const values = other.metrics.get(metric)?.values ?? [threshold];
    return outwards(quantile(values, bound === "max" ? kept : 1 - kept), bound);
  };
  const byLength = (lengths: number[], name: (n: number) => string) =>
    Object.fromEntries(lengths.map((n) => [n, match(name(n))]));
  return {
    words: "segments",
    duplicateLines: match("duplicateLines"),
    topNgrams: byLength(TOP, (n) => `top${n}gram`),
    duplicateNgrams: byLength(DUPLICATE, (n) => `duplicate${n}grams`),
    minTerminalLines: match("terminalLines"),
    maxNewlines: match("newlines"),
    minWordLength: match("wordLength min"),
    maxWordLength: match("wordLength max"),
    minAlphabeticWords: match("alphabeticWords"),
    stopWords: stopWords(other.counts, stopWordShare),
  };
}

/** No texts to learn thresholds from. */
export class NoTextsError extends Error {
  override readonly name = "NoTextsError";
  constructor(language: string) {
    super(`There are no texts in ${language} to derive thresholds from.`);
  }
}

interface Metric {
  values: number[];
  threshold: number;
  bound: "min" | "max";
}

/** What the filters measure in texts, whatever they decide, and how often each word occurs. */
async function measure(
  texts: Texts,
  language: string,
  cutWords: CutWords,
  signal: AbortSignal | undefined,
): Promise<{ metrics: Map<string, Metric>; counts: Map<string, number> }> {
  const steps = [gopherRepetition({ cutWords }), finewebQuality({ cutWords }), gopherQuality({ cutWords })];
  const metrics = new Map<string, Metric>();
  const counts = new Map<string, number>();
  for await (const text of texts) {
    signal?.throwIfAborted();
    for (const word of cutWords(text)) {
      if (/\p{L}/u.test(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    for (const step of steps) {
      const { verdicts } = await step.inspect!({ id: "", text, meta: {} });
      for (const { metric = "", value, threshold, bound } of verdicts) {
        if (typeof value !== "number" || typeof threshold !== "number" || !bound || Number.isNaN(value))
          continue;
        const key = metric === "wordLength" ? `${metric} ${bound}` : metric;
        const known = metrics.get(key);
        if (known) known.values.push(value);
        else metrics.set(key, { values: [value], threshold, bound });
      }
    }
  }
  if (metrics.size === 0) throw new NoTextsError(language);
  return { metrics, counts };
}

/** The smallest value that this share of them does not exceed. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;
}

function stopWords(counts: ReadonlyMap<string, number>, share: number): string[] {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const sorted = [...counts].sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1));
  return sorted
    .filter(([, count], i) => count >= share * total || i < LEAST_STOP_WORDS)
    .map(([word]) => word);
}

/** Four digits of a threshold, such that a value that was kept still is. */
function outwards(value: number, bound: "min" | "max"): number {
  const rounded = Number(value.toPrecision(4));
  const lost = bound === "max" ? rounded < value : rounded > value;
  if (!lost) return rounded;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(rounded))) - 3);
  return Number((rounded + (bound === "max" ? step : -step)).toPrecision(4));
}
