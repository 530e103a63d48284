import { element } from "../element.js";
import { svgElement } from "../svg-element.js";

const gelu = (x: number) => x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** What an MLP bends its numbers by; the two kinds of GELU differ by less than a line is thick. */
const BENDS: Readonly<Record<string, { readonly words: string; of(x: number): number }>> = {
  gelu: { words: "GELU", of: gelu },
  "gelu-erf": { words: "GELU", of: gelu },
  silu: { words: "SiLU", of: (x) => x / (1 + Math.exp(-x)) },
  relu2: { words: "ReLU²", of: (x) => Math.max(0, x) ** 2 },
};

/** From -4 to 4 on both axes, 16 units each. */
const END = 4;
const UNIT = 16;
const SIDE = 2 * END * UNIT;

interface Bend {
  readonly words: string;
  of(x: number): number;
  readonly curve: SVGSVGElement;
  /** A point on it, as the curve is drawn; beyond its ends undefined. */
  pointAt(x: number): readonly [x: number, y: number] | undefined;
}

const placeOf = (x: number, y: number) => [(x + END) * UNIT, (END - y) * UNIT] as const;

/** How an operation bends, such as "x W + b, gelu"; undefined where it names no bend. */
export function bendOf(operation: string): Bend | undefined {
  const bend = BENDS[/gelu-erf|gelu|silu|relu2/.exec(operation)?.[0] ?? ""];
  if (!bend) return undefined;
  const at = (x: number, y: number) =>
    placeOf(x, y)
      .map((each) => each.toFixed(1))
      .join(" ");
  const places = Array.from({ length: 81 }, (_, i) => -END + i / 10).filter((x) => bend.of(x) <= END);
  const curve = `M ${places.map((x) => at(x, bend.of(x))).join(" L ")}`;
  const axes = `M ${at(-END, 0)} L ${at(END, 0)} M ${at(0, -END)} L ${at(0, END)}`;
  return {
    ...bend,
    curve: svgElement(
      "svg",
      { viewBox: `0 0 ${SIDE} ${SIDE}`, width: SIDE, height: SIDE, "aria-hidden": "true" },
      svgElement("path", { d: axes, class: "axes" }),
      svgElement("path", { d: curve, class: "curve" }),
    ),
    pointAt: (x) => (Math.abs(x) <= END && bend.of(x) <= END ? placeOf(x, bend.of(x)) : undefined),
  };
}

/** The curve that an operation bends by, with some of its values. */
export function bendCurve(operation: string): HTMLElement | undefined {
  const found = bendOf(operation);
  if (!found) return undefined;
  const { words: name, of } = found;
  const words = `${name} of x: ${of(-1).toFixed(2)} at -1; ${of(0)} at 0; ${of(1).toFixed(2)} at 1; ${of(3).toFixed(2)} at 3.`;
  const figure = element("figure", { className: "space-bend" });
  figure.append(found.curve, element("figcaption", {}, words));
  return figure;
}
