import { type Html, html } from "../html.js";
import { percent } from "./picture.js";

/** A step: how much came in and went on, and what to say of it. */
export interface FunnelStage {
  name: string;
  in: number;
  out: number;
  /** Beside the name, such as "12 of 40". */
  note: string;
  /** Below the bar: what was lost, and why. */
  loss?: string;
  /** Where the row leads to. */
  href?: string;
}

const [ROW, BAR] = [62, 18];

/** A bar for each step, as long as what reached it: what went on, and hatched what did not. */
export function funnelChart(stages: readonly FunnelStage[], description: string): Html {
  const most = Math.max(1, ...stages.flatMap((stage) => [stage.in, stage.out]));
  const rows = stages.map((stage, at) => row(stage, at * ROW, most));
  const linked = stages.some(({ href }) => href !== undefined);
  return html`<svg class="chart" role="${linked ? "group" : "img"}" aria-label="${description}" width="100%" style="height:${stages.length * ROW}px">
${rows}</svg>`;
}

function row({ name, in: all, out, note, loss, href }: FunnelStage, y: number, most: number): Html {
  const lost = Math.max(0, all - out);
  const kept = Math.min(all, out) / most;
  const words = html`<rect class="hit" y="${y}" width="100%" height="${ROW}"/>
<text class="name" y="${y + 16}">${name}</text>
<text x="100%" y="${y + 16}" text-anchor="end">${note}</text>
<rect class="one" y="${y + 23}" width="${percent(out / most)}" height="${BAR}"/>
${lost > 0 && html`<rect class="drop" x="${percent(kept)}" y="${y + 23}" width="${percent(lost / most)}" height="${BAR}"/>`}
${loss !== undefined && html`<text class="loss" x="100%" y="${y + 55}" text-anchor="end">${loss}</text>`}`;
  if (href === undefined) return words;
  // Its name is what is to be read there, so that it can be spoken.
  return html`<a href="${href}" aria-label="${[name, note, loss].filter(Boolean).join(" ")}">${words}</a>
`;
}
