import { svgElement } from "../../../svg-element.js";
import type { BlockLayout, Column } from "./layout.js";
import { rowAt } from "./layout.js";
import type { Part } from "./tensors.js";

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
export function flowRibbons(
  { columns }: BlockLayout,
  tokens: number,
  among: { readonly head: number; readonly heads: number },
): RibbonGroup[] {
  const { token, place, into, norm1, scores, ...all } = columns as Readonly<Record<Part, Column>>;
  const level = (part: Part, from: Column, to: Column, share: number, className = "plain") =>
    group(
      part,
      className,
      bands(tokens, (token) =>
        ribbon(
          { x: right(from), y: rowAt(from, token), thick: share * from.thickness },
          { x: to.x, y: rowAt(to, token), thick: share * to.thickness },
        ),
      ),
    );
  // A third of a row is drawn to each of the three.
  const third = (part: "query" | "key" | "value", at: number) =>
    group(
      part,
      part,
      bands(tokens, (token) =>
        ribbon(
          {
            x: right(norm1),
            y: rowAt(norm1, token) + ((at - 1) * norm1.thickness) / 3,
            thick: norm1.thickness / 3,
          },
          { x: all[part].x, y: rowAt(all[part], token), thick: all[part].thickness },
        ),
      ),
    );
  const columnX = (token: number) => scores.x + (token + 0.5) * scores.pitch;
  const below = scores.top + scores.width + 2;
  const keys = bands(tokens, (token) => {
    const [x, y] = [right(all.key), rowAt(all.key, token)];
    return `M${at(x, y)} C${at(columnX(token), y)} ${at(columnX(token), y)} ${at(columnX(token), below)}`;
  });
  const {
    query,
    masked,
    weights,
    found,
    mixed,
    attended,
    middle,
    norm2,
    wide,
    up,
    made,
    fed,
    out,
    final,
    logits,
  } = all;
  const isThere = (column: Column | undefined) => column !== undefined;
  return [
    ...(isThere(place) ? [pluses(token, place, tokens)] : []),
    ...(isThere(token) ? [level("into", place ?? token, into, 0.6)] : []),
    level("norm1", into, norm1, 0.6),
    ...[third("query", 0), third("key", 1), third("value", 2)],
    level("scores", query, scores, 0.5, "query"),
    group("scores", "key line", keys),
    level("masked", scores, masked, 0.5),
    level("weights", masked, weights, 0.5),
    level("found", weights, found, 0.5),
    sideBySide(mixed ? "mixed" : "attended", found, mixed ?? attended, tokens, among),
    ...(isThere(mixed) ? [level("attended", mixed, attended, 0.6)] : []),
    level("middle", attended, middle, 0.6),
    ...(isThere(norm2)
      ? [level("norm2", middle, norm2, 0.6), level("wide", norm2, wide, 0.9)]
      : [group("wide", "bypass", [beneath(norm1, wide, tokens)])]),
    ...(isThere(made) ? [level("made", up ?? wide, made, 0.9)] : []),
    level("fed", made ?? up ?? wide, fed, 0.9),
    level("out", fed, out, 0.6),
    ...(isThere(final) ? [level("final", out, final, 0.6), level("logits", final, logits, 0.9)] : []),
  ];
}

/** What all heads find is put side by side: the drawn head's is one slice, and the others are cards behind it. */
function sideBySide(
  part: "mixed" | "attended",
  found: Column,
  to: Column,
  tokens: number,
  { head, heads }: { readonly head: number; readonly heads: number },
): RibbonGroup {
  const others = Math.min(heads - 1, CARDS);
  const end = right(found) + 2 + CARD * others;
  const arrives = 0.6 * to.thickness;
  /** Slices from one head up to another. */
  const slices = (token: number, from: number, until: number, start: { x: number; thick: number }) => {
    const middle = ((from + until) / 2 / heads - 0.5) * arrives;
    const leaves = start.x === end ? { y: rowAt(found, token) + middle } : { y: rowAt(found, token) };
    const thick = ((until - from) / heads) * arrives;
    return ribbon({ ...start, ...leaves }, { x: to.x, y: rowAt(to, token) + middle, thick });
  };
  const own = bands(tokens, (token) =>
    slices(token, head, head + 1, { x: right(found), thick: 0.6 * found.thickness }),
  );
  const more = [
    [0, head],
    [head + 1, heads],
  ].filter(([from, until]) => from! < until!) as [number, number][];
  const rest = more.flatMap(([from, until]) =>
    bands(tokens, (token) => slices(token, from, until, { x: end, thick: 1.5 })),
  );
  return group(part, "heads plain", [...cardsFrom(right(found) + 2, found, tokens, others), ...own, ...rest]);
}

/** Between two rows that are added. */
function pluses(token: Column, place: Column, tokens: number): RibbonGroup {
  const x = (right(token) + place.x) / 2;
  const size = Math.min(4, place.pitch / 3);
  const signs = bands(tokens, (each) => {
    const y = rowAt(place, each);
    return `M${at(x - size, y)} h${2 * size} M${at(x, y - size)} v${2 * size}`;
  });
  return group("place", "sum", signs);
}

/** Where attention and MLP read the same, a line leads to the MLP below all that is between. */
function beneath(from: Column, to: Column, tokens: number): SVGPathElement {
  const [start, end] = [right(from) - 2, to.x + 2];
  const bottom = from.top + tokens * from.pitch + 2;
  return svgElement("path", { class: "arch", d: `M${at(start, bottom)} v18 H${end} v-18` });
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
    const [high, round] = [12, 12];
    const path = `M${at(start, 22)} Q${at(start, high)} ${at(start + round, high)} H${end} V${to.top - 2}`;
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
  const out = columns.logits ?? columns.out!;
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
