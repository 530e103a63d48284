import { escapeHtml } from "./html.js";

/** A line of a chart. */
export interface Series {
  name: string;
  /** In ascending x. */
  points: readonly (readonly [x: number, y: number])[];
  /** One of the page's colours. */
  colour: "one" | "two" | "three" | "four";
  /** SVG dash pattern, so that lines differ by more than their colour. */
  dash?: string;
  /** Marks the points themselves. */
  dots?: boolean;
}

export interface ChartOptions {
  title: string;
  description: string;
  xLabel: string;
  yLabel: string;
  series: readonly Series[];
  format?: (value: number) => string;
}

const width = 760;
const height = 320;
const edge = { top: 14, right: 130, bottom: 42, left: 72 };

/** A line chart as SVG, hand-drawn from its numbers. */
export function lineChart({
  title,
  description,
  xLabel,
  yLabel,
  series,
  format = plain,
}: ChartOptions): string {
  const all = series.flatMap(({ points }) => points);
  const xs = ticks(Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x)), 7);
  const ys = ticks(Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y)), 6);
  const [x0, x1, y0, y1] = [xs[0]!, xs.at(-1)!, ys[0]!, ys.at(-1)!];
  const x = (value: number) =>
    round(edge.left + ((value - x0) / (x1 - x0)) * (width - edge.left - edge.right));
  const y = (value: number) =>
    round(height - edge.bottom - ((value - y0) / (y1 - y0)) * (height - edge.top - edge.bottom));

  const grid = ys.map(
    (
      value,
    ) => `<line x1="${edge.left}" x2="${width - edge.right}" y1="${y(value)}" y2="${y(value)}" stroke="var(--line)"/>
<text x="${edge.left - 8}" y="${y(value) + 4}" text-anchor="end">${format(value)}</text>`,
  );
  const below = xs.map(
    (value) =>
      `<text x="${x(value)}" y="${height - edge.bottom + 18}" text-anchor="middle">${plain(value)}</text>`,
  );
  const ends = spread(series.map(({ points }) => y(points.at(-1)![1])));
  const lines = series.map(({ name, points, colour, dash, dots }, i) => {
    const path = points.map(([px, py]) => `${x(px)},${y(py)}`).join(" ");
    const marks = dots
      ? points.map(
          ([px, py]) =>
            `<circle cx="${x(px)}" cy="${y(py)}" r="3.5" fill="var(--${colour})"><title>${escapeHtml(name)}, ${xLabel} ${plain(px)}: ${format(py)}</title></circle>`,
        )
      : [];
    return `<polyline points="${path}" fill="none" stroke="var(--${colour})" stroke-width="${dots ? 2 : 1.5}"${dash ? ` stroke-dasharray="${dash}"` : ""}/>
${marks.join("")}<text x="${width - edge.right + 8}" y="${ends[i]! + 4}" style="fill: var(--${colour})">${escapeHtml(name)}</text>`;
  });
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`${title}. ${description}`)}">
${[...grid, ...below, ...lines].join("\n")}
<text x="${(edge.left + width - edge.right) / 2}" y="${height - 6}" text-anchor="middle">${escapeHtml(xLabel)}</text>
<text transform="translate(14 ${(height - edge.bottom + edge.top) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(yLabel)}</text>
</svg>`;
}

/** A bar per step of a funnel: what it kept, and what it dropped. */
export function funnelChart(
  rows: readonly { name: string; kept: number; dropped: number }[],
  description: string,
): string {
  const [labels, bar, gap] = [190, 22, 10];
  const most = Math.max(1, ...rows.map(({ kept, dropped }) => kept + dropped));
  const scale = (value: number) => round((value / most) * (width - labels - 120));
  const bars = rows.map(({ name, kept, dropped }, i) => {
    const top = i * (bar + gap) + 4;
    const numbers = dropped > 0 ? `${plain(kept)} (−${plain(dropped)})` : plain(kept);
    return `<text x="${labels - 10}" y="${top + 15}" text-anchor="end">${escapeHtml(name)}</text>
<rect x="${labels}" y="${top}" width="${scale(kept)}" height="${bar}" fill="var(--one)"><title>${escapeHtml(name)}: ${plain(kept)} kept</title></rect>
<rect x="${labels + scale(kept)}" y="${top}" width="${scale(dropped)}" height="${bar}" fill="var(--drop)"><title>${escapeHtml(name)}: ${plain(dropped)} dropped</title></rect>
<text x="${labels + scale(kept + dropped) + 8}" y="${top + 15}">${numbers}</text>`;
  });
  return `<svg viewBox="0 0 ${width} ${rows.length * (bar + gap) + 4}" role="img" aria-label="${escapeHtml(description)}">
${bars.join("\n")}
</svg>`;
}

/** About `count` round numbers that enclose a range. */
export function ticks(low: number, high: number, count: number): number[] {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = power * ([1, 2, 5].find((factor) => span / (factor * power) <= count) ?? 10);
  const [first, last] = [
    Math.floor(low / step + 1e-9),
    Math.max(Math.ceil(high / step - 1e-9), Math.floor(low / step) + 1),
  ];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Moves label positions apart so that none covers another. */
function spread(positions: readonly number[]): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]!);
  const out = [...positions];
  order.forEach((at, i) => {
    if (i > 0) out[at] = Math.max(out[at]!, out[order[i - 1]!]! + 14);
  });
  const over = Math.max(0, Math.max(...out) - (height - edge.bottom));
  return out.map((value) => value - over);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function plain(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 6 });
}
