import type { Judgement, SurveyInfo } from "../../engine/data/survey.js";
import type { DataState } from "./fields.js";

/** What a state chooses of the documents, where it names nothing, or nothing that is there: what is most to be seen. */
export interface Chosen {
  /** The step whose reasons are shown; as usual the one that drops most. */
  readonly step: string;
  /**
   * Documents that the step drops, for the reason that is chosen, by position; of a step that drops none, those that are kept
   * at the end.
   */
  readonly listed: readonly number[];
  /** The document that is explained. */
  readonly at: number;
  /** The two that are compared; as usual the last near-duplicate with what it is one of. */
  readonly pair: readonly [number, number];
}

export function chosenOf(
  { step: asked, reason, at, a, b }: DataState,
  { ids, steps }: SurveyInfo,
  { fates, funnel }: Judgement,
): Chosen {
  const lost = (count: { in: number; out: number }) => count.in - count.out;
  const step = steps.includes(asked)
    ? asked
    : funnel.reduce((most, count) => (lost(count) > lost(most) ? count : most)).name;
  const all = fates.map((fate, at) => ({ fate, at }));
  const dropped = all.filter(({ fate }) => fate?.step === step && (reason === "" || fate.reason === reason));
  const listed = (dropped.length > 0 ? dropped : all.filter(({ fate }) => !fate)).map(({ at }) => at);
  const known = (one: number, usual: number) => (one >= 0 && one < ids.length ? one : usual);
  const copy = fates.findLastIndex((fate) => fate?.step === "minhashDedup");
  const of = copy < 0 ? 0 : ids.indexOf(`${fates[copy]!.value}`);
  const pair = [known(a, of), known(b, copy < 0 ? Math.min(1, ids.length - 1) : copy)] as const;
  return { step, listed, at: known(at, listed[0] ?? 0), pair };
}

/** What a state names that is not there, in a sentence. */
export function missingOf({ step, at, a, b }: DataState, { ids, steps }: SurveyInfo): string | undefined {
  const missing = [
    ...(step && !steps.includes(step) ? [`no step "${step}"`] : []),
    ...[at, a, b].filter((place) => place >= ids.length).map((place) => `no document ${place}`),
  ];
  return missing.length > 0
    ? `There is ${missing.join(" and ")} here: what is usual is shown instead.`
    : undefined;
}
