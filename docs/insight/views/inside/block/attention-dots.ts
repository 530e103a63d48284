import { scaleWords } from "../../../cells/products-of.js";
import { diverging } from "../../../palette.js";
import { short } from "../../../short.js";
import { svgElement } from "../../../svg-element.js";
import type { Column } from "./layout.js";
import type { BlockValues } from "./values.js";

/** The three steps of attention that are drawn as squares of dots. */
export const STEPS = ["scores", "masked", "weights"] as const;

export type Step = (typeof STEPS)[number];

/** Where dots stand closer, in px, small ones are not seen: each is a cell in the colour of its share. */
const LEAST_DOT = 6;
/** The light of the least of them. */
const LEAST_LIGHT = 0.12;

/** One head's scores, masked scores or weights: a row is who looks, a column who is looked at. */
export function dots(
  step: Step,
  { x, top, pitch, width }: Column,
  block: BlockValues,
  head: number,
): SVGGElement {
  const { tensor, columns: T, values } = block.rows(step, head);
  const { scale } = block.overview.pictures[tensor]!;
  const hidden: string[] = [];
  const rows = Array.from({ length: T }, (_, query) => {
    const row = svgElement("g", { class: "dot-row", "data-token": query });
    for (let key = 0; key < T; key++) {
      const value = values[query * T + key]!;
      const [left, above] = [x + key * pitch, top + query * pitch];
      if (value === -Infinity)
        hidden.push(
          `M${left.toFixed(1)} ${above.toFixed(1)}h${pitch.toFixed(2)}v${pitch.toFixed(2)}h-${pitch.toFixed(2)}z`,
        );
      // A weight of nothing is no dot.
      if (!Number.isFinite(value) || (step === "weights" && value === 0)) continue;
      const share = step === "weights" ? value : Math.min(1, Math.abs(value) / scale);
      const told = { "data-key": key, "data-value": value };
      const [size, light] = [pitch.toFixed(2), Math.sqrt(share)];
      const dot =
        pitch < LEAST_DOT
          ? svgElement("rect", {
              ...{ x: left.toFixed(2), y: above.toFixed(2), width: size, height: size },
              // However little a weight is, there is something.
              ...(step === "weights" && {
                "fill-opacity": (LEAST_LIGHT + (1 - LEAST_LIGHT) * light).toFixed(2),
              }),
              ...told,
            })
          : svgElement("circle", {
              cx: (left + pitch / 2).toFixed(2),
              cy: (above + pitch / 2).toFixed(2),
              r: (0.47 * pitch * light).toFixed(2),
              ...told,
            });
      if (step !== "weights") dot.setAttribute("fill", `rgb(${diverging(value / scale).join()})`);
      row.append(dot);
    }
    return row;
  });
  return svgElement(
    "g",
    { class: `dots ${step}` },
    svgElement("rect", { class: "dots-edge", x, y: top, width, height: width }),
    svgElement("path", { class: "dots-hidden", d: hidden.join("") }),
    ...rows,
  );
}

/** How a weight of attention came about, in numbers. */
export function weightWords(block: BlockValues, head: number, query: number, key: number): string {
  const { scale, cap } = block.tensors;
  const [q, k] = [block.rows("query", head), block.rows("key", head)];
  let product = 0;
  for (let i = 0; i < q.columns; i++)
    product += q.values[query * q.columns + i]! * k.values[key * k.columns + i]!;
  const T = block.overview.ids.length;
  const cell = query * T + key;
  const score = block.rows("scores", head).values[cell]!;
  const by = scaleWords(scale);
  const scaled = `q·k ${by[0]} = ${Number(product.toPrecision(4))} ${by[1]} = ${short(score)}`;
  const row = block.rows("masked", head).values.subarray(query * T, (query + 1) * T);
  const masked = row[key]!;
  const squeezed = cap > 0 ? `; squeezed below ${short(cap)}: ${short(cap * Math.tanh(score / cap))}` : "";
  if (masked === -Infinity)
    return `${scaled}${squeezed}; masked, as ${key > query ? "it comes later" : "it is too far back"}: weight 0`;
  const weight = block.rows("weights", head).values[cell]!;
  const largest = row.reduce((most, each) => Math.max(most, each), -Infinity);
  const sum = row.reduce((total, each) => total + Math.exp(each - largest), 0);
  const less = `${largest < 0 ? "+" : "−"} ${short(Math.abs(largest))}`;
  return `${scaled}${squeezed}; not masked; weight = exp(${short(masked)} ${less}) / sum of exp = ${short(Math.exp(masked - largest))} / ${short(sum)} = ${weight.toFixed(3)}`;
}
