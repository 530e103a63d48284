import { element } from "../../../element.js";
import { withKey } from "../../../key-hint.js";
import type { About } from "./names.js";
import type { ShownBlock } from "./shown.js";
import type { WalkedPart } from "./walk.js";
import type * as Words from "./words.js";

interface Actions {
  /** Goes to a tensor, cell by cell. */
  numbers(tensor: string): void;
  /** Goes so many parts on in a walk; at its end it is over. */
  walk(by: number): void;
}

/** What is told of. */
interface Told {
  /** undefined: of none of the parts. */
  readonly part: About | undefined;
  /** Whether something is opened large, over the picture. */
  readonly isOpened: boolean;
  /** The key whose weight is explained. */
  readonly key: number | undefined;
  /** Whether the numbers of the token's row are there. */
  readonly isMade: boolean;
  /** What the chapter is asked about. */
  readonly place: About;
}

/** What explains the picture, above it, and goes through it part by part. */
export function blockTold({ numbers, walk }: Actions): {
  root: HTMLElement;
  tell(told: Told, words: typeof Words, shown: ShownBlock): void;
  /** Leads to this tensor, or in a walk to that of the part that is told. */
  lead(tensor: string, walked: string | undefined): void;
  /** Shows where a walk stands. */
  walk(to: WalkedPart | undefined): void;
} {
  const caption = element("p", { className: "block-caption" });
  const row = element("output", { attributes: { "aria-live": "polite" } });
  const cells = element("button", { type: "button", className: "block-numbers" });
  let to = "";
  cells.addEventListener("click", () => numbers(to));
  const chapter = element("a", { className: "block-chapter" });
  const back = element("button", { type: "button", attributes: { "aria-label": "Part before (W)" } }, "◀");
  const on = element("button", { type: "button" });
  back.addEventListener("click", () => walk(-1));
  on.addEventListener("click", () => walk(1));
  return {
    root: element(
      "div",
      { className: "block-told" },
      element("div", { className: "block-walk" }, back, on),
      caption,
      element("div", { className: "block-row" }, row, cells, chapter),
    ),
    tell({ part, isOpened, key, isMade, place }, words, shown) {
      caption.textContent = part
        ? words.partWords(part, shown, isOpened).join(" ")
        : "From left to right, what a block does. Point at a part, touch it, or go to it by Tab, and it is explained here; a press opens it large.";
      row.value = isMade ? words.tokenWords(part, shown, key) : "";
      const { title, anchor } = words.chapterOf(place);
      chapter.textContent = `${title}, in the chapter`;
      chapter.href = `../chapters/${anchor}`;
    },
    lead(tensor, walked = tensor) {
      to = walked;
      cells.textContent = `${to}, cell by cell ↓`;
    },
    walk(now) {
      back.hidden = !now;
      on.replaceChildren(...withKey(now ? `${now.at} of ${now.of} (w) ▶` : "Part by part (w) ▶"));
    },
  };
}
