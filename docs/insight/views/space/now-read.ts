import { element } from "../../element.js";
import { type Phase, type Spot, wordsOf } from "./phases.js";
import { CHAPTERS } from "./walk.js";

/** While all runs through, what the walk says of what is computed now, and the way there. */
export function nowRead(go: (spot: Spot) => void): {
  readonly root: HTMLElement;
  /** undefined: nothing runs, or what is read is about it. */
  draw(spot: Spot | undefined, phases: readonly Phase[] | undefined): void;
} {
  const title = element("h3");
  const words = element("p");
  const way = element("button", { type: "button" });
  let shown: Spot | undefined;
  way.addEventListener("click", () => shown && go(shown));
  const root = element(
    "section",
    { className: "space-now", hidden: true, attributes: { "aria-label": "What is computed now" } },
    ...[title, words, way],
  );
  return {
    root,
    draw(spot, phases) {
      shown = spot;
      root.hidden = !spot;
      const phase = spot && phases?.[spot.phase - 1];
      if (!phase) return;
      title.textContent = CHAPTERS[spot.chapter - 1]!.title;
      words.textContent = wordsOf(phase);
      way.textContent = `Read on there: part ${spot.phase} of chapter ${spot.chapter}`;
    },
  };
}
