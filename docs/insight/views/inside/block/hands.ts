import { mostLooked } from "../attention-maps.js";
import { STEPS } from "./attention-dots.js";
import type { BlockColumn } from "./columns.js";
import type { DrawnBlock } from "./drawn.js";
import { rowFrom } from "./layout.js";
import type { About } from "./names.js";
import type { ShownBlock } from "./shown.js";
import type { Part } from "./tensors.js";

export interface HandActions {
  /** A token was pressed, or reached by key. */
  token(token: number): void;
  /** Another head, so many on. */
  headBy(by: number): void;
  /** A part was pressed, at a cell: it opens large. */
  open(part: Part | "next", cell?: { tensor: string; index: readonly number[] }): void;
}

interface Picture {
  readonly scroll: HTMLElement;
  readonly canvas: HTMLElement;
  shown(): ShownBlock | undefined;
  /** It is there once something is shown. */
  drawn(): DrawnBlock | undefined;
  /** Lights what is pointed at now. */
  light(): void;
  /** Tells of it. */
  tell(): void;
}

/** What a reader does in the picture of a block, by pointer, finger or key, and what is pointed at by that. */
export function hands({ scroll, canvas, shown, drawn, light, tell }: Picture, actions: HandActions) {
  /** The part that is pointed at or has the focus. */
  let about: About | undefined;
  /** The token that a pointer is on. */
  let pointed: number | undefined;
  /** The key whose weight is explained. */
  let key: number | undefined;
  /** The part that was opened last. */
  let pressed: Part | undefined;

  const tokenNow = () => pointed ?? shown()!.token;
  const within = (at: number) => Math.max(0, Math.min(shown()!.block.overview.ids.length - 1, at));
  /** undefined: above or below all rows. */
  const rowOf = (clientY: number) => {
    const row = rowFrom(drawn()!.layout.columns.into!, clientY - canvas.getBoundingClientRect().top);
    return row === within(row) ? row : undefined;
  };

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

  scroll.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    // A slider has arrows of its own.
    if (event.target instanceof HTMLInputElement) return;
    if (!step || !shown() || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [tokens, across] = step as [number, number];
    pointed = undefined;
    const isOnDots = drawn()!.columns.some(
      ({ root, part }) => root === event.target && STEPS.some((step) => step === part),
    );
    if (tokens !== 0) actions.token(within(shown()!.token + tokens));
    else if (isOnDots) {
      key = within((key ?? 0) + across);
      light();
    } else actions.headBy(across);
  });
  canvas.addEventListener("pointermove", ({ clientY, target, pointerType }) => {
    if (pointerType === "touch" || !shown() || isOnPart(target)) return;
    point(rowOf(clientY));
  });
  canvas.addEventListener("pointerleave", () => point(undefined));
  canvas.addEventListener("click", ({ clientY, target }) => {
    if (!shown() || isOnPart(target)) return;
    const row = rowOf(clientY);
    if (row === undefined) return;
    key = undefined;
    actions.token(row);
  });

  function listenTo(column: BlockColumn): void {
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
      const { block, head } = shown()!;
      point(pointed, mostLooked(block.overview, block.layer, head, tokenNow()).key);
    });
    root.addEventListener("blur", () => {
      turnTo(undefined);
      point(pointed);
    });
    root.addEventListener("click", (event) => {
      // A finger leaves before it presses, and where a press gives no focus this is all that tells.
      turnTo(part);
      const { block, head, token } = shown()!;
      // Enter presses no place.
      const isByKey = event.detail === 0;
      const place = isByKey ? { row: token, column: (isStep && key) || 0 } : column.cellAt(event);
      key = isStep ? place.column : undefined;
      const { tensor, index } = block.rows(part, head);
      pressed = part;
      actions.open(part, { tensor, index: index(place.row, place.column) });
    });
  }

  return {
    get about() {
      return about;
    },
    /** The token that is pointed at, or else chosen. */
    get token() {
      return tokenNow();
    },
    get key() {
      return key;
    },
    get pressed() {
      return pressed;
    },
    /** Another pass may have fewer tokens. */
    forget(): void {
      pointed = key = undefined;
    },
    turnTo,
    /** Listens to what has been drawn. */
    listen({ columns, marks, after }: DrawnBlock): void {
      for (const column of columns) listenTo(column);
      for (const mark of marks) {
        for (const event of ["pointerenter", "focus", "click"])
          mark.addEventListener(event, () => turnTo(aboutOf(mark)));
        for (const event of ["pointerleave", "blur"]) mark.addEventListener(event, () => turnTo(undefined));
      }
      after.addEventListener("click", () => actions.open("next"));
    },
  };
}

/** Where two rows are added, or else dropout acts. */
export function aboutOf({ dataset }: HTMLElement): About {
  const on = dataset["on"];
  return on === "+into" || on === "+middle" || on === "+out" ? on : "dropout";
}

/** Parts have rows of their own. */
const isOnPart = (target: EventTarget | null) =>
  target instanceof Element && target.closest("button, label") !== null;
