import { element } from "../../element.js";
import type { SamplingResult } from "../../engine/sampling.js";
import { visible } from "../../token-line.js";

/** Shares from here on have their token written on them. */
const WRITTEN = 0.04;

/** The probabilities side by side, in ascending id, and where the random number falls. */
export function drawLine({ steps, u, drawn }: SamplingResult, tokens: readonly string[]): HTMLElement {
  const { ids, probabilities } = steps.at(-1)!;
  const parts = Array.from(ids, (id, i) => {
    const share = probabilities[i]!;
    const part = element(
      "span",
      { className: id === drawn ? "drawn" : "", title: `${tokens[id]} ${(100 * share).toFixed(1)}%` },
      share >= WRITTEN ? visible(tokens[id]!) : "",
    );
    part.style.width = `${100 * share}%`;
    part.dataset["id"] = `${id}`;
    return part;
  });
  const mark = element("em", { className: u > 0.6 ? "late" : "" }, `u = ${u.toFixed(4)}`);
  mark.style.left = `${100 * u}%`;
  const words = `All that can be drawn, side by side, from 0 to 1. The random number ${u.toFixed(4)} falls on ${JSON.stringify(tokens[drawn])}.`;
  return element(
    "div",
    {},
    element(
      "div",
      { className: "draw-line", attributes: { role: "img", "aria-label": words } },
      ...parts,
      mark,
    ),
    element(
      "p",
      { className: "stage-note" },
      "In order of token id, each as wide as its probability. u is the random number, from 0 to 1: what it falls on is drawn.",
    ),
  );
}
