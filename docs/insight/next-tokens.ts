import { element } from "./element.js";
import type { Overview } from "./engine/inside.js";
import type { ModelInfo } from "./engine/opened.js";
import { visible } from "./token-line.js";

interface NextTokens {
  readonly root: HTMLElement;
  /** undefined: nothing is known yet. */
  draw(pass: { readonly info: ModelInfo; readonly overview: Overview } | undefined): void;
  /** Whether it is not computed yet, in a run. */
  wait(isWaiting: boolean): void;
  /** Puts the most probable token behind the text. */
  putFirst(): void;
}

/** What comes after the text: the most probable tokens as bars. One that is pressed is put behind the text, which runs through anew. */
export function nextTokens(text: () => string, set: (text: string) => void): NextTokens {
  const list = element("ol");
  const note = element("p", { className: "stage-note" });
  const root = element(
    "section",
    { className: "stage", attributes: { "aria-label": "What comes next" } },
    element("h3", {}, "What comes next"),
    list,
    note,
  );
  let first: HTMLButtonElement | undefined;
  return {
    root,
    draw(pass) {
      first = undefined;
      root.hidden = !pass;
      if (!pass) return;
      const { info, overview } = pass;
      const isFull = overview.left > 0;
      note.textContent = isFull
        ? `After the ${overview.ids.length} tokens that are seen here. The text goes on behind them.`
        : "Press one, and it is put behind the text. g takes the first.";
      list.replaceChildren(
        ...overview.lens.at(-1)!.best.map(({ id, p }) => {
          const token = info.tokens[id]!;
          const share = `${(100 * p).toFixed(1)}%`;
          const button = element(
            "button",
            {
              type: "button",
              disabled: isFull || isPartial(token),
              title: "Put it behind the text",
            },
            element("b", {}, visible(token)),
            element("span", {}, share),
          );
          const bar = element("i");
          bar.style.width = share;
          button.prepend(bar);
          button.dataset["id"] = `${id}`;
          button.addEventListener("click", () => set(`${text()}${info.isSpaced ? ` ${token}` : token}`));
          first ??= button;
          return element("li", {}, button);
        }),
      );
    },
    wait(isWaiting) {
      list.classList.toggle("waits", isWaiting);
      list.inert = isWaiting;
    },
    putFirst: () => first?.click(),
  };
}

/** A part of a character is no text that can be typed. */
const isPartial = (token: string) => /\\x[\dA-F]{2}/.test(token);
