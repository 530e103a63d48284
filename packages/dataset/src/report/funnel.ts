import { hatch } from "@llm/platform/chart";
import { Html, html } from "@llm/platform/html";
import { check, checkArgument } from "../check.js";
import type { StepStats } from "../pipeline.js";
import { bytes, count, duration, share } from "./format.js";
import { stepSection } from "./step-section.js";
import { streamChart } from "./stream-chart.js";
import { STYLE } from "./style.js";

/** Options of `funnelHtml`. */
export interface FunnelOptions {
  /** Default `"Dataset"`. */
  readonly title?: string | undefined;
}

/**
 * A page that shows where documents were lost: the stream through all steps, the reasons, what was dropped (with `statistics` on) and
 * how near to the thresholds. One file without scripts and without anything from elsewhere.
 */
export function funnelHtml(stats: readonly StepStats[], options: FunnelOptions = {}): string {
  checkArgument("stats of funnelHtml", stats, "array");
  check("funnelHtml", options, { title: "string" });
  const { title = "Dataset" } = options;
  const detailed = stats.every(({ details }) => details);
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
${hatch()}
<header><h1>${title}</h1>${summary(stats)}</header>
<main>
<section class="funnel" aria-label="Funnel">
${
  detailed &&
  html`<div><input class="unit" type="radio" name="unit" id="by-documents" checked><label for="by-documents">Documents</label>
<input class="unit" type="radio" name="unit" id="by-characters"><label for="by-characters">Characters</label></div>`
}
<div class="by-documents">${streamChart(stats, (step) => step, "Documents through the steps")}</div>
${
  detailed &&
  html`<div class="by-characters">${streamChart(
    stats,
    ({ details }) => ({ in: details!.charactersIn, out: details!.charactersOut }),
    "Characters through the steps",
  )}</div>`
}
<details><summary>In numbers</summary><div class="scroll">${numbers(stats)}</div></details>
</section>
${stats.map(stepSection)}
</main>
</html>
`;
  return page.markup;
}

/** What one wants to know first. */
function summary(stats: readonly StepStats[]): Html {
  const [first, last] = [stats[0], stats.at(-1)];
  if (!first || !last) return html`<p>No steps.</p>`;
  const hungriest = [...stats].sort((a, b) => b.in - b.out - (a.in - a.out))[0]!;
  const lost = hungriest.in - hungriest.out;
  const [reason] = Object.entries(hungriest.dropped).sort((a, b) => b[1] - a[1]);
  const total = stats.reduce((sum, { details }) => sum + (details?.microseconds ?? 0), 0);
  const time = (step: StepStats) => step.details?.microseconds ?? 0;
  const slowest = [...stats].sort((a, b) => time(b) - time(a))[0]!;
  return html`<p class="lead">${count(last.out)} of ${count(first.in)} documents are kept (${share(last.out, first.in)})${
    first.details && last.details && `, ${bytes(last.details.bytesOut)} of ${bytes(first.details.bytesIn)}`
  }.${lost > 0 && ` ${hungriest.name} drops the most: ${count(lost)}${reason ? `, first of all for ${reason[0]} (${count(reason[1])})` : ""}.`}${
    total > 0 && ` ${slowest.name} takes the most time: ${share(time(slowest), total)} of ${duration(total)}.`
  }</p>`;
}

function numbers(stats: readonly StepStats[]): Html {
  const detailed = stats.every(({ details }) => details);
  const total = stats.reduce((sum, { details }) => sum + (details?.microseconds ?? 0), 0);
  const heads = ["in", "out", "dropped", "of in", "left of all"];
  const more = detailed ? ["characters in", "characters out", "time", "of the time"] : [];
  const all = stats[0]?.in ?? 0;
  return html`<table><tr><th scope="col">step${[...heads, ...more].map((head) => html`<th scope="col" class="n">${head}`)}</tr>
${stats.map(({ name, in: taken, out, details }) => {
  const cells = [count(taken), count(out), count(taken - out), share(taken - out, taken), share(out, all)];
  if (detailed && details) {
    const { charactersIn, charactersOut, microseconds } = details;
    cells.push(count(charactersIn), count(charactersOut), duration(microseconds), share(microseconds, total));
  }
  return html`<tr><th scope="row">${name}${cells.map((cell) => html`<td class="n">${cell}`)}</tr>`;
})}</table>`;
}
