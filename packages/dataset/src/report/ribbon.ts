import type { StepStats } from "../pipeline.js";
import { compact, share } from "./format.js";
import { type Html, html } from "./html.js";

const [NAMES, RIBBON, WORDS, ROW, GAP] = [180, 400, 340, 44, 8];
const WIDTH = NAMES + RIBBON + WORDS;

/** What a stage took and what it passed on, in documents or in characters. */
export interface Flow {
  readonly in: number;
  readonly out: number;
}

/** The stream of documents from the top to the bottom: as wide as it is large, and what is lost at each step. */
export function ribbon(
  stats: readonly StepStats[],
  unit: string,
  flow: (step: StepStats) => Flow,
  description: string,
): Html {
  const flows = stats.map(flow);
  const most = Math.max(1, ...flows.map((step) => Math.max(step.in, step.out)));
  const height = stats.length * (ROW + GAP);
  const rows = stats.map((step, at) => row(step, at, flows[at]!, flows[0]!, most, unit));
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" role="group" aria-label="${description}">${rows}</svg>`;
}

function row(
  step: StepStats,
  at: number,
  { in: taken, out }: Flow,
  all: Flow,
  most: number,
  unit: string,
): Html {
  const y = at * (ROW + GAP);
  const end = y + ROW;
  const wide = (amount: number) => Math.round((10 * RIBBON * amount) / most) / 10 + NAMES;
  const [x1, x2] = [wide(taken), wide(out)];
  const half = y + ROW / 2;
  const bend = `${x1} ${half} ${x2} ${half} ${x2} ${end}`;
  const lost = Math.max(0, taken - out);
  const [reason] = Object.entries(step.dropped).sort((a, b) => b[1] - a[1]);
  const first = `${compact(out)}${at > 0 || lost > 0 ? ` of ${compact(taken)}` : ""}`;
  const left = at > 0 && all.in > 0 ? ` · ${share(out, all.in)} of all` : "";
  const second = lost > 0 ? `${share(lost, taken)} lost${reason ? `, most: ${reason[0]}` : ""}` : "";
  return html`<a href="#step-${at}" aria-label="${`${step.name}: ${first} ${unit}${left}${second && `; ${second}`}`}"><g class="row">
<rect class="hit" x="0" y="${y}" width="${WIDTH}" height="${ROW}"/>
<text class="name" x="${NAMES - 12}" y="${half + 5}" text-anchor="end">${step.name}</text>
${lost > 0 && html`<path class="dropped" d="M${x1} ${y}V${end}H${x2}C${x2} ${half} ${x1} ${half} ${x1} ${y}Z"/>`}
<path class="kept" d="M${NAMES} ${y}H${x1}C${bend}V${end + GAP}H${NAMES}Z"/>
<text x="${NAMES + RIBBON + 12}" y="${half - 4}">${first}${left}</text>
${second && html`<text class="lost" x="${NAMES + RIBBON + 12}" y="${half + 14}">${second}</text>`}
</g></a>`;
}
