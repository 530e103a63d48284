import { type Html, html } from "@llm/platform/html";
import type { StepStats } from "../pipeline.js";
import type { DropSample, MetricStats } from "../stats/details.js";
import { histogramFigure, tallyFigure } from "./figures.js";
import { bytes, count, duration, limit, measured, share } from "./format.js";

/** All there is to know of one step. */
export function stepSection(step: StepStats, at: number): Html {
  const { name, in: taken, out, dropped, details } = step;
  const reasons = Object.entries(dropped).sort((a, b) => b[1] - a[1]);
  const figures = details
    ? [
        ...Object.entries(details.metrics)
          .sort(byImportance)
          .flatMap(([metric, found]) => figuresOf(metric, found)),
        ...(details.lengths.length > 0 ? [histogramFigure("length in characters", details.lengths)] : []),
      ]
    : [];
  const lost = taken - out;
  return html`<section id="step-${at}" aria-labelledby="name-${at}">
<h2 id="name-${at}">${name}</h2>
<p>${count(taken)} in, ${count(out)} out${lost > 0 && `, ${count(lost)} fewer (${share(lost, taken)})`}${
    details &&
    html`; ${bytes(details.bytesIn)} in, ${bytes(details.bytesOut)} out; ${duration(details.microseconds)}`
  }</p>
${reasons.map(([reason, drops]) => reasonOf(reason, drops, taken, details?.samples[reason] ?? []))}
${
  figures.length > 0 &&
  html`<details class="figures" ${reasons.length > 0 && "open"}><summary>What it measured</summary><div class="grid">${figures}</div></details>`
}
</section>`;
}

function reasonOf(reason: string, drops: number, taken: number, samples: readonly DropSample[]): Html {
  const title = html`<b>${reason}</b> ${count(drops)} <small>${share(drops, taken)} of what came in</small>
<span class="bar" aria-hidden="true"><span style="width:${((100 * drops) / Math.max(1, taken)).toFixed(2)}%"></span></span>`;
  if (samples.length === 0) return html`<div class="reason">${title}</div>`;
  return html`<details class="reason"><summary>${title}</summary>${samples.map(sampleOf)}</details>`;
}

function sampleOf({ id, url, length, excerpt, metric, value, threshold, bound }: DropSample): Html {
  const place = url === undefined ? id : url;
  // Nothing but a web address becomes a link.
  const link = /^https?:\/\//i.test(place)
    ? html`<a href="${place}" rel="noreferrer nofollow">${place}</a>`
    : html`${place}`;
  return html`<article><header>${link}${url !== undefined && url !== id && html` <small>${id}</small>`}
<br>${metric} <b>${measured(value)}</b>, ${bound ? "" : "threshold "}${limit({ bound, value: threshold })} <small>${count(length)} characters</small></header>
<pre tabindex="0">${excerpt || "(no text)"}</pre></article>`;
}

function figuresOf(metric: string, { histogram, values, thresholds }: MetricStats): Html[] {
  return [
    ...(histogram.length > 0 ? [histogramFigure(metric, histogram, thresholds ?? [])] : []),
    ...(values && values.length > 0 ? [tallyFigure(metric, values, thresholds ?? [])] : []),
  ];
}

/** Those that drop most first, then in the order of the checks: what comes later sees fewer documents. */
function byImportance([a, x]: [string, MetricStats], [b, y]: [string, MetricStats]): number {
  return (
    counted(y, [2]) - counted(x, [2]) ||
    counted(y, [1, 2]) - counted(x, [1, 2]) ||
    a.localeCompare(b, "en", { numeric: true })
  );
}

function counted({ histogram, values }: MetricStats, columns: readonly (1 | 2)[]): number {
  const rows = [...histogram, ...(values ?? [])];
  return rows.reduce((sum, row) => columns.reduce((part, column) => part + row[column], sum), 0);
}
