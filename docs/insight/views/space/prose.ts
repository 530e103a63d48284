import { element } from "../../element.js";
import type { Box } from "../../scheme.js";
import { bendCurve } from "./bend.js";
import { type Piece, proseOf } from "./chapter.js";
import { CHAPTERS } from "./walk.js";

interface Actions {
  go(chapter: number): void;
  /** A link is pointed at or has the focus, or no more. */
  point(piece: Piece | undefined): void;
  choose(tensor: string): void;
}

/** The walk's text, whose links point at tensors, and light up when one of them is pointed at. */
export function walkProse(actions: Actions): {
  root: HTMLElement;
  /** The chapter's text for a network of these tensors. */
  draw(chapter: number, boxes: ReadonlyMap<string, Box>): void;
  light(tensor: string | undefined): void;
} {
  const title = element("h3");
  const text = element("div");
  const back = element("button", { type: "button" }, "Back");
  const on = element("button", { type: "button" }, "On (Space)");
  const list = element(
    "select",
    { attributes: { "aria-label": "Chapter of the walk" } },
    ...CHAPTERS.map(({ title }, i) => element("option", { value: `${i + 1}` }, `${i + 1}: ${title}`)),
  );
  list.addEventListener("change", () => actions.go(Number(list.value)));
  const root = element(
    "section",
    { className: "space-walk", attributes: { "aria-label": "A walk through the network" } },
    element("div", { className: "insight-bar" }, back, on, list),
    title,
    text,
  );
  let at = 0;
  let links: { button: HTMLButtonElement; piece: Piece }[] = [];
  back.addEventListener("click", () => actions.go(at - 1));
  on.addEventListener("click", () => actions.go(at + 1));

  function link(piece: Piece): HTMLElement {
    const button = element("button", { type: "button", className: "space-link" }, piece.words);
    button.dataset["tensors"] = piece.tensors?.join(" ") ?? `@${piece.axis}`;
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => actions.point(piece));
    for (const event of ["pointerleave", "blur"]) {
      button.addEventListener(event, () => actions.point(undefined));
    }
    button.addEventListener("click", () => piece.tensors?.[0] && actions.choose(piece.tensors[0]));
    links.push({ button, piece });
    return button;
  }

  return {
    root,
    draw(chapter, boxes) {
      at = chapter;
      list.value = `${chapter}`;
      const shown = CHAPTERS[chapter - 1]!;
      title.textContent = `${chapter} of ${CHAPTERS.length}: ${shown.title}`;
      links = [];
      const shapes = new Map([...boxes].map(([name, { shape }]) => [name, shape]));
      const bent = shown.bend?.find((name) => boxes.has(name));
      const curve = bent && bendCurve(boxes.get(bent)!.operation);
      text.replaceChildren(
        ...proseOf(shown, shapes).map((pieces) =>
          element(
            "p",
            {},
            ...pieces.map((piece) =>
              piece.tensors || piece.axis ? link(piece) : document.createTextNode(piece.words),
            ),
          ),
        ),
        ...(curve ? [curve] : []),
      );
      back.disabled = chapter <= 1;
      on.disabled = chapter >= CHAPTERS.length;
    },
    light(tensor) {
      for (const { button, piece } of links) {
        button.classList.toggle("lit", tensor !== undefined && (piece.tensors?.includes(tensor) ?? false));
      }
    },
  };
}
