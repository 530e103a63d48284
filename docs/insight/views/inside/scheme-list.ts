import { type CellGrid, paintCells } from "../../cells/canvas.js";
import { element } from "../../element.js";
import type { Overview, Picture } from "../../engine/inside.js";
import { type Box, placeOf, type Section } from "../../scheme.js";
import { extents } from "../../thousands.js";

/** A cell of a tensor. */
export interface CellName {
  readonly tensor: string;
  readonly index: readonly number[];
}

interface Drawn {
  readonly box: Box;
  readonly button: HTMLButtonElement;
  readonly canvas: HTMLCanvasElement;
}

/** Every tensor as a small picture that can be chosen, section by section; a section is drawn when it is unfolded. */
export function schemeList(choose: (tensor: string) => void): {
  root: HTMLElement;
  draw(sections: readonly Section[], overview: Overview): void;
  /** Shows which tensor is chosen, and lights the cells that its cell is computed from. */
  light(tensor: string, operands: readonly CellName[]): void;
  /** Shows only these, and how the last of them comes about; undefined: all there is. */
  run(there: ReadonlySet<string> | undefined, made?: string): void;
  /** The names in order. */
  names(): string[];
} {
  const root = element("div", { className: "scheme" });
  const drawn = new Map<string, Drawn>();
  let overview: Overview | undefined;
  let lit = new Map<string, Set<number>>();
  let current = "";
  let there: ReadonlySet<string> | undefined;

  /** Scrolls the list, and never the page. */
  const scrollTo = (button: HTMLElement) => {
    const place = root.parentElement!;
    const [outer, inner] = [place.getBoundingClientRect(), button.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > outer.bottom) {
      place.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
    }
  };

  const paint = ({ box, button, canvas }: Drawn) => {
    const isLater = there !== undefined && !there.has(box.name);
    button.classList.toggle("later", isLater);
    if (canvas.closest("details")?.open === false) return;
    if (isLater) {
      // An empty shape.
      canvas.width = 1;
      return;
    }
    paintCells(canvas, gridOf(overview!.pictures[box.name]!), lit.get(box.name));
  };
  const sectionOf = ({ words, rows, name }: Section): HTMLElement => {
    const details = element(
      "details",
      { className: "scheme-section" },
      element("summary", {}, words),
      ...rows.map((boxes) => element("div", { className: "scheme-row" }, ...boxes.map(boxButton))),
    );
    details.dataset["section"] = name;
    details.addEventListener("toggle", () => {
      for (const each of drawn.values()) if (details.contains(each.canvas)) paint(each);
    });
    return details;
  };
  const boxButton = (box: Box): HTMLElement => {
    const canvas = element("canvas", { width: 1, height: 1, attributes: { "aria-hidden": "true" } });
    const { rows, columns, planes } = overview!.pictures[box.name]!;
    canvas.style.width = `${Math.min(112, Math.max(12, 2 * columns * planes))}px`;
    canvas.style.height = `${Math.min(64, Math.max(8, 2 * rows))}px`;
    const button = element(
      "button",
      { type: "button", title: box.operation, className: `scheme-box ${box.kind}` },
      canvas,
      element("b", {}, box.name.replace(/^h\.\d+\./, "")),
      element("small", {}, `${box.kind === "weight" ? "weight " : ""}${extents(box.shape)}`),
    );
    button.dataset["tensor"] = box.name;
    button.addEventListener("click", () => choose(box.name));
    drawn.set(box.name, { box, button, canvas });
    return button;
  };

  return {
    root,
    draw(sections, next) {
      const isSame =
        overview !== undefined &&
        sections
          .flatMap(({ rows }) => rows.flat())
          .map(shapeKey)
          .join() === [...drawn.values()].map(({ box }) => shapeKey(box)).join();
      overview = next;
      if (!isSame) {
        drawn.clear();
        root.replaceChildren(...sections.map(sectionOf));
      }
      for (const each of drawn.values()) paint(each);
    },
    light(tensor, operands) {
      const before = new Set(lit.keys());
      lit = pixelsOf(operands, overview!);
      for (const name of new Set([...before, ...lit.keys()])) {
        const each = drawn.get(name);
        if (each) paint(each);
      }
      for (const [name, { button }] of drawn) {
        button.classList.toggle("read", lit.has(name));
        if (name === tensor) {
          button.setAttribute("aria-current", "true");
          button.closest("details")!.open = true;
          if (tensor !== current) scrollTo(button);
          current = tensor;
        } else button.removeAttribute("aria-current");
      }
    },
    run(those, made) {
      there = those;
      for (const [name, each] of drawn) {
        paint(each);
        each.button.classList.toggle("made", name === made);
      }
    },
    names: () => [...drawn.keys()],
  };
}

const shapeKey = ({ name, shape }: Box) => `${name} ${shape.join(".")}`;

/** The planes of a picture side by side. */
export function gridOf({ planes, rows, columns, values, scale, isShare }: Picture): CellGrid {
  const wide = new Float32Array(values.length);
  for (let plane = 0, at = 0; plane < planes; plane++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, at++) {
        wide[(row * planes + plane) * columns + column] = values[at]!;
      }
    }
  }
  return { rows, columns: planes * columns, values: wide, scale, isShare };
}

/** Where cells are in the pictures of their tensors, the planes side by side. */
export function pixelsOf(cells: readonly CellName[], { pictures }: Overview): Map<string, Set<number>> {
  const pixels = new Map<string, Set<number>>();
  for (const { tensor, index } of cells) {
    const { shape, planes, columns, rowStep, columnStep } = pictures[tensor]!;
    const { plane, row, column } = placeOf(shape, index);
    const wide = (Math.floor(row / rowStep) * planes + plane) * columns + Math.floor(column / columnStep);
    const all = pixels.get(tensor) ?? new Set<number>();
    pixels.set(tensor, all.add(wide));
  }
  return pixels;
}
