import type { Explanation } from "@llm/gpt/inspect";
import { axesOf, cellWords, type TokenTexts } from "../../cell-words.js";
import { element } from "../../element.js";
import { latest } from "../../latest.js";
import type { Model } from "../../model.js";
import type { NextTokens } from "../../next/next-tokens.js";
import { indexAt, placeOf } from "../../scheme.js";
import { STEPS, weightWords } from "./attention-dots.js";
import { nameOf } from "./block-names.js";
import { productWords } from "./cell-products.js";
import style from "./opened.css?inline";
import { around } from "./opened-chain.js";
import { type DrawnChain, drawnChain } from "./opened-drawn.js";
import { nextColumns } from "./opened-next.js";
import { bestLogit, OPENINGS, type Opening, partsOf } from "./openings.js";
import type { ShownBlock } from "./shown-block.js";

interface Cell {
  readonly tensor: string;
  readonly index: readonly number[];
}

interface Actions {
  /** Opens a part, with a cell of a tensor, or of its own the usual one; "" closes it. */
  open(opening: Opening | "", cell?: { readonly tensor: string; readonly index?: readonly number[] }): void;
  failed(error: unknown): void;
  readonly next: Pick<NextTokens, "table">;
  readonly model: Model;
  readonly signal: AbortSignal;
}

/** The sides that are tried, in px of a row of one cell. */
const [LARGEST, LEAST, NARROW] = [44, 10, 18];

/**
 * A part of a block's picture, large: the tensors that make it, with the signs between them, by what `describe` says of them alone.
 * A cell that is pointed at is told with what it is computed from, which is framed.
 */
export function openedPart(actions: Actions): {
  root: HTMLElement;
  /** Draws an opening, and in it the chosen cell; "" is none. One that was pressed takes the focus. */
  draw(shown: ShownBlock, opening: Opening | "", cell: Cell, takesFocus: boolean): void;
  /** What comes next has changed. */
  refresh(): void;
} {
  const { model, signal, failed, open } = actions;
  const parts = element("div", {
    className: "opened-parts",
    attributes: { role: "group", "aria-label": "Parts of the block" },
  });
  const close = element("button", { type: "button", className: "opened-close" }, "Close (Esc)");
  const words = element("output", { className: "opened-words", attributes: { "aria-live": "polite" } });
  const place = element("div", { className: "opened-scroll" });
  const root = element(
    "section",
    { className: "opened-part" },
    element("style", {}, style),
    element("div", { className: "opened-head" }, parts, close),
    words,
    place,
  );
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

  let shown: ShownBlock | undefined;
  let opening: Opening | "" = "";
  let chain: DrawnChain | undefined;
  let columns: HTMLElement | undefined;
  let drawn = "";
  let takesFocus = false;
  /** What is told: the cell that is pointed at, or else the chosen one. */
  let chosen: Cell | undefined;
  let pointed: Cell | undefined;

  const isOpen = () => opening !== "";
  const follow = latest(async (isStale) => {
    const { block } = shown!;
    const cell = pointed ?? chosen!;
    const explain = ({ tensor, index }: Cell) => model.call("explain", { tensor, index }, signal);
    try {
      let made = await explain(cell);
      const kindOf = (tensor: string) =>
        block.overview.descriptions.find(({ name }) => name === tensor)!.cell?.kind;
      while (kindOf(made.tensor) === "copy") made = await explain(made.operands.at(-1)!);
      const read = [...made.operands];
      // What a query and a key became, step by step from their product.
      for (let step = made; isPairs(step.tensor) && kindOf(step.tensor) !== "dot"; ) {
        step = await explain(step.operands[0]!);
        read.push(...step.operands);
      }
      if (!isStale() && block === shown!.block) tell(cell, made, read);
    } catch (error) {
      // A cell of the pass before may be none of the next one.
      if (block.overview === shown!.block.overview) throw error;
    }
  }, failed);

  function tell(cell: Cell, made: Explanation, operands: Explanation["operands"]): void {
    const { block, head, info } = shown!;
    const { pictures, ids } = block.overview;
    const texts: TokenTexts = { text: ids.map((id) => info.tokens[id]!), vocabulary: info.tokens };
    const { tensor, index } = cell;
    const { shape } = pictures[tensor]!;
    const at = placeOf(shape, index);
    const isStep = STEPS.some((step) => block.tensors.names[step] === tensor);
    const formula = made.operands.length > 0 ? made.formula : "learned";
    const how = isStep ? weightWords(block, head, at.row, at.column) : (productWords(made) ?? formula);
    words.replaceChildren(
      element(
        "b",
        {},
        `${chain!.nameOf(tensor)}, ${cellWords(tensor, index, texts)}: ${made.captured.toPrecision(4)}`,
      ),
      ` ${how}`,
    );
    const isOfPairs = isPairs(tensor);
    for (const matrix of chain!.matrices) {
      const read = operands.filter(
        (operand) =>
          operand.tensor === matrix.tensor &&
          placeOf(pictures[matrix.tensor]!.shape, operand.index).plane === matrix.plane,
      );
      matrix.light(read.length > 0 ? around(read.map(({ index }) => index)) : undefined);
      // The same two tokens, in each square.
      if (matrix.tensor === tensor || (isOfPairs && isPairs(matrix.tensor))) matrix.mark(at.row, at.column);
    }
    chain!.bend(made);
    root.dataset["told"] = `${tensor} ${index.join(".")}`;
  }

  const isPairs = (tensor: string) =>
    axesOf(tensor, shown!.block.overview.pictures[tensor]!.shape.length)
      .slice(-2)
      .every(({ of }) => of === "text");

  function redraw(): void {
    const { block, head } = shown!;
    const known = OPENINGS.filter((each) => each === "next" || partsOf(each, block.tensors).length > 0);
    parts.replaceChildren(
      ...known.map((each) => {
        const part = partsOf(each, block.tensors).at(-1);
        const name = TITLES[each] ?? nameOf(part!, shown!);
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
    const title = parts.querySelector('[aria-pressed="true"]')?.textContent ?? "";
    root.setAttribute("aria-label", `Opened large: ${title}`);
    const of = shown!;
    drawnChain(of, opening as Opening, { model, signal }, (tensor, index, kept) => {
      if (kept) open(opening, { tensor, index });
      else {
        pointed = { tensor, index };
        void follow();
      }
    })
      .then((made) => {
        if (of.block !== shown!.block || of.head !== shown!.head || !isOpen()) return;
        chain = made;
        place.replaceChildren(made.root);
        columns = undefined;
        showNext();
        fit();
        choose(made.made);
        if (takesFocus) focus();
        root.dataset["opened"] = `${opening} ${block.layer} ${head}`;
      })
      .catch((error: unknown) => {
        if (!signal.aborted && of.block === shown!.block) failed(error);
      });
  }

  /** From the logits on: what is drawn depends on the temperature, too. */
  function showNext(): void {
    if (opening !== "next" || !chain) return;
    const made = nextColumns(actions.next.table());
    if (columns) columns.replaceWith(made);
    else chain.root.append(made);
    columns = made;
  }

  /**
   * The chosen cell, or where it is none of what is drawn the one of the chosen token in what is made. A part that has just been
   * opened tells of a cell that comes about there.
   */
  function choose(made?: ReadonlySet<string>): void {
    if (!chain) return;
    const { block, token } = shown!;
    const { pictures } = block.overview;
    const isDrawn = ({ tensor, index }: Cell) =>
      chain!.matrices.some(
        (each) => each.tensor === tensor && each.plane === placeOf(pictures[tensor]!.shape, index).plane,
      );
    if (!chosen || !isDrawn(chosen) || made?.has(chosen.tensor) === false) {
      const { tensor, plane } = chain.matrices.at(-1)!;
      const place = { plane, row: token, column: 0 };
      chosen =
        opening === "next"
          ? bestLogit(block.overview)
          : { tensor, index: indexAt(pictures[tensor]!.shape, place) };
    }
    void follow();
  }

  /** The matrix of the chosen cell is where arrow keys go on. */
  function focus(): void {
    takesFocus = false;
    root.scrollIntoView({ block: "nearest" });
    chain!.matrices.find(({ tensor }) => tensor === chosen!.tensor)?.canvas.focus({ preventScroll: true });
  }

  /** As large as there is room for, and on a phone as wide as it is. */
  function fit(): void {
    if (!chain) return;
    const sizes = Array.from({ length: LARGEST - LEAST + 1 }, (_, i) => LARGEST - i);
    const tries = (size: number) => {
      root.style.setProperty("--cells", `${size}`);
      return place.scrollWidth <= place.clientWidth;
    };
    const found =
      sizes.find((size) => tries(size) && place.scrollHeight <= place.clientHeight) ??
      sizes.find((size) => size <= NARROW && tries(size));
    tries(found ?? LEAST);
  }
  const resized = new ResizeObserver(fit);
  resized.observe(root);
  signal.addEventListener("abort", () => resized.disconnect());
  place.addEventListener("pointerleave", () => {
    if (!pointed) return;
    pointed = undefined;
    void follow();
  });

  return {
    root,
    refresh: showNext,
    draw(next, name, cell, takes) {
      takesFocus = takes;
      const isOther = shown?.block !== next.block || shown.head !== next.head || opening !== name;
      [shown, opening] = [next, name];
      if (!isOpen()) {
        drawn = "";
        return;
      }
      chosen = cell;
      pointed = undefined;
      if (isOther || !drawn) {
        drawn = name;
        redraw();
      } else choose();
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
