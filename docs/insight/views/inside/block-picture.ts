import { element } from "../../element.js";
import type { Facts } from "../../facts.js";
import { isStill } from "../../motion.js";
import type { NextTokens } from "../../next/next-tokens.js";
import { STEPS } from "./attention-dots.js";
import { mostLooked } from "./attention-maps.js";
import style from "./block.css?inline";
import type { BlockColumn } from "./block-columns.js";
import { type Room, rowFrom, rowsHeight } from "./block-layout.js";
import type { About } from "./block-names.js";
import type { Part } from "./block-tensors.js";
import { blockTold } from "./block-told.js";
import type * as Words from "./block-words.js";
import { DrawnBlock } from "./drawn-block.js";
import { moreRight } from "./more-right.js";
import type { OpenedLater } from "./opened-later.js";
import type { ShownBlock } from "./shown-block.js";
import type { WalkedPart } from "./walk.js";
import { windowRoom } from "./window-room.js";

interface Actions {
  /** A token was pressed, or reached by key. */
  token(token: number): void;
  /** Another head, so many on. */
  headBy(by: number): void;
  /** Goes to the chosen tensor, cell by cell. */
  numbers(): void;
  failed(error: unknown): void;
  /** A part was pressed, at a cell: it opens large. */
  open(part: Part | "next", cell?: { tensor: string; index: readonly number[] }): void;
  /** What is opened large, over the picture. */
  readonly opened: Pick<OpenedLater, "root" | "refresh">;
  readonly next: NextTokens;
  /** Goes so many parts on in a walk; at its end it is over. */
  walk(by: number): void;
  /** What is told in a walk, once it is known. */
  walked(facts: Facts): void;
  readonly signal: AbortSignal;
}

/** One block of the network: a row a token, and ribbons from what is read to what is made of it. */
export function blockPicture(actions: Actions): {
  root: HTMLElement;
  /** `walk` is the part that a walk has come to. */
  draw(shown: ShownBlock, walk: WalkedPart | undefined): void;
  /** What is opened large hides the picture; where it was opened, the reader goes on. */
  cover(those: readonly (Part | "next")[]): void;
  /** Shows which tensor is chosen. */
  mark(tensor: string): void;
  /** Shows only what these are; undefined: all there is. */
  run(there: ReadonlySet<string> | undefined): void;
} {
  const canvas = element("div", { className: "block-canvas" });
  const scroll = element(
    "div",
    {
      className: "block-scroll",
      tabIndex: 0,
      attributes: {
        role: "group",
        "aria-label":
          "One block, a row a token. Arrow keys up and down go from token to token, left and right from head to head.",
      },
    },
    canvas,
  );
  const above = blockTold(actions);
  const frame = moreRight(scroll);
  frame.root.append(actions.opened.root);
  const root = element(
    "div",
    { className: "block-picture" },
    element("style", {}, style),
    above.root,
    frame.root,
  );

  let shown: ShownBlock | undefined;
  let drawn: DrawnBlock | undefined;
  /** What it was drawn in. */
  let room: Room = { width: 0, height: 0 };
  let there: ReadonlySet<string> | undefined;
  let marked = "";
  /** The part that is pointed at or has the focus, and else the one that a run makes now. */
  let about: About | undefined;
  let made: About | undefined;
  /** The part that a walk has come to. */
  let walk: WalkedPart | undefined;
  /** What explains the parts: it comes after the picture. */
  let told: typeof Words | undefined;
  /** Whether the reader has scrolled the picture during a run, which then leaves it where it is. */
  let isHeld = false;
  /** What is opened large, over the picture. */
  let covering: readonly (Part | "next")[] = [];
  /** The part that was opened last. */
  let pressed: Part | undefined;
  /** The token that a pointer is on. */
  let pointed: number | undefined;
  /** The key whose weight is explained. */
  let key: number | undefined;

  const tokenNow = () => pointed ?? shown!.token;
  const count = () => shown!.block.overview.ids.length;
  /** undefined: above or below all rows. */
  const rowOf = (clientY: number) => {
    const row = rowFrom(drawn!.layout.columns.into!, clientY - canvas.getBoundingClientRect().top);
    return row === within(row) ? row : undefined;
  };
  const within = (at: number) => Math.max(0, Math.min(count() - 1, at));

  function light(): void {
    const token = tokenNow();
    drawn!.light(token, key);
    root.dataset["token"] = `${token}`;
    tell();
  }

  function point(token: number | undefined, at?: number): void {
    if (token === pointed && at === key) return;
    pointed = token;
    key = at;
    light();
  }

  /** Explains a part while it is pointed at or has the focus. */
  function turnTo(part: About | undefined): void {
    about = part;
    tell();
  }

  function tell(): void {
    if (!told || !shown) return;
    const part = about ?? made ?? walk?.part;
    // In a run nothing is said of what is not made.
    const isMade = !there || (part !== undefined && !(part === made && computedFor().has(marked)));
    const place = part ?? markedPart() ?? "weights";
    const isOpened = covering.length > 0;
    above.tell({ part, isOpened, key, isMade, place }, told, { ...shown, token: tokenNow() });
  }

  const computedFor = () => shown!.block.tensors.computedFor;

  const markedPart = () =>
    drawn?.columns.find(({ root }) => root.dataset["tensor"] === marked)?.part ??
    shown?.block.tensors.computedFor.get(marked);

  /** Says of what is shown that it can be asked about. */
  function settle(): void {
    if (!told || !shown) return;
    for (const { root, part } of drawn!.columns) root.setAttribute("aria-label", told.labelOf(part, shown));
    for (const mark of drawn!.marks) mark.setAttribute("aria-label", told.labelOf(aboutOf(mark), shown));
    const { block, head, token } = shown;
    root.dataset["block"] = `${block.layer} ${head} ${token}`;
    tell();
    actions.walked(walk ? told.walkFacts(walk, shown) : {});
  }

  /** Lights the part that is told of in a walk or in a run. */
  function lightPart(): void {
    drawn?.at(walk?.part ?? (there ? made : undefined), walk !== undefined);
  }

  async function load(): Promise<void> {
    told = await import("./block-words.js");
    if (!signal.aborted) settle();
  }

  scroll.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    // A slider has arrows of its own.
    if (event.target instanceof HTMLInputElement) return;
    if (!step || !shown || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [tokens, across] = step as [number, number];
    pointed = undefined;
    const isOnDots = drawn!.columns.some(
      ({ root, part }) => root === event.target && STEPS.some((step) => step === part),
    );
    if (tokens !== 0) actions.token(within(shown.token + tokens));
    else if (isOnDots) {
      key = within((key ?? 0) + across);
      light();
    } else actions.headBy(across);
  });
  canvas.addEventListener("pointermove", ({ clientY, target, pointerType }) => {
    if (pointerType === "touch" || !shown || isOnPart(target)) return;
    point(rowOf(clientY));
  });
  canvas.addEventListener("pointerleave", () => point(undefined));
  canvas.addEventListener("click", ({ clientY, target }) => {
    if (!shown || isOnPart(target)) return;
    const row = rowOf(clientY);
    if (row === undefined) return;
    key = undefined;
    actions.token(row);
  });

  function listen(column: BlockColumn): void {
    const { root, part } = column;
    const isStep = STEPS.some((step) => step === part);
    root.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      const place = column.cellAt(event);
      point(place.row, isStep ? place.column : undefined);
    });
    root.addEventListener("pointerenter", () => turnTo(part));
    root.addEventListener("pointerleave", () => turnTo(undefined));
    root.addEventListener("focus", () => {
      turnTo(part);
      if (!isStep) return;
      const { block, head } = shown!;
      point(pointed, mostLooked(block.overview, block.layer, head, tokenNow()).key);
    });
    root.addEventListener("blur", () => {
      turnTo(undefined);
      point(pointed);
    });
    root.addEventListener("click", (event) => {
      // A finger leaves before it presses, and where a press gives no focus this is all that tells.
      turnTo(part);
      const { block, head, token } = shown!;
      // Enter presses no place.
      const isByKey = event.detail === 0;
      const place = isByKey ? { row: token, column: (isStep && key) || 0 } : column.cellAt(event);
      key = isStep ? place.column : undefined;
      const { tensor, index } = block.rows(part, head);
      pressed = part;
      actions.open(part, { tensor, index: index(place.row, place.column) });
    });
  }

  function redraw(): void {
    if (!shown) return;
    const focused = drawn?.columns.find(({ root }) => root === document.activeElement)?.part;
    room = windowRoom(scroll);
    drawn = new DrawnBlock(shown, room, list);
    drawn.next(shares);
    canvas.replaceChildren(...drawn.nodes);
    if (!drawn.layout.hasList) frame.root.after(list);
    placeSettings();
    Object.assign(canvas.style, { width: `${drawn.layout.width}px`, height: `${drawn.layout.height}px` });
    frame.look();
    for (const column of drawn.columns) listen(column);
    for (const mark of drawn.marks) {
      for (const event of ["pointerenter", "focus", "click"])
        mark.addEventListener(event, () => turnTo(aboutOf(mark)));
      for (const event of ["pointerleave", "blur"]) mark.addEventListener(event, () => turnTo(undefined));
    }
    drawn.after.addEventListener("click", () => actions.open("next"));
    drawn.run(there);
    drawn.mark(marked);
    lightPart();
    if (focused) drawn.columns.find(({ part }) => part === focused)?.root.focus({ preventScroll: true });
  }

  /** What changes the next tokens stands above them, or below the picture where they do, or where a part is open over it. */
  function placeSettings(): void {
    if (!drawn) return;
    const { next, hasList } = drawn.layout;
    const isAbove = hasList && covering.length === 0;
    settings.style.cssText = isAbove
      ? `position: absolute; left: ${next.x}px; top: 3px; width: ${next.width}px`
      : "";
    (isAbove ? canvas : root).append(settings);
    actions.next.cover(hasList && !isAbove);
  }

  /** Explains what a run makes now, and brings it into sight. */
  function follow(): void {
    if (!shown) return;
    const before = made;
    const chosen = markedPart() ?? (/^(logits|probabilities)$/.test(marked) ? "next" : undefined);
    // A link may choose a cell of another part than it opens.
    const part = chosen && covering.includes(chosen) ? chosen : (covering.at(-1) ?? chosen);
    made = there || covering.length > 0 ? part : undefined;
    tell();
    if (!there) isHeld = false;
    lightPart();
    if (there && part && made !== before && !isHeld) bring(part);
  }

  function bring(part: Part | "next"): void {
    const left = drawn!.leftOf(part, scroll);
    if (left !== undefined) scroll.scrollTo({ left, behavior: isStill() ? "instant" : "smooth" });
  }

  for (const event of ["wheel", "touchmove"])
    scroll.addEventListener(
      event,
      () => {
        isHeld = there !== undefined;
      },
      { passive: true },
    );

  const { list, settings } = actions.next;
  list.classList.add("block-next");
  for (const event of ["pointerenter", "focusin"]) list.addEventListener(event, () => turnTo("next"));
  for (const event of ["pointerleave", "focusout"]) list.addEventListener(event, () => turnTo(undefined));
  let shares: readonly number[] = [];
  actions.next.watch((now) => {
    shares = now;
    drawn?.next(shares);
    actions.opened.refresh();
  });

  function fit(): void {
    if (!shown) return;
    const now = windowRoom(scroll);
    if (now.width === room.width && rowsHeight(count(), now) === rowsHeight(count(), room)) return;
    redraw();
    light();
  }
  const resized = new ResizeObserver(fit);
  // With what stands above it, its place is another.
  for (const each of [scroll, document.body]) resized.observe(each);
  const { signal } = actions;
  window.addEventListener("resize", fit, { signal });
  signal.addEventListener("abort", () => resized.disconnect());
  load().catch(actions.failed);

  return {
    root,
    draw(next, to) {
      const isOn = to !== undefined && to.part !== walk?.part;
      walk = to;
      above.walk(walk);
      const isSame = shown?.block === next.block && shown.head === next.head;
      const isMoved = shown?.token !== next.token;
      // Another pass may have fewer tokens.
      if (shown?.block !== next.block) pointed = key = undefined;
      shown = next;
      if (!isSame) {
        redraw();
        follow();
      }
      if (isMoved) drawn!.reveal(next.token, scroll);
      lightPart();
      if (isOn) bring(to.part.replace("+", "") as Part | "next");
      light();
      settle();
    },
    cover(those) {
      const isOpen = those.length > 0;
      const { activeElement } = document;
      const isHere = activeElement === document.body || actions.opened.root.contains(activeElement);
      const goesOn = scroll.inert && !isOpen && isHere;
      const isOther = isOpen !== covering.length > 0;
      scroll.inert = isOpen;
      covering = those;
      if (isOther) placeSettings();
      follow();
      const from = drawn?.columns.find(({ part }) => part === pressed)?.root;
      if (goesOn) (from ?? scroll).focus({ preventScroll: true });
    },
    mark(tensor) {
      marked = tensor;
      above.lead(tensor);
      drawn?.mark(tensor);
      follow();
    },
    run(those) {
      there = those;
      drawn?.run(those);
      follow();
    },
  };
}

/** Where two rows are added, or else dropout acts. */
function aboutOf({ dataset }: HTMLElement): About {
  const on = dataset["on"];
  return on === "+into" || on === "+middle" || on === "+out" ? on : "dropout";
}

/** Parts have rows of their own. */
const isOnPart = (target: EventTarget | null) =>
  target instanceof Element && target.closest("button, label") !== null;
