import { type Html, html } from "../html.js";
import { percent, picture, rounded } from "./picture.js";
import { linearScale, logScale } from "./scale.js";

/** One of the page's colours. */
export type Colour = "one" | "two" | "three" | "four";

/** A line of a chart. */
export interface Series {
  name: string;
  /** In ascending x. */
  points: readonly (readonly [x: number, y: number])[];
  colour: Colour;
  /** SVG dash pattern, so that lines differ by more than their colour. */
  dash?: string;
  /** Marks the points themselves. */
  dots?: boolean;
}

/** A level to compare with, named on its line. */
export interface Reference {
  name: string;
  y: number;
  colour: Colour;
  dash?: string;
}

export interface LineChartOptions {
  title: string;
  /** What the chart shows, in a sentence. */
  description: string;
  xLabel: string;
  yLabel: string;
  series: readonly Series[];
  references?: readonly Reference[];
  /** Default "linear"; "log" is for steps, and starts at 0. */
  x?: "linear" | "log";
  /** The axis ends here, and what is higher is cut off: for a spike that would flatten all else. */
  top?: number;
  format?: (value: number) => string;
}

const HEIGHT = 260;
const MARGIN = { top: 26, right: 12, bottom: 44, left: 52 };
/** The lines are drawn on a grid of this width, which is then stretched. */
const GRID = 1000;

/** A line chart as SVG. Each line is named at its end, each reference on its line, and what is one point beside it; no name covers another. */
export function lineChart(options: LineChartOptions): Html {
  const { title, description, xLabel, yLabel, series, references = [], top, format = plain } = options;
  const points = series.flatMap((line) => line.points);
  const xs = points.map(([x]) => x);
  const ys = [...points.map(([, y]) => y), ...references.map(({ y }) => y)];
  const across = options.x === "log" ? logScale(Math.max(...xs, 1)) : linearScale(least(xs), most(xs), 5);
  const up = linearScale(least(ys), Math.min(most(ys), top ?? Number.POSITIVE_INFINITY), 6);
  const x = (value: number) => percent(across.at(value));
  const y = (value: number) => rounded((1 - up.at(value)) * HEIGHT);

  const grid = up.ticks.map(
    (value) => html`<line class="rule" x2="100%" y1="${y(value)}" y2="${y(value)}"/>
<text x="-8" y="${y(value) + 4}" text-anchor="end">${format(value)}</text>`,
  );
  const below = across.ticks.map(
    (value) => html`<text x="${x(value)}" y="${HEIGHT + 18}" text-anchor="middle">${plain(value)}</text>`,
  );
  const levels = references.map(({ y: level, colour, dash }) =>
    line(`0,${y(level)} ${GRID},${y(level)}`, colour, dash),
  );
  const lines = series.map(({ points, colour, dash }) =>
    line(points.map(([px, py]) => `${rounded(across.at(px) * GRID)},${y(py)}`).join(" "), colour, dash),
  );
  const dots = series
    .filter(({ dots }) => dots)
    .flatMap(({ name, points, colour }) =>
      points.map(
        ([px, py]) =>
          html`<circle class="${colour}" cx="${x(px)}" cy="${y(py)}" r="3.5"><title>${`${name}, ${xLabel} ${plain(px)}: ${format(py)}`}</title></circle>`,
      ),
    );
  const named = [
    ...references.map((each) => ({ ...each, at: 1, isPoint: false })),
    ...series.map(({ name, points, colour }) => {
      const [px, py] = points.at(-1) ?? [0, 0];
      const isPoint = points.length === 1;
      return { name, colour, y: py, at: isPoint ? across.at(px) : 1, isPoint };
    }),
  ];
  // What is named on the left is in nobody's way.
  const right = named.filter(({ at }) => at > 0.5);
  const places = spread(right.map((each) => besideLine(y(each.y))));
  const names = named.map((each) => {
    const { name, colour, at, isPoint } = each;
    const isRight = at > 0.5;
    const place = isRight ? places[right.indexOf(each)]! : besideLine(y(each.y));
    return html`<text class="halo ${colour}" x="${percent(at)}" y="${place}"${isPoint && html` dx="${isRight ? -8 : 8}"`} text-anchor="${isRight ? "end" : "start"}">${name}</text>`;
  });
  return picture(
    `${title}. ${description}`,
    HEIGHT,
    MARGIN,
    ...grid,
    ...below,
    html`<svg width="100%" height="${HEIGHT}" viewBox="0 0 ${GRID} ${HEIGHT}" preserveAspectRatio="none">${levels}${lines}</svg>`,
    ...dots,
    ...names,
    html`<text x="50%" y="${HEIGHT + 38}" text-anchor="middle">${xLabel}</text>
<text x="${8 - MARGIN.left}" y="-12">${yLabel}</text>`,
  );
}

function line(points: string, colour: Colour, dash: string | undefined): Html {
  return html`<polyline class="${colour}" points="${points}"${dash !== undefined && html` stroke-dasharray="${dash}"`}/>`;
}

/** Where words stand at a line: above it, and below it at the upper edge. */
const besideLine = (y: number): number => (y < 15 ? y + 17 : y - 5);

/** Moves the names apart so that none covers another, and none leaves the drawing. */
function spread(positions: readonly number[]): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]!);
  const out = [...positions];
  order.forEach((at, i) => {
    if (i > 0) out[at] = Math.max(out[at]!, out[order[i - 1]!]! + 15);
  });
  const over = Math.max(0, Math.max(...out) - (HEIGHT - 4));
  return out.map((position) => rounded(position - over));
}

function least(values: readonly number[]): number {
  return values.reduce((low, value) => Math.min(low, value), values[0] ?? 0);
}

function most(values: readonly number[]): number {
  return values.reduce((high, value) => Math.max(high, value), values[0] ?? 1);
}

function plain(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
}
