import { element } from "../../element.js";
import { withKey } from "../../key-hint.js";
import type { Box } from "../../scheme.js";
import type { Piece } from "./chapter.js";
import type { Phase, Spot } from "./phases.js";
import { CHAPTERS } from "./walk.js";

/** As in the style sheet. */
const NARROW = "(max-width: 900px) and (min-height: 500px)";

interface Actions {
  go(spot: Spot): void;
  /** To the next phase, or the one before. */
  step(by: 1 | -1): void;
  /** A link is pointed at or has the focus, or no more. */
  point(piece: Piece | undefined): void;
  choose(tensor: string): void;
  /** Another picture than the walk's. */
  show(picture: NonNullable<Piece["picture"]>): void;
}

/** The walk's text, whose links point at tensors, and light up when one of them is pointed at. */
export function walkProse(actions: Actions): {
  root: HTMLElement;
  /** Where it stands how far the walk is. */
  far: HTMLElement;
  /** A chapter's phases, one of which is read, and a tensor whose bend is drawn in the phase that makes it. */
  draw(spot: Spot, phases: readonly Phase[], bent: Box | undefined): void;
  light(tensor: string | undefined): void;
  /** On a narrow page, where it stands below the picture: brings it into sight. */
  bring(): void;
} {
  const title = element("h3");
  const far = element("p", { className: "space-then" });
  const text = element("div", { className: "space-phases" });
  const back = element("button", { type: "button" }, "Back");
  const on = element("button", { type: "button" }, ...withKey("On (Space)"));
  const list = element(
    "select",
    { attributes: { "aria-label": "Chapter of the walk" } },
    ...CHAPTERS.map(({ title, short = title }, i) =>
      element("option", { value: `${i + 1}` }, `${i + 1}: ${short}`),
    ),
  );
  list.addEventListener("change", () => actions.go({ chapter: Number(list.value), phase: 1 }));
  const root = element(
    "section",
    { className: "space-walk", attributes: { "aria-label": "A walk through the network" } },
    element("div", { className: "insight-bar" }, back, on, list),
    title,
    text,
    far,
  );
  let shown: readonly Phase[] = [];
  let marks: HTMLElement[] = [];
  let links: { button: HTMLButtonElement; piece: Piece }[] = [];
  back.addEventListener("click", () => actions.step(-1));
  on.addEventListener("click", () => actions.step(1));

  function link(piece: Piece): HTMLElement {
    const button = element("button", { type: "button", className: "space-link" }, piece.words);
    button.dataset["tensors"] = piece.tensors?.join(" ") ?? `@${piece.axis ?? piece.picture}`;
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => actions.point(piece));
    for (const event of ["pointerleave", "blur"]) {
      button.addEventListener(event, () => actions.point(undefined));
    }
    button.addEventListener("click", () => {
      if (piece.picture) actions.show(piece.picture);
      else if (piece.tensors?.[0]) actions.choose(piece.tensors[0]);
    });
    links.push({ button, piece });
    return button;
  }

  function write(chapter: number, bent: Box | undefined): void {
    links = [];
    marks = shown.map((_, i) => {
      const name = `Part ${i + 1} of ${shown.length}`;
      const mark = element("button", { type: "button", attributes: { "aria-label": name } }, `${i + 1}`);
      mark.addEventListener("click", () => actions.go({ chapter, phase: i + 1 }));
      return mark;
    });
    const paragraphs = shown.map(({ pieces, about }, i) => {
      const words = pieces.map((piece, at) => {
        if (piece.tensors || piece.axis || piece.picture) {
          return element("span", {}, link(piece), markOf(pieces[at + 1]?.words));
        }
        return document.createTextNode(piece.words.slice(at > 0 ? markOf(piece.words).length : 0));
      });
      const paragraph = element("div", {}, marks[i]!, element("p", {}, ...words));
      if (bent && about.includes(bent.name)) void bend(paragraph, bent.operation);
      return paragraph;
    });
    text.replaceChildren(...paragraphs);
    text.scrollTop = 0;
    sizes.disconnect();
    for (const each of [text, ...paragraphs]) sizes.observe(each);
  }

  let marked = 1;
  /** Marks what is read, and brings it into sight; the page stays where it is. */
  function mark(phase: number): void {
    marked = phase;
    for (const [i, mark] of marks.entries()) {
      const isNow = i + 1 === phase;
      if (isNow) mark.setAttribute("aria-current", "step");
      else mark.removeAttribute("aria-current");
      const paragraph = mark.parentElement!;
      paragraph.className = isNow ? "now" : i < phase ? "read" : "later";
      if (!isNow) continue;
      const [top, bottom] = [paragraph.offsetTop, paragraph.offsetTop + paragraph.offsetHeight];
      if (top < text.scrollTop || bottom - top > text.clientHeight) text.scrollTop = top;
      else text.scrollTop = Math.max(text.scrollTop, bottom - text.clientHeight);
    }
  }

  // What is said of a cell takes its room from it, and a curve comes later than the words above and below it.
  const sizes = new ResizeObserver(() => mark(marked));

  return {
    root,
    far,
    draw({ chapter, phase }, phases, bent) {
      list.value = `${chapter}`;
      title.textContent = spotWords({ chapter, phase }, phases);
      if (phases !== shown) {
        shown = phases;
        write(chapter, bent);
      }
      mark(phase);
      back.disabled = chapter === 1 && phase === 1;
      on.disabled = chapter === CHAPTERS.length && phase === phases.length;
    },
    bring() {
      if (matchMedia(NARROW).matches) root.scrollIntoView({ block: "nearest" });
    },
    light(tensor) {
      for (const { button, piece } of links) {
        button.classList.toggle("lit", tensor !== undefined && (piece.tensors?.includes(tensor) ?? false));
      }
    },
  };
}

/** Draws the curve of what is read; the words are there before. */
async function bend(paragraph: HTMLElement, operation: string): Promise<void> {
  const { bendCurve } = await import("../../cells/bend.js");
  const curve = bendCurve(operation);
  if (curve) paragraph.append(curve);
}

/** What a link's line must not end before: a comma, a stop. */
const markOf = (words = "") => /^[,.:;)]*/.exec(words)![0];

/** "5 of 9: Attention, part 2 of 4". */
export function spotWords({ chapter, phase }: Spot, phases: readonly Phase[]): string {
  return `${chapter} of ${CHAPTERS.length}: ${CHAPTERS[chapter - 1]!.title}, part ${phase} of ${phases.length}`;
}
