import { element } from "../element.js";

/** Pixels from a label to the next. */
const LINE = 13;
/** A longer token is cut. */
const MOST_LETTERS = 10;

/** What stands beside rows or columns: one at each where there is room, else at every so many, and always at the one that is framed. */
export type Labels = readonly (string | undefined)[];

/** Names of rows, on the left of a picture, or of columns, on top of it and upright. The canvas says the same in words. */
export function axisLabels(side: "left" | "top"): {
  root: HTMLElement;
  draw(labels: Labels): void;
  /** The picture has this many pixels along the axis now. */
  fit(extent: number): void;
  /** What is framed: from one to another; nothing says that none, or all of them, are. */
  mark(from?: number, to?: number): void;
} {
  const root = element("div", { className: `axis-${side}`, attributes: { "aria-hidden": "true" } });
  let spans: HTMLElement[] = [];
  let pixels = 0;
  let framed: readonly [from: number, to: number] | undefined;

  function place(): void {
    const size = pixels / spans.length;
    const step = Math.max(1, Math.ceil(LINE / size));
    const [from, to] = framed ?? [-Infinity, -Infinity];
    for (const [at, span] of spans.entries()) {
      const distance = Math.abs(at - from) * size;
      span.classList.toggle("chosen", from <= at && at <= to);
      span.hidden = at !== from && (at % step > 0 || distance < LINE);
    }
  }

  return {
    root,
    draw(labels) {
      const texts = labels.every((label) => label === undefined)
        ? []
        : labels.map((label = "") => firstLetters(label));
      root.hidden = texts.length === 0;
      const letters = Math.max(0, ...texts.map((text) => [...text].length));
      root.style[side === "left" ? "width" : "height"] = `${letters + 1}ch`;
      spans = texts.map((text, at) => {
        const span = element("span", {}, text);
        span.style[side === "left" ? "top" : "left"] = `${(100 * (at + 0.5)) / texts.length}%`;
        return span;
      });
      root.replaceChildren(...spans);
      place();
    },
    fit(extent) {
      if (extent === pixels) return;
      pixels = extent;
      place();
    },
    mark(from, to = from) {
      const isAll = from === 0 && to === spans.length - 1 && to > 0;
      framed = from === undefined || isAll ? undefined : [from, to!];
      place();
    },
  };
}

function firstLetters(text: string): string {
  const letters = [...text];
  return letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS - 1).join("")}…` : text;
}
