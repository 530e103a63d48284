import { funnelOf } from "../../engine/data/funnel.js";
import type { Judgement, SurveyInfo } from "../../engine/data/survey.js";
import type { OpenedRun } from "../../run/opened-run.js";
import { thousands } from "../../thousands.js";

/** What a run wrote down of its documents, as the view shows it; undefined where it wrote down no drops. */
export function runFindings({
  drops,
  funnel: cleaned,
}: OpenedRun): { info: SurveyInfo; judgement: Judgement; words: string } | undefined {
  if (!drops) return undefined;
  const dropping = [...new Set(drops.map(({ step }) => step))];
  const funnel = cleaned ?? funnelOf(["dropped documents", ...dropping], drops);
  const [first, last] = [funnel[0]!, funnel.at(-1)!];
  return {
    info: { ids: drops.map(({ id }) => id), notes: [], steps: funnel.map(({ name }) => name), measured: {} },
    judgement: { funnel, fates: drops },
    words: cleaned
      ? `Your run kept ${last.out} of ${first.in} documents and dropped ${drops.length}.`
      : `Your run dropped ${thousands(drops.length)} documents; how many it kept, drops.jsonl does not say.`,
  };
}
