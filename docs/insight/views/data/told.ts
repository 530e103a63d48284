import type { Judgement, SurveyInfo } from "../../engine/data/survey.js";
import type { Facts } from "../../facts.js";
import type { OpenedRun } from "../../run/opened-run.js";

/** What became of the documents, and the text of the one that is shown: how many characters it had, and has. */
export function factsOf(
  { ids }: SurveyInfo,
  { fates }: Judgement,
  at: number,
  text: { before: string; after: string },
): Facts {
  return {
    documents: fates.length,
    kept: fates.filter((fate) => !fate).length,
    duplicates: fates.filter((fate) => fate?.step === "minhashDedup").length,
    page: ids[at],
    before: text.before.length,
    after: text.after.length,
  };
}

/** The same of a run, which wrote down only what it dropped, and perhaps how many documents it had. */
export function runFactsOf(
  { ids }: SurveyInfo,
  { fates }: Judgement,
  at: number,
  { funnel }: OpenedRun,
): Facts {
  const fate = fates[at];
  return {
    runDropped: fates.length,
    runDocuments: funnel?.[0]?.in,
    runKept: funnel?.at(-1)?.out,
    runPage: fate && ids[at],
    runStep: fate?.step,
    runMetric: fate?.metric,
    runValue: fate?.value,
    runLimit: fate && `${fate.threshold}`,
  };
}
