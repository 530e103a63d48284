import { svgElement } from "../../svg-element.js";
import type { BlockLayout, Column } from "./block-layout.js";
import { rowAt } from "./block-layout.js";
import type { Part } from "./block-tensors.js";

/** The most that a ribbon of attention is thick, in px: of a weight of 1. */
const THICK = 22;

/** An end of a ribbon: its middle, and how thick it is there. */
interface End {
  readonly x: number;
  readonly y: number;
  readonly thick: number;
}

/** A band between two places that leaves and arrives level. */
function ribbon(from: End, to: End): string {
  const middle = (from.x + to.x) / 2;
  const edge = (a: End, b: End, side: number) => {
    const [start, end] = [a.y + (side * a.thick) / 2, b.y + (side * b.thick) / 2];
    return `${at(a.x, start)} C${at(middle, start)} ${at(middle, end)} ${at(b.x, end)}`;
  };
  return `M${edge(from, to, -1)} L${edge(to, from, 1)} Z`;
}

const at = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;

const right = ({ x, width }: Column) => x + width;

/** Ribbons that are there once their part is computed; `lit` are those of the chosen token. */
export interface RibbonGroup {
  readonly root: SVGGElement;
  /** What they lead to. */
  readonly part: Part | "next";
}

function group(part: Part | "next", className: string, paths: readonly SVGElement[]): RibbonGroup {
  return { root: svgElement("g", { class: `ribbons ${className}` }, ...paths), part };
}

function bands(tokens: number, path: (token: number) => string): SVGPathElement[] {
  return Array.from({ length: tokens }, (_, token) =>
    svgElement("path", { d: path(token), "data-token": token }),
  );
}

/** All ribbons but those of attention, which are another token's each time. */
export function flowRibbons({ columns }: BlockLayout, tokens: number): RibbonGroup[] {
  const all = columns as Readonly<Record<Part, Column>>;
  const level = (from: Column, to: Column, share: number) =>
    bands(tokens, (token) =>
      ribbon(
        { x: right(from), y: rowAt(from, token), thick: share * from.thickness },
        { x: to.x, y: rowAt(to, token), thick: share * to.thickness },
      ),
    );
  const { into, scores } = all;
  // A third of a row's stream is drawn to each of the three.
  const third = (part: "query" | "key" | "value", place: number) =>
    bands(tokens, (token) =>
      ribbon(
        {
          x: right(into),
          y: rowAt(into, token) + ((place - 1) * into.thickness) / 3,
          thick: into.thickness / 3,
        },
        { x: all[part].x, y: rowAt(all[part], token), thick: all[part].thickness },
      ),
    );
  const columnX = (token: number) => scores.x + (token + 0.5) * scores.pitch;
  const below = scores.top + scores.width + 2;
  const keys = bands(tokens, (token) => {
    const [x, y] = [right(all.key), rowAt(all.key, token)];
    return `M${at(x, y)} C${at(columnX(token), y)} ${at(columnX(token), y)} ${at(columnX(token), below)}`;
  });
  const last = columns.up ?? all.wide;
  return [
    group("query", "query", third("query", 0)),
    group("key", "key", third("key", 1)),
    group("value", "value", third("value", 2)),
    group("scores", "query", level(all.query, scores, 0.5)),
    group("scores", "key line", keys),
    group("masked", "plain", level(scores, all.masked, 0.5)),
    group("weights", "plain", level(all.masked, all.weights, 0.5)),
    group("found", "plain", level(all.weights, all.found, 0.5)),
    group("attended", "plain", level(all.found, all.attended, 0.6)),
    group("middle", "plain", level(all.attended, all.middle, 0.6)),
    group("wide", "plain", level(all.middle, all.wide, 0.9)),
    group("fed", "plain", level(last, all.fed, 0.9)),
    group("out", "plain", level(all.fed, all.out, 0.6)),
  ];
}

/** From the values of those that a token looks at to what its head finds: as thick as the weights. */
export function valueRibbons(
  { columns }: BlockLayout,
  weights: ArrayLike<number>,
  token: number,
): SVGPathElement[] {
  const { value, found } = columns as Readonly<Record<Part, Column>>;
  // Side by side in the order of the tokens, they fill what they arrive at.
  let start = rowAt(found, token) - found.thickness / 2;
  return Array.from({ length: token + 1 }, (_, key) => {
    const weight = weights[key]!;
    const arrives = weight * found.thickness;
    start += arrives;
    return svgElement("path", {
      d: ribbon(
        { x: right(value), y: rowAt(value, key), thick: weight * THICK },
        { x: found.x, y: start - arrives / 2, thick: arrives },
      ),
      "data-key": key,
      "data-weight": weight,
      "data-thick": weight * THICK,
    });
  });
}

/** The stream itself passes by what is added to it: an arch, and a plus where both meet. */
export function bypasses({ columns }: BlockLayout): RibbonGroup[] {
  const { into, middle, out, attended, fed } = columns as Readonly<Record<Part, Column>>;
  const arch = (from: Column, added: Column, to: Column) => {
    const [start, end] = [from.x + from.width / 2, (right(added) + to.x) / 2];
    const [high, round] = [14, 12];
    const path = `M${at(start, 26)} Q${at(start, high)} ${at(start + round, high)} H${end} V${to.top - 2}`;
    return [
      svgElement("path", { class: "arch", d: path }),
      svgElement("circle", { class: "plus", cx: end, cy: high, r: 8 }),
      svgElement("path", { class: "plus-sign", d: `M${at(end - 4, high)} h8 M${at(end, high - 4)} v8` }),
    ];
  };
  return [
    group("middle", "bypass", arch(into, attended, middle)),
    group("out", "bypass", arch(middle, fed, out)),
  ];
}

/** From the last token's row to what may follow it, as thick as that is probable. */
export function nextRibbons(
  { columns, next }: BlockLayout,
  shares: readonly number[],
  last: number,
): SVGPathElement[] {
  const out = columns.out!;
  const total = shares.reduce((sum, share) => sum + share, 0);
  let start = rowAt(out, last) - out.thickness / 2;
  return shares.map((share, rank) => {
    const leaves = (share / total) * out.thickness;
    start += leaves;
    const thick = share > 0 ? Math.max(1, share * next.thickness) : 0;
    return svgElement("path", {
      d: ribbon(
        { x: right(out), y: start - leaves / 2, thick: leaves },
        { x: next.x, y: rowAt(next, rank), thick },
      ),
    });
  });
}

/** The blocks that are not drawn, between this one and what comes next. */
export function blocksAfter({ columns }: BlockLayout, tokens: number, count: number): RibbonGroup {
  const out = columns.out!;
  return group("next", "next", cardsFrom(right(out) + 7, out, tokens, count));
}

/** The blocks before. */
export function blocksBefore({ columns }: BlockLayout, tokens: number, count: number): SVGElement {
  const into = columns.into!;
  const width = CARD * Math.min(count, CARDS);
  return svgElement("g", { class: "ribbons" }, ...cardsFrom(into.x - 5 - width, into, tokens, count));
}

/** Blocks that are not drawn are cards, so many at most, and so far from each other. */
const [CARDS, CARD] = [4, 5];

function cardsFrom(x: number, { top, pitch }: Column, tokens: number, count: number): SVGElement[] {
  return Array.from({ length: Math.min(count, CARDS) }, (_, card) =>
    svgElement("rect", {
      class: "card",
      x: x + CARD * card,
      y: top - 4,
      width: 3,
      height: pitch * tokens + 8,
      rx: 1.5,
    }),
  );
}
