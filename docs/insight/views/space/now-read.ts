import { element } from "../../element.js";
import { type Phase, type Spot, wordsOf } from "./phases.js";
import { CHAPTERS } from "./walk.js";

/** While all runs through, what the walk says of what is computed now, and the way there; undefined: what is read says it. */
export function nowRead(
  root: HTMLElement,
  go: (spot: Spot) => void,
): (spot: Spot | undefined, phases: readonly Phase[] | undefined) => void {
  const title = element("h3");
  const words = element("p");
  const way = element("button", { type: "button" });
  let shown: Spot | undefined;
  way.addEventListener("click", () => shown && go(shown));
  root.setAttribute("aria-label", "What is computed now");
  root.append(title, words, way);
  return (spot, phases) => {
    shown = spot;
    root.hidden = !spot;
    const phase = spot && phases?.[spot.phase - 1];
    if (!phase) return;
    title.textContent = CHAPTERS[spot.chapter - 1]!.title;
    words.textContent = wordsOf(phase);
    way.textContent = `Read on there: part ${spot.phase} of chapter ${spot.chapter}`;
  };
}
