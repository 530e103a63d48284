import { element } from "../element.js";
import { keyHint } from "../key-hint.js";
import type { Key } from "../keys.js";
import style from "./offer.css?inline";

/** How the story is called in an address. */
export const TOUR = "tour";

/** The offer to tell the story. All else of it comes when it is told, and stands in the same place. */
export function tourOffer(begin: () => void): { root: HTMLElement; keys: readonly Key[] } {
  const button = element("button", { type: "button" }, "▶ Begin the story", keyHint(">"));
  button.addEventListener("click", begin);
  const root = element(
    "section",
    { className: "tour", attributes: { "aria-label": "One story" } },
    element("style", {}, style),
    element(
      "p",
      { className: "tour-offer" },
      element(
        "span",
        {},
        element("b", {}, "New here? "),
        "One story, stop by stop, from a page to an answer. ",
      ),
      button,
    ),
  );
  return { root, keys: [{ key: ">", does: "begins the story", run: begin }] };
}
