import { type Html, html } from "../html.js";

/**
 * How charts look. The page gives the colours, in the light and in the dark: --ink, --soft, --line, --paper, --wash, --one to
 * --four, --drop and --limit.
 */
export const CHART_STYLE = `
.chart{display:block;overflow:visible;font:12px system-ui,sans-serif}
.chart .one{--colour:var(--one)}.chart .two{--colour:var(--two)}.chart .three{--colour:var(--three)}.chart .four{--colour:var(--four)}
.chart .loss{--colour:var(--drop)}.chart .limit{--colour:var(--limit)}
.chart text{fill:var(--colour,var(--ink))}.chart rect,.chart circle{fill:var(--colour)}.chart .name{font-weight:600}
.chart polyline{fill:none;stroke:var(--colour);stroke-width:1.6;vector-effect:non-scaling-stroke}
.chart .halo{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.chart .rule{stroke:var(--line)}.chart .limit line{stroke:var(--limit);stroke-width:1.5;stroke-dasharray:4 3}
.chart .drop{fill:url(#hatch)}.hatch{position:absolute;width:0;height:0}.hatch rect{fill:var(--drop);opacity:.35}.hatch line{stroke:var(--drop);stroke-width:2}
.chart a{text-decoration:none}.chart .hit{fill:transparent}.chart a:hover .hit,.chart a:focus-visible .hit{fill:var(--wash)}
`;

/** Stands once in a page that shows what was dropped: it is hatched too, for those who see no red. */
export function hatch(): Html {
  return html`<svg class="hatch" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6"/><line x1="1" x2="1" y2="6"/></pattern></defs></svg>`;
}
