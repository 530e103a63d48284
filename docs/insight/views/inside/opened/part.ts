import type { Explanation } from "@llm/gpt/inspect";
import { element } from "../../../element.js";
import { latest } from "../../../latest.js";
import type { Model } from "../../../model.js";
import { isStill } from "../../../motion.js";
import type { NextTokens } from "../../../next/next-tokens.js";
import type { ShownBlock } from "../block/shown.js";
import type { Part } from "../block/tensors.js";
import { type Cell, cellIn, lightOperands, stepCell } from "./cells.js";
import { type DrawnChain, drawnChain } from "./drawn.js";
import { explained } from "./explained.js";
import { fitCells } from "./fit.js";
import type { openedGrowth } from "./growth.js";
import { openedHead } from "./head.js";
import { nextColumns } from "./next.js";
import style from "./opened.css?inline";
import { type Opening, partsOf } from "./openings.js";
import type * as Stage from "./stage.js";
import { openedStepper } from "./stepper.js";
import { toldCell } from "./words.js";

interface Actions {
  /** Opens a part, with a cell of a tensor, or of its own the usual one; "" closes it. */
  open(opening: Opening | "", cell?: { readonly tensor: string; readonly index?: readonly number[] }): void;
  /** Goes to a step of it, 0: all is there. */
  step(at: number): void;
  failed(error: unknown): void;
  readonly next: Pick<NextTokens, "table" | "softmax">;
  readonly model: Model;
  readonly signal: AbortSignal;
}

/**
 * A part of a block's picture, large: the tensors that make it, with the signs between them, by what `describe` says of them alone.
 * A cell that is pointed at is told with what it is computed from, which is framed; step by step, one of each step is.
 */
export function openedPart(actions: Actions): {
  root: HTMLElement;
  /**
   * Draws an opening up to a step, and in it the chosen cell. One that was pressed takes the focus, and grows out of its part in the
   * picture.
   */
  draw(
    shown: ShownBlock,
    opening: Opening,
    cell: Cell,
    at: number,
    takesFocus: boolean,
    from: Part | "next" | undefined,
  ): void;
  /** None is open any more: it is gone when it is back in the picture. */
  leave(): Promise<void>;
  /** What comes next has changed. */
  refresh(): void;
  readonly keys: ReturnType<typeof openedStepper>["keys"];
} {
  const { model, signal, failed } = actions;
  let isLeft = false;
  const open: Actions["open"] = (next, cell) => {
    isLeft = next === "";
    actions.open(next, cell);
  };
  const head = openedHead({ open, isOpen: () => isOpen(), signal });
  const stepper = openedStepper({ go: actions.step, filmOf: (at) => stage!.lasting(at), signal });
  const words = element("output", { className: "opened-words", attributes: { "aria-live": "polite" } });
  const place = element("div", { className: "opened-scroll" });
  const root = element(
    "section",
    { className: "opened-part" },
    element("style", {}, style),
    head.root,
    element("div", { className: "opened-told" }, stepper.root, words),
    place,
  );
  /** Its code comes with the first part that is pressed. */
  let growth: ReturnType<typeof openedGrowth> | undefined;

  let shown: ShownBlock | undefined;
  let opening: Opening | "" = "";
  let chain: DrawnChain | undefined;
  /** What goes through its steps: the code comes with the first of them. */
  let steps: typeof Stage | undefined;
  let stage: ReturnType<typeof Stage.openedStage> | undefined;
  let columns: HTMLElement | undefined;
  let takesFocus = false;
  /** The part of the picture that was pressed, and whether what is drawn next grows out of it. */
  let pressed: Part | "next" | undefined;
  let grows = false;
  /** What is told: the cell that is pointed at, or else that of the step, or else the chosen one. */
  let chosen: Cell | undefined;
  let pointed: Cell | undefined;
  /** The step that is shown, and the one that is asked for. */
  let [at, asked] = [0, 0];
  /** Frames what the told cell is computed from. */
  let light: (() => void) | undefined;
  /** Ends how a step comes about. */
  let cut: (() => void) | undefined;
  /** Counts what is drawn, and whether it is not there yet. */
  let turn = 0;
  let isDrawing = false;
  /** When what was open last is gone. */
  let gone = Promise.resolve();

  const isOpen = () => opening !== "";
  const shapeOf = (tensor: string) => shown!.block.overview.pictures[tensor]!.shape;
  const follow = latest(async (isStale) => {
    const { block } = shown!;
    const cell = pointed ?? cellNow();
    try {
      const { made, read } = await explained(cell, block.overview, { model, signal, isWhole: at === 0 });
      if (!isStale() && !isDrawing && block === shown!.block) tell(cell, made, read);
    } catch (error) {
      // A cell of the pass before may be none of the next one.
      if (block.overview === shown!.block.overview) throw error;
    }
  }, failed);

  const cellNow = () => (at > 0 ? stepCell(chain!, shown!, stage!.matrixOf(at), chosen!) : chosen!);

  function tell(cell: Cell, made: Explanation, operands: Explanation["operands"]): void {
    const { tensor, index } = cell;
    words.replaceChildren(
      ...(at > 0 && !pointed
        ? stage!.told(shown!, chain!, cell, made, at, actions.next.softmax)
        : toldCell(shown!, chain!, cell, made)),
    );
    light = () => {
      lightOperands(chain!, cell, operands, shown!.block.overview);
      chain!.bend(made);
    };
    if (!cut) light();
    root.dataset["told"] = `${tensor} ${index.join(".")}`;
  }

  function redraw(): void {
    const { block, head: of } = shown!;
    const mine = ++turn;
    isDrawing = true;
    growth?.grow(null);
    root.setAttribute("aria-label", `Opened large: ${head.draw(shown!, opening)}`);
    // Until there is what grows, the picture stays.
    root.style.visibility = grows ? "hidden" : "";
    const drawn = drawnChain(shown!, opening as Opening, { model, signal }, (tensor, index, kept) => {
      if (kept) open(opening, { tensor, index });
      else if (!cut) {
        pointed = { tensor, index };
        void follow();
      }
    });
    Promise.all([drawn, asked > 0 && loadSteps(), grows && loadGrowth()])
      .then(([made]) => {
        if (mine !== turn) return;
        isDrawing = false;
        chain = made;
        stage = undefined;
        place.replaceChildren(made.root);
        root.style.visibility = "";
        columns = undefined;
        showNext();
        fit();
        chosen = cellIn(made, shown!, chosen!, true);
        showStep();
        if (takesFocus) focus();
        if (grows) growth?.grow(...grown());
        grows = false;
        root.dataset["opened"] = `${opening} ${block.layer} ${of}`;
      })
      .catch((error: unknown) => {
        root.style.visibility = "";
        if (!signal.aborted && block === shown!.block) failed(error);
      });
  }

  /** A part in the picture, and what of it stands here. */
  function grown(): [column: Element | null, made: HTMLCanvasElement | undefined] {
    const { tensors } = shown!.block;
    const parts: readonly (Part | "next")[] =
      opening === "next" ? [opening] : partsOf(opening as Opening, tensors);
    const part = pressed && parts.includes(pressed) ? pressed : parts.at(-1)!;
    const picture = root.closest(".more-right")!;
    if (part === "next") return [picture.querySelector(".block-label.next"), undefined];
    const made = chain?.matrices.find(({ tensor }) => tensor === tensors.names[part])?.canvas;
    return [picture.querySelector(`.block-column[data-part="${part}"]`), made];
  }

  /** From the logits on: what is drawn depends on the temperature, too. */
  function showNext(): void {
    if (opening !== "next" || !chain) return;
    const made = nextColumns(actions.next.table());
    if (columns) columns.replaceWith(made);
    else place.append(made);
    columns = made;
  }

  async function loadGrowth(): Promise<void> {
    const { openedGrowth } = await import("./growth.js");
    growth ??= openedGrowth(root);
  }

  async function loadSteps(): Promise<void> {
    steps ??= await import("./stage.js");
  }

  /** Shows what has come about up to the step, and how it does where that was asked for. */
  function showStep(isNext = false): void {
    cut?.();
    cut = undefined;
    const { count } = chain!;
    const mine = turn;
    if (asked > 0 && !steps) {
      loadSteps().then(() => mine === turn && showStep(isNext), failed);
      return;
    }
    at = Math.min(asked, count);
    if (at > 0) stage ??= steps!.openedStage(chain!, shapeOf);
    const lasting = stepper.draw(at, count);
    stage?.show(at);
    root.dataset["at"] = `${at}`;
    const made = stage?.matrixOf(at);
    if (made) {
      const [box, room] = [made.root, place].map((each) => each.getBoundingClientRect()) as [
        DOMRect,
        DOMRect,
      ];
      // The page only where it is what scrolls, and for who makes a step.
      if (!root.matches(".grown")) {
        if (box.top < room.top || box.bottom > room.bottom) place.scrollTop += box.top - room.top;
      } else if (isNext) made.root.scrollIntoView({ block: "nearest", behavior: "instant" });
      // What waits keeps no focus.
      if (document.activeElement?.closest(".opened-scroll [inert]"))
        made.canvas.focus({ preventScroll: true });
    }
    if (lasting > 0)
      cut = stage!.film(at, cellNow().index.at(-2)!, lasting, () => {
        cut = undefined;
        light?.();
      });
    void follow();
  }

  /** The matrix of the chosen cell is where arrow keys go on, unless the reader has gone elsewhere since it was pressed. */
  function focus(): void {
    takesFocus = false;
    const { activeElement, body } = document;
    if (activeElement !== body && !root.closest(".block-part")!.contains(activeElement)) return;
    root.scrollIntoView({ block: "nearest" });
    chain!.matrices.find(({ tensor }) => tensor === chosen!.tensor)?.canvas.focus({ preventScroll: true });
  }

  const fit = () => {
    if (chain) fitCells(root, place);
  };
  const resized = new ResizeObserver(fit);
  resized.observe(root);
  signal.addEventListener("abort", () => resized.disconnect());
  place.addEventListener("pointerleave", () => {
    if (!pointed) return;
    pointed = undefined;
    void follow();
  });

  return {
    ...{ root, keys: stepper.keys },
    refresh() {
      showNext();
      // The last step tells of it, too.
      if (isOpen() && !isDrawing && at > 0 && !stage?.matrixOf(at)) void follow();
    },
    draw(next, name, cell, step, takes, from) {
      takesFocus = takes;
      const isOther = shown?.block !== next.block || shown.head !== next.head || opening !== name;
      [shown, opening, chosen, asked] = [next, name, cell, step];
      pointed = undefined;
      isLeft = false;
      if (from) [pressed, grows] = [from, !isStill()];
      if (isOther) redraw();
      else if (!isDrawing) {
        chosen = cellIn(chain!, shown!, chosen, false);
        showStep(step !== at);
      }
    },
    leave() {
      if (!isOpen()) return gone;
      turn++;
      cut?.();
      cut = undefined;
      stepper.draw(0, 0);
      const [column, made] = isLeft && !isDrawing ? grown() : [null];
      gone = growth?.shrink(column, made) ?? Promise.resolve();
      opening = "";
      isLeft = grows = false;
      return gone;
    },
  };
}
