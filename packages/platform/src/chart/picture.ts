import { type Html, html } from "../html.js";

/** Space around the drawing for the words beside it, in pixels. */
export interface Margin {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/**
 * A drawing as wide as its place and `height` pixels high. What is inside says x in per cent and y in pixels, so that
 * words keep their size on every screen; words beside it stand in the margin.
 */
export function picture(label: string, height: number, margin: Margin, ...parts: readonly Html[]): Html {
  const { top, right, bottom, left } = margin;
  const box = `height:${height}px;width:calc(100% - ${left + right}px);margin:${top}px ${right}px ${bottom}px ${left}px`;
  return html`<svg class="chart" role="img" aria-label="${label}" style="${box}">
${parts}</svg>`;
}

export function percent(share: number): string {
  return `${rounded(100 * share)}%`;
}

/** To a hundredth: finer than any screen. */
export function rounded(value: number): number {
  return Math.round(100 * value) / 100;
}
