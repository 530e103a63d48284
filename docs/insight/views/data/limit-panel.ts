import { histogramChart, linearScale } from "@llm/platform/chart";
import { element } from "../../element.js";
import { LIMITS, type Limit, type Limits } from "../../engine/data/limits.js";
import type { Judgement, SurveyInfo } from "../../engine/data/survey.js";
import { asTable } from "../../table.js";

const BINS = 40;

/** What the documents measure for one limit. */
export interface Measured {
  readonly limit: Limit;
  readonly threshold: number;
  /** Documents that reach its step, by position, with what they measure. */
  readonly documents: readonly { readonly at: number; readonly value: number; readonly keeps: boolean }[];
}

/** What to draw of a limit. */
export function measuredOf(
  limit: Limit,
  limits: Limits,
  { measured, steps }: SurveyInfo,
  { fates }: Judgement,
): Measured {
  const threshold = limits[limit.name] ?? limit.usual;
  const own = steps.indexOf(limit.step);
  const documents = (measured[limit.name] ?? []).flatMap((value, at) => {
    const fate = fates[at];
    if (value === null || !Number.isFinite(value) || (fate && steps.indexOf(fate.step) < own)) return [];
    return [{ at, value, keeps: keeps(limit, value, threshold) }];
  });
  return { limit, threshold, documents };
}

function keeps({ bound, above }: Limit, value: number, threshold: number): boolean {
  if (bound === "max") return value <= threshold;
  return above ? value > threshold : value >= threshold;
}

interface Moves {
  /** Another limit is looked at. */
  choose(name: string): void;
  /** Its threshold moves; undefined: as FineWeb has it. */
  move(name: string, value: number | undefined): void;
}

/** A threshold to move, above what the documents measure. */
export function limitPanel({ choose, move }: Moves): {
  root: HTMLElement;
  draw(measured: Measured, ids: readonly string[], isMoved: boolean): void;
} {
  const steps = [...new Set(LIMITS.map(({ step }) => step))];
  const select = element(
    "select",
    {},
    ...steps.map((step) =>
      element(
        "optgroup",
        { label: step },
        ...LIMITS.filter((limit) => limit.step === step).map(({ name }) =>
          element("option", { value: name }, name),
        ),
      ),
    ),
  );
  select.addEventListener("change", () => choose(select.value));
  const slide = element("input", {
    type: "range",
    className: "data-threshold",
    attributes: { "aria-label": "Threshold" },
  });
  const exact = element("input", {
    type: "number",
    attributes: { min: "0", "aria-label": "Threshold as a number" },
  });
  for (const input of [slide, exact]) {
    input.addEventListener("input", () => {
      const value = Number(input.value);
      if (input.value !== "" && value >= 0) move(select.value, value);
    });
  }
  const usual = element("button", { type: "button" });
  usual.addEventListener("click", () => move(select.value, undefined));
  const words = element("p");
  const picture = element("div");
  let shown: { measured: Measured; ids: readonly string[] } | undefined;
  const table = asTable(() => tableOf(shown!.measured, shown!.ids));
  return {
    root: element(
      "div",
      {},
      element("div", { className: "insight-bar" }, element("label", {}, "Threshold ", select), exact, usual),
      slide,
      words,
      picture,
      table.root,
    ),
    draw(measured, ids, isMoved) {
      shown = { measured, ids };
      const { limit, threshold, documents } = measured;
      const high = Math.max(...documents.map(({ value }) => value), Math.min(limit.usual, 2 ** 12), 1e-3);
      const top = limit.whole ? Math.ceil(high * 1.1) : high * 1.1;
      const step = limit.whole ? 1 : Number((top / 200).toPrecision(1));
      select.value = limit.name;
      Object.assign(slide, { min: "0", max: `${top}`, step: `${step}`, value: `${threshold}` });
      exact.step = `${step}`;
      if (document.activeElement !== exact) exact.value = `${threshold}`;
      usual.textContent = `FineWeb's ${limit.usual}`;
      usual.disabled = !isMoved;
      const kept = documents.filter(({ keeps }) => keeps).length;
      const verb = limit.bound === "min" ? (limit.above ? "more than" : "at least") : "at most";
      words.textContent = `${limit.step} keeps what measures ${verb} ${threshold}: ${kept} of the ${documents.length} that reach it.`;
      picture.innerHTML = histogram(measured, words.textContent);
      table.refresh();
    },
  };
}

function histogram({ limit, threshold, documents }: Measured, description: string): string {
  const values = documents.map(({ value }) => value);
  const scale = linearScale(0, Math.max(...values, threshold > 1e4 ? 0 : threshold, 1e-3), 6);
  const last = scale.ticks.at(-1)!;
  const width = last / BINS;
  const bars = Array.from({ length: BINS }, (_, bin) => {
    const from = bin * width;
    const inside = documents.filter(({ value }) => Math.min(BINS - 1, Math.floor(value / width)) === bin);
    const kept = inside.filter(({ keeps }) => keeps).length;
    const dropped = inside.length - kept;
    const title = `${plain(from)} to ${plain(from + width)}: ${kept} kept, ${dropped} dropped`;
    return { at: scale.at(from), kept, dropped, title };
  }).filter(({ kept, dropped }) => kept + dropped > 0);
  return histogramChart({
    description,
    bars,
    width: 1 / BINS,
    ticks: scale.ticks.map((value) => ({ at: scale.at(value), label: plain(value) })),
    limits:
      threshold <= last ? [{ at: scale.at(threshold), label: `${limit.bound} ${plain(threshold)}` }] : [],
  }).markup;
}

function tableOf({ limit, threshold, documents }: Measured, ids: readonly string[]) {
  return {
    caption: `What documents that reach ${limit.step} measure for ${limit.name}`,
    head: ["document", limit.name, "threshold", "kept by it"],
    rows: documents.map(({ at, value, keeps }) => [ids[at]!, value, threshold, keeps ? "yes" : "no"]),
  };
}

function plain(value: number): string {
  return String(Number(value.toPrecision(3)));
}
