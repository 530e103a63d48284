import {
  c4Quality,
  extract,
  fineweb,
  finewebQuality,
  gopherQuality,
  gopherRepetition,
  language,
  minhashDedup,
  pii,
  type Step,
} from "@llm/dataset";
import { hasSimd } from "../simd.js";
import { LIMITS, type Limits } from "./limits.js";

/** A list for the pages that come with the site: the package has none. */
const LISTED = { words: ["casino"] };

type Thresholds = Readonly<Record<string, number>>;

/** A step with all thresholds that it has a limit for. */
const withThresholds: Readonly<Record<string, (thresholds: Thresholds) => Step>> = {
  language: ({ languageScore }) => language(["en"], { threshold: languageScore! }),
  gopherRepetition(thresholds) {
    const all = Object.entries(thresholds);
    // The limits of n-grams, such as top2gram, are two options with a number for each n.
    const grams = (name: RegExp) =>
      Object.fromEntries(
        all.flatMap(([key, value]) => {
          const n = name.exec(key)?.[1];
          return n ? [[n, value]] : [];
        }),
      );
    return gopherRepetition({
      ...Object.fromEntries(all.filter(([key]) => !/gram/.test(key))),
      topNgrams: grams(/^top(\d+)gram$/),
      duplicateNgrams: grams(/^duplicate(\d+)grams$/),
    });
  },
  gopherQuality,
  c4Quality,
  finewebQuality,
};

/** Milliseconds for the extraction of a page: a browser counts those of other programs, too, so it is more than usual. */
const PATIENCE = 5000;

/** FineWeb's steps that judge each document by itself, those with a moved threshold made anew. */
export function judgingSteps(limits: Limits): Step[] {
  return fineweb({ lists: LISTED }).map((step) => {
    if (step.name === "extract") return extract({ favor: "precision", timeout: PATIENCE });
    const own = LIMITS.filter((limit) => limit.step === step.name);
    if (!own.some(({ name }) => limits[name] !== undefined)) return step;
    const thresholds = own.map(({ name, usual }) => [name, limits[name] ?? usual] as const);
    return withThresholds[step.name]!(Object.fromEntries(thresholds));
  });
}

/** The step after them, by which near-duplicates leave; undefined where the browser cannot compute signatures. */
export function dedupStep(): Step | undefined {
  return hasSimd() ? minhashDedup() : undefined;
}

/** The steps after them: near-duplicates leave, and addresses are taken out. */
export function lastSteps(): Step[] {
  return [dedupStep(), pii()].filter((step) => step !== undefined);
}
