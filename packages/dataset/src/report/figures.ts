import { histogramChart } from "@llm/platform/chart";
import { type Html, html } from "@llm/platform/html";
import type { Threshold } from "../stats/details.js";
import { binEnd, type Histogram } from "../stats/histogram.js";
import type { Tally } from "../stats/tally.js";
import { alternatives } from "./alternatives.js";
import { compact, count, limit, measured, share } from "./format.js";
import { Scale } from "./scale.js";

/** Categories that are shown one by one. */
const CATEGORIES = 12;

/** A histogram with its thresholds, and the same in words and numbers. */
export function histogramFigure(
  name: string,
  histogram: Histogram,
  thresholds: readonly Threshold[] = [],
): Html {
  const limits = thresholds.filter(
    (threshold): threshold is Threshold & { value: number } => typeof threshold.value === "number",
  );
  const [kept, dropped] = [sum(histogram, 1), sum(histogram, 2)];
  const said = limits.map(limit).join(", ");
  const summary = `${count(kept + dropped)} documents, ${count(dropped)} dropped`;
  return html`<figure>
<figcaption><b>${name}</b>${said && html` <span class="limit">${said}</span>`} <small>${summary}</small></figcaption>
${bars(histogram, limits, `${name}: ${summary}${said && `; ${said}`}`)}
<details><summary>Numbers</summary>
${limits.map((threshold) => whatIf(histogram, threshold))}
${table(histogram)}
</details>
</figure>`;
}

/** Counts by value, the most frequent first. */
export function tallyFigure(name: string, tally: Tally, thresholds: readonly Threshold[] = []): Html {
  const sorted = [...tally].sort((a, b) => b[1] + b[2] - a[1] - a[2]);
  const rest = sorted.slice(CATEGORIES);
  const all = sum(tally, 1) + sum(tally, 2);
  const rows = [
    ...sorted.slice(0, CATEGORIES),
    ...(rest.length > 0 ? [[`${rest.length} others`, sum(rest, 1), sum(rest, 2)] as const] : []),
  ];
  return html`<figure>
<figcaption><b>${name}</b> <span class="limit">${thresholds.map(limit).join("; ")}</span></figcaption>
<table><tr><th scope="col">value<th scope="col" class="n">kept<th scope="col" class="n">dropped<th scope="col" class="n">share</tr>
${rows.map(
  ([value, kept, dropped]) =>
    html`<tr><td class="value">${value}<td class="n">${count(kept)}<td class="n">${count(dropped)}<td class="n">${share(kept + dropped, all)}</tr>`,
)}</table>
</figure>`;
}

function bars(
  histogram: Histogram,
  limits: readonly (Threshold & { value: number })[],
  description: string,
): Html {
  const scale = new Scale(
    histogram,
    limits.map(({ value }) => value),
  );
  return histogramChart({
    description,
    bars: histogram.map(([from, kept, dropped]) => ({
      at: scale.at(from)!,
      kept,
      dropped,
      title: `${range(from)}: ${count(kept)} kept, ${count(dropped)} dropped`,
    })),
    width: scale.bin,
    ticks: scale.ticks(0.16).map(({ value, at }) => ({ at, label: compact(value) })),
    limits: limits.map((threshold) => ({ at: scale.at(threshold.value) ?? 0, label: limit(threshold) })),
  });
}

function whatIf(histogram: Histogram, { bound, value }: Threshold & { value: number }): Html | undefined {
  const found = bound ? alternatives(histogram, bound, value) : [];
  if (found.length === 0) return undefined;
  return html`<table><caption>Another threshold than ${limit({ bound, value })}, here</caption>
${found.map(
  ({ threshold, change }) =>
    html`<tr><td>${bound === "min" ? "at least" : "less than"} ${measured(threshold)}<td class="n">${change > 0 ? "+" : "−"}${count(Math.abs(change))} kept</tr>`,
)}</table>`;
}

/** By powers of two. */
function table(histogram: Histogram): Html {
  const rows = new Map<number, [kept: number, dropped: number]>();
  for (const [from, kept, dropped] of histogram) {
    const octave = from === 0 ? 0 : Math.sign(from) * 2 ** Math.floor(Math.log2(Math.abs(from)));
    const [k, d] = rows.get(octave) ?? [0, 0];
    rows.set(octave, [k + kept, d + dropped]);
  }
  return html`<table><tr><th scope="col">value<th scope="col" class="n">kept<th scope="col" class="n">dropped</tr>
${[...rows].map(
  ([from, [kept, dropped]]) =>
    html`<tr><td>${from === 0 ? "0" : `${measured(from)} – ${measured(2 * from)}`}<td class="n">${count(kept)}<td class="n">${count(dropped)}</tr>`,
)}</table>`;
}

function range(from: number): string {
  return from === 0 ? "0" : `${measured(from)} – ${measured(binEnd(from))}`;
}

function sum(rows: readonly (readonly [unknown, number, number])[], column: 1 | 2): number {
  return rows.reduce((total, row) => total + row[column], 0);
}
