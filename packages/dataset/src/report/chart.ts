import type { Threshold } from "../stats/details.js";
import { binEnd, type Histogram } from "../stats/histogram.js";
import type { Tally } from "../stats/tally.js";
import { alternatives } from "./alternatives.js";
import { compact, count, limit, measured, share } from "./format.js";
import { type Html, html } from "./html.js";
import { Scale } from "./scale.js";

const [WIDTH, HEIGHT, TOP, BOTTOM] = [360, 120, 18, 18];
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
  const most = Math.max(1, ...histogram.map(([, kept, dropped]) => kept + dropped));
  const room = HEIGHT - TOP - BOTTOM;
  const floor = HEIGHT - BOTTOM;
  const width = Math.max(1, scale.bin * WIDTH - 0.5);
  const bar = ([from, kept, dropped]: Histogram[number]) => {
    const x = fixed(scale.at(from)! * WIDTH);
    // Square roots, so that the few near a threshold show beside the many far from it.
    const height = Math.sqrt((kept + dropped) / most) * room;
    const part = (height * kept) / (kept + dropped);
    const rect = (kind: string, y: number, h: number) =>
      h > 0 &&
      html`<rect class="${kind}" x="${x}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(h)}"/>`;
    return html`<g><title>${range(from)}: ${count(kept)} kept, ${count(dropped)} dropped</title>${[
      rect("kept", floor - part, part),
      rect("dropped", floor - height, height - part),
    ]}</g>`;
  };
  const line = (threshold: Threshold & { value: number }) => {
    const x = (scale.at(threshold.value) ?? 0) * WIDTH;
    const anchor = x > WIDTH * 0.75 ? "end" : "start";
    return html`<g class="limit"><line x1="${fixed(x)}" x2="${fixed(x)}" y1="4" y2="${floor}"/><text x="${fixed(x + (anchor === "end" ? -4 : 4))}" y="12" text-anchor="${anchor}">${limit(threshold)}</text></g>`;
  };
  const ticks = scale.ticks(0.11).map(({ value, at }) => {
    const x = fixed(at * WIDTH);
    const anchor = at < 0.05 ? "start" : at > 0.95 ? "end" : "middle";
    return html`<text x="${x}" y="${HEIGHT - 4}" text-anchor="${anchor}">${compact(value)}</text>`;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${description}">
<line class="axis" x1="0" x2="${WIDTH}" y1="${floor}" y2="${floor}"/>
${histogram.map(bar)}
<g class="ticks">${ticks}</g>
${limits.map(line)}</svg>`;
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

function fixed(number: number): string {
  return `${Number(number.toFixed(2))}`;
}
