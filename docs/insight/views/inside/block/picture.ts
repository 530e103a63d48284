import { element } from "../../../element.js";
import type { Facts } from "../../../facts.js";
import { isStill } from "../../../motion.js";
import type { NextTokens } from "../../../next/next-tokens.js";
import { moreRight } from "../more-right.js";
import type { OpenedLater } from "../opened/later.js";
import style from "./block.css?inline";
import { DrawnBlock } from "./drawn.js";
import { aboutOf, type HandActions, hands } from "./hands.js";
import { type Room, rowsHeight } from "./layout.js";
import type { About } from "./names.js";
import type { ShownBlock } from "./shown.js";
import type { Part } from "./tensors.js";
import { blockTold } from "./told.js";
import type { WalkedPart } from "./walk.js";
import { windowRoom } from "./window-room.js";
import type * as Words from "./words.js";

/** Between what is opened large and what comes next, in px: there the ribbons end. */
const BESIDE = 14;

interface Actions extends HandActions {
  /** Goes to a tensor, cell by cell. */
  numbers(tensor: string): void;
  failed(error: unknown): void;
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
  let room: Room = { width: 0, height: 0, window: 0 };
  let there: ReadonlySet<string> | undefined;
  let marked = "";
  /** The part that a run makes now. */
  let made: About | undefined;
  /** The part that a walk has come to. */
  let walk: WalkedPart | undefined;
  /** What explains the parts: it comes after the picture. */
  let told: typeof Words | undefined;
  /** Whether the reader has scrolled the picture during a run, which then leaves it where it is. */
  let isHeld = false;
  /** What is opened large, over the picture. */
  let covering: readonly (Part | "next")[] = [];
  const hand = hands({ scroll, canvas, shown: () => shown, drawn: () => drawn, light, tell }, actions);

  const count = () => shown!.block.overview.ids.length;

  function light(): void {
    const { token, key } = hand;
    drawn!.light(token, key);
    root.dataset["token"] = `${token}`;
    tell();
  }

  function tell(): void {
    if (!told || !shown) return;
    const part = hand.about ?? made ?? walk?.part;
    // In a run nothing is said of what is not made.
    const isMade = !there || (part !== undefined && !(part === made && computedFor().has(marked)));
    const place = part ?? markedPart() ?? "weights";
    const isOpened = covering.length > 0;
    above.tell({ part, isOpened, key: hand.key, isMade, place }, told, { ...shown, token: hand.token });
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

  function lead(): void {
    const part = walk?.part.replace("+", "") as Part | "next" | undefined;
    above.lead(marked, part === "next" ? "logits" : part && shown?.block.tensors.names[part]);
  }

  /** Lights the part that is told of in a walk or in a run. */
  function lightPart(): void {
    drawn?.at(walk?.part ?? (there ? made : undefined), walk !== undefined);
  }

  async function load(): Promise<void> {
    told = await import("./words.js");
    if (!signal.aborted) settle();
  }

  function redraw(): void {
    if (!shown) return;
    const focused = drawn?.columns.find(({ root }) => root === document.activeElement)?.part;
    room = windowRoom(scroll);
    drawn = new DrawnBlock(shown, room, list);
    drawn.next(shares);
    actions.next.room(drawn.layout.listed);
    canvas.replaceChildren(...drawn.nodes);
    if (!drawn.layout.hasList) frame.root.after(list);
    placeSettings(drawn.layout);
    placeCover();
    Object.assign(canvas.style, { width: `${drawn.layout.width}px`, height: `${drawn.layout.height}px` });
    canvas.style.setProperty("--next-pitch", `${drawn.layout.next.pitch}px`);
    frame.look();
    hand.listen(drawn);
    drawn.run(there);
    drawn.mark(marked);
    lightPart();
    if (focused) drawn.columns.find(({ part }) => part === focused)?.root.focus({ preventScroll: true });
  }

  /** What changes the next tokens stands above them, or below the picture where they do. */
  function placeSettings({ next, hasList }: DrawnBlock["layout"]): void {
    settings.style.cssText = hasList
      ? `position: absolute; left: ${next.x}px; top: 3px; width: ${next.width}px`
      : "";
    (hasList ? canvas : root).append(settings);
    // What is opened leaves them their room.
    const beside = hasList ? scroll.clientWidth - next.x + BESIDE : 0;
    frame.root.style.setProperty("--beside", `${beside}px`);
  }

  /** What is opened large covers all but what comes next. */
  function placeCover(): void {
    const isOpen = covering.length > 0;
    scroll.tabIndex = isOpen ? -1 : 0;
    for (const each of drawn?.nodes ?? [])
      if (each !== list && each !== drawn!.after) each.toggleAttribute("inert", isOpen);
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
  for (const event of ["pointerenter", "focusin"]) list.addEventListener(event, () => hand.turnTo("next"));
  for (const event of ["pointerleave", "focusout"])
    list.addEventListener(event, () => hand.turnTo(undefined));
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
      if (shown?.block !== next.block) hand.forget();
      shown = next;
      lead();
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
      const goesOn = covering.length > 0 && !isOpen && isHere;
      covering = those;
      placeCover();
      follow();
      const from = drawn?.columns.find(({ part }) => part === hand.pressed)?.root;
      if (goesOn) (from ?? scroll).focus({ preventScroll: true });
    },
    mark(tensor) {
      marked = tensor;
      lead();
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
