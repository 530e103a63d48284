import { element } from "../element.js";
import type { Facts } from "../facts.js";
import { keyHint } from "../key-hint.js";
import { STOPS } from "./stops.js";
import style from "./tour.css?inline";
import { told as toldOf } from "./words.js";

interface Actions {
  go(stop: number): void;
  /** Goes a step on or back. */
  by(by: number): void;
  /** Brings what the stop is about into sight. */
  show(): void;
}

const COUNT = STOPS.length;

/** Where the story is told, stop by stop, in the place of the offer to tell it. */
export function tourPanel(
  root: HTMLElement,
  { go, by, show }: Actions,
): {
  /** @param stop 0: the story is not being told */
  draw(stop: number, facts: Facts): void;
  /** Moves the focus to the stop's title, unless it is in the panel already. */
  focus(): void;
} {
  const title = element("h3", { tabIndex: -1, attributes: { "aria-live": "polite" } });
  const place = element("span");
  const stops = STOPS.map((stop, i) => {
    const button = element(
      "button",
      { type: "button", title: stop.title, attributes: { "aria-label": `Stop ${i + 1}: ${stop.title}` } },
      `${i + 1}`,
    );
    button.addEventListener("click", (event) => lead(event, () => go(i + 1)));
    return button;
  });
  // It may scroll on a phone, which is to go by key, too.
  const words = element("div", {
    className: "tour-words",
    tabIndex: 0,
    attributes: { role: "group", "aria-label": "What the story tells here" },
  });
  const scrolled = element("div", { className: "tour-scrolled" }, words);
  const look = () => {
    const { scrollTop, clientHeight, scrollHeight } = words;
    scrolled.classList.toggle("more", scrollTop + clientHeight < scrollHeight - 1);
  };
  words.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(words);
  const back = element("button", { type: "button" }, "Back", keyHint("<"));
  const on = element("button", { type: "button" });
  const see = element("button", { type: "button" }, "Scroll to it");
  const chapter = element("a");
  const leave = element("a", { attributes: { "aria-label": "Leave the story" } }, "Leave");
  const told = element(
    "div",
    { hidden: true },
    element(
      "div",
      { className: "tour-head" },
      title,
      element(
        "div",
        { className: "tour-ways" },
        element("p", { className: "insight-bar" }, back, on, see, chapter, leave),
        element("ol", {}, ...stops.map((stop) => element("li", {}, stop))),
      ),
    ),
    scrolled,
  );
  root.append(element("style", {}, style), told);
  let at = 0;
  back.addEventListener("click", (event) => lead(event, () => by(-1)));
  // At the end it leads to the beginning: a button that is disabled would lose the focus.
  on.addEventListener("click", (event) => lead(event, () => (at < COUNT ? by(1) : go(1))));
  see.addEventListener("click", show);

  /** Who leads on by key keeps the button; a pointer leaves it, so that Space is the view's. */
  function lead({ detail }: MouseEvent, move: () => void): void {
    if (detail > 0) title.focus({ preventScroll: true });
    move();
  }

  let shownWords = "";
  /** The stop and the part of it that is told. */
  let about = "";
  return {
    draw(stop, facts) {
      const isOther = stop !== at;
      at = stop;
      told.hidden = stop === 0;
      root.classList.toggle("touring", stop > 0);
      const shown = STOPS[stop - 1];
      if (!shown) return;
      if (isOther) {
        title.replaceChildren(`Stop ${stop} of ${COUNT}: ${shown.title}`, place);
        for (const [i, button] of stops.entries()) {
          if (i + 1 === stop) button.setAttribute("aria-current", "step");
          else button.removeAttribute("aria-current");
        }
        back.setAttribute("aria-disabled", String(stop === 1));
        on.replaceChildren(...(stop < COUNT ? ["On", keyHint(">")] : ["From the beginning"]));
        chapter.href = `../chapters/${shown.chapter}.html`;
        chapter.textContent = `Chapter ${shown.stage}`;
        leave.href = `#v1/${shown.view}`;
      }
      const { part } = facts;
      place.textContent = part ? `, ${facts["at"]} of ${facts["of"]}: ${facts["name"]}` : "";
      // What the part is, the view tells.
      const own = part === undefined ? shown.words : (shown.parts?.[part] ?? []);
      const next = own.flatMap((each) => {
        const parts = toldOf(each, facts);
        return parts ? [parts] : [];
      });
      const all = JSON.stringify(next);
      if (all === shownWords) return;
      shownWords = all;
      words.replaceChildren(
        ...next.map((parts) =>
          element("p", {}, ...parts.map((part, i) => (i % 2 === 0 ? part : keyHint(part)))),
        ),
      );
      // Facts come one after the other: who has scrolled stays there.
      if (about !== `${stop} ${part}`) words.scrollTop = 0;
      about = `${stop} ${part}`;
      look();
    },
    focus() {
      if (!told.contains(document.activeElement)) title.focus({ preventScroll: true });
    },
  };
}
