import { type Html, html } from "../html.js";
import { percent, picture, rounded } from "./picture.js";

/** A bar of a histogram; places are shares of the axis. */
export interface HistogramBar {
  at: number;
  kept: number;
  dropped: number;
  title: string;
}

/** A value on the axis with its words. */
export interface AxisMark {
  at: number;
  label: string;
}

export interface HistogramChartOptions {
  description: string;
  bars: readonly HistogramBar[];
  /** Of a bar. */
  width: number;
  ticks: readonly AxisMark[];
  /** Thresholds: a line, and words above. */
  limits: readonly AxisMark[];
}

const HEIGHT = 100;
const MARGIN = { top: 22, right: 1, bottom: 18, left: 1 };

/** How often each value occurs, kept and dropped, with the thresholds that decided. */
export function histogramChart({ description, bars, width, ticks, limits }: HistogramChartOptions): Html {
  const most = Math.max(1, ...bars.map(({ kept, dropped }) => kept + dropped));
  const wide = percent(Math.max(0.003, width - 0.0015));
  const bar = ({ at, kept, dropped, title }: HistogramBar) => {
    // Square roots, so that the few near a threshold show beside the many far from it.
    const height = Math.sqrt((kept + dropped) / most) * HEIGHT;
    const part = (height * kept) / (kept + dropped);
    const rect = (kind: string, y: number, high: number) =>
      high > 0 &&
      html`<rect class="${kind}" x="${percent(at)}" y="${rounded(y)}" width="${wide}" height="${rounded(high)}"/>`;
    return html`<g><title>${title}</title>${[
      rect("one", HEIGHT - part, part),
      rect("drop", HEIGHT - height, height - part),
    ]}</g>`;
  };
  const limit = ({ at, label }: AxisMark) => {
    const x = percent(at);
    const [anchor, dx] = at > 0.6 ? ["end", -4] : ["start", 4];
    return html`<g class="limit"><line x1="${x}" x2="${x}" y1="-20" y2="${HEIGHT}"/><text x="${x}" dx="${dx}" y="-10" text-anchor="${anchor}">${label}</text></g>`;
  };
  const tick = ({ at, label }: AxisMark) =>
    html`<text x="${percent(at)}" y="${HEIGHT + 15}" text-anchor="${at < 0.05 ? "start" : at > 0.95 ? "end" : "middle"}">${label}</text>`;
  return picture(
    description,
    HEIGHT,
    MARGIN,
    html`<line class="rule" x2="100%" y1="${HEIGHT}" y2="${HEIGHT}"/>`,
    ...bars.map(bar),
    ...ticks.map(tick),
    ...limits.map(limit),
  );
}
