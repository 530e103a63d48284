import { element } from "../../../element.js";
import { nameOf } from "../block/names.js";
import type { ShownBlock } from "../block/shown.js";
import { bestLogit, OPENINGS, type Opening, partsOf } from "./openings.js";

interface Actions {
  open(opening: Opening | "", cell?: { readonly tensor: string; readonly index?: readonly number[] }): void;
  isOpen(): boolean;
  readonly signal: AbortSignal;
}

/** What stands above an opened part: the others that can be opened, and what closes it, as Escape does. */
export function openedHead({ open, isOpen, signal }: Actions): {
  readonly root: HTMLElement;
  /** @returns what the part is called that is open */
  draw(shown: ShownBlock, opening: Opening | ""): string;
} {
  const parts = element("div", {
    className: "opened-parts",
    attributes: { role: "group", "aria-label": "Parts of the block" },
  });
  const close = element("button", { type: "button", className: "opened-close" }, "Close (Esc)");
  const root = element("div", { className: "opened-head" }, parts, close);
  close.addEventListener("click", () => open(""));
  document.addEventListener(
    "keydown",
    ({ key, target, defaultPrevented }) => {
      const isHere = target === document.body || root.closest(".insight")?.contains(target as Node);
      if (
        key === "Escape" &&
        isOpen() &&
        isHere &&
        !defaultPrevented &&
        !document.querySelector("dialog[open]")
      )
        open("");
    },
    { signal },
  );
  return {
    root,
    draw(shown, opening) {
      const { block } = shown;
      const known = OPENINGS.filter((each) => each === "next" || partsOf(each, block.tensors).length > 0);
      parts.replaceChildren(
        ...known.map((each) => {
          const part = partsOf(each, block.tensors).at(-1);
          const name = TITLES[each] ?? nameOf(part!, shown);
          const button = element("button", { type: "button" }, name);
          button.dataset["focus"] = `opening ${each}`;
          button.setAttribute("aria-pressed", String(each === opening));
          button.addEventListener("click", () => {
            if (each === opening) return open("");
            open(
              each,
              part && each !== "next" ? { tensor: block.tensors.names[part]! } : bestLogit(block.overview),
            );
          });
          return button;
        }),
      );
      return parts.querySelector('[aria-pressed="true"]')?.textContent ?? "";
    },
  };
}

/** Of what is made of several parts. */
const TITLES: Readonly<Partial<Record<Opening, string>>> = {
  attention: "attention",
  heads: "heads joined",
  mlp: "MLP",
  next: "next token",
};
