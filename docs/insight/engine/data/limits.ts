import type { Verdict } from "@llm/dataset";

/** A threshold that can be moved: an option of a step, and what is compared with it. */
export interface Limit {
  /** As the step's option is called, and as links write it. */
  readonly name: string;
  readonly step: string;
  /** What is compared, and the reason for which the step drops by it. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly bound: "min" | "max";
  /** What FineWeb takes. */
  readonly usual: number;
  /** What is measured is a number of things. */
  readonly whole?: true;
  /** What measures exactly a minimum is dropped. */
  readonly above?: true;
}

/** Thresholds that differ from FineWeb's, by name. */
export type Limits = Readonly<Record<string, number>>;

type Check = readonly [name: string, metric: string, reason: string, usual: number];

const most = (step: string, [name, metric, reason, usual]: Check): Limit => ({
  ...{ name, step, reasons: { [metric]: reason }, bound: "max", usual },
});
const least = (step: string, [name, metric, reason, usual]: Check): Limit => ({
  ...{ name, step, reasons: { [metric]: reason }, bound: "min", usual },
});
/** Where the metric has the option's name. */
const share = (name: string, reason: string, usual: number) =>
  most("gopherRepetition", [name, name, reason, usual]);
const quality = "gopherQuality";
const fineweb = "finewebQuality";

/** In the order of the steps and of their checks. */
export const LIMITS: readonly Limit[] = [
  { ...least("language", ["languageScore", "languageScore", "language", 0.65]), above: true },
  share("duplicateParagraphs", "dup_para_frac", 0.3),
  share("duplicateParagraphCharacters", "dup_para_char_frac", 0.2),
  share("duplicateLines", "dup_line_frac", 0.3),
  share("duplicateLineCharacters", "dup_line_char_frac", 0.2),
  ...[0.2, 0.18, 0.16].map((usual, i) => share(`top${i + 2}gram`, `top_${i + 2}_gram`, usual)),
  ...[0.15, 0.14, 0.13, 0.12, 0.11, 0.1].map((usual, i) =>
    share(`duplicate${i + 5}grams`, `duplicated_${i + 5}_n_grams`, usual),
  ),
  { ...least(quality, ["minWords", "words", "gopher_short_doc", 50]), whole: true },
  { ...most(quality, ["maxWords", "words", "gopher_long_doc", 100_000]), whole: true },
  least(quality, ["minWordLength", "wordLength", "gopher_below_avg_threshold", 3]),
  most(quality, ["maxWordLength", "wordLength", "gopher_above_avg_threshold", 10]),
  {
    ...{ name: "maxSymbols", step: quality, bound: "max", usual: 0.1 },
    reasons: { hashes: "gopher_too_many_hashes", ellipses: "gopher_too_many_ellipsis" },
  },
  most(quality, ["maxBulletLines", "bulletLines", "gopher_too_many_bullets", 0.9]),
  most(quality, ["maxEllipsisLines", "ellipsisLines", "gopher_too_many_end_ellipsis", 0.3]),
  least(quality, ["minAlphabeticWords", "alphabeticWords", "gopher_below_alpha_threshold", 0.8]),
  { ...least(quality, ["minStopWords", "stopWords", "gopher_enough_stop_words", 2]), whole: true },
  { ...least("c4Quality", ["minSentences", "sentences", "too_few_sentences", 5]), whole: true },
  least(fineweb, ["minTerminalLines", "terminalLines", "line_punct_ratio", 0.12]),
  most(fineweb, ["maxShortLines", "shortLines", "short_line_ratio", 0.67]),
  most(fineweb, ["maxDuplicateCharacters", "duplicateCharacters", "char_dup_ratio", 0.01]),
  most(fineweb, ["maxNewlines", "newlines", "list_ratio", 0.3]),
];

/** The limit that a check of a step compares with; undefined where it is not one that can be moved. */
export function limitOf(
  step: string,
  { metric, bound }: Pick<Verdict, "metric" | "bound">,
): Limit | undefined {
  return LIMITS.find(
    (limit) =>
      limit.step === step && limit.bound === bound && metric !== undefined && metric in limit.reasons,
  );
}
