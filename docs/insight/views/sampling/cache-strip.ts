import { element } from "../../element.js";
import type { ModelInfo } from "../../engine/opened.js";
import type { SamplingResult } from "../../engine/sampling.js";
import { thousands } from "../../thousands.js";

/** A cell for each position that the model has room for, and the work that the kept ones saved. */
export function cacheStrip(
  { ids, cached, computed }: SamplingResult,
  { blockSize }: ModelInfo,
  work: { readonly with: number; readonly without: number },
): HTMLElement {
  const cells = Array.from({ length: blockSize }, (_, i) =>
    element("span", { className: i < cached ? "kept" : i < ids.length ? "new" : "" }),
  );
  const words = `Positions kept: ${thousands(cached)}; computed: ${thousands(computed)}; free: ${thousands(blockSize - ids.length)}.`;
  return element(
    "div",
    {},
    element("div", { className: "cache", attributes: { role: "img", "aria-label": words } }, ...cells),
    element(
      "p",
      {},
      `${words} Computed since this view was opened: ${work.with}; without the cache it would have been ${work.without}.`,
    ),
  );
}
