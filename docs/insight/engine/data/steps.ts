import {
  c4Quality,
  extract,
  finewebQuality,
  gopherQuality,
  gopherRepetition,
  language,
  minhashDedup,
  pii,
  type Step,
  urlFilter,
} from "@llm/dataset";
import { LIMITS, type Limits } from "./limits.js";

/** A list for the pages that come with the site: the package has none. */
const LISTED = { words: ["casino"] };

/** FineWeb's steps that judge each document by itself, with other thresholds where there are some. */
export function judgingSteps(limits: Limits): Step[] {
  const of = (step: string): Record<string, number> =>
    Object.fromEntries(
      LIMITS.filter((limit) => limit.step === step).map(({ name, usual }) => [name, limits[name] ?? usual]),
    );
  const { languageScore } = of("language");
  const repetition = Object.entries(of("gopherRepetition"));
  // The limits of n-grams, such as top2gram, are two options with a number for each n.
  const grams = (name: RegExp) =>
    Object.fromEntries(
      repetition.flatMap(([key, value]) => {
        const n = name.exec(key)?.[1];
        return n ? [[n, value]] : [];
      }),
    );
  return [
    urlFilter({ lists: LISTED }),
    // In this thread, which is no page's: a worker of its own would be one more to load.
    extract({ favor: "precision", timeout: false }),
    language(["en"], { threshold: languageScore! }),
    gopherRepetition({
      ...Object.fromEntries(repetition.filter(([key]) => !/gram/.test(key))),
      topNgrams: grams(/^top(\d+)gram$/),
      duplicateNgrams: grams(/^duplicate(\d+)grams$/),
    }),
    gopherQuality(of("gopherQuality")),
    c4Quality(of("c4Quality")),
    finewebQuality(of("finewebQuality")),
  ];
}

/** The steps after them: near-duplicates leave, and addresses are taken out. */
export function lastSteps(): [dedup: Step, pii: Step] {
  return [minhashDedup(), pii()];
}
