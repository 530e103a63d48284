import { element } from "../element.js";
import { withKey } from "../key-hint.js";
import type { Key } from "../keys.js";
import { isStill } from "../motion.js";
import { thousands } from "../thousands.js";
import type { FlowState } from "./fields.js";
import style from "./flow.css?inline";
import { isProduct, type Operation } from "./operations.js";

/** Milliseconds from one step to the next: a step is shown, and there is time to read its sentence; of a layer at a time, less. */
export const PACE = { yes: 2000, layers: 1000 } as const;
/** Milliseconds until it is looked again whether a step has come to its end, where a machine is slow. */
const AGAIN = 200;

/** Shows a product cell by cell: that takes longer, and can be held. */
interface Products {
  /** Milliseconds from such a step to the next. */
  readonly pace: number;
  /** Whether not all cells of the step have come about. */
  readonly isSweeping: boolean;
  hold(isHeld: boolean): void;
}

interface Actions {
  values(): FlowState;
  /** Changes the state; by hand, what was pointed at and where the eye was are left, too. */
  set(patch: Partial<FlowState>, kind: "step" | "drift", isByHand: boolean): void;
  say(sentence: string): void;
  /** Shows what has come about up to an operation; undefined: all there is. */
  show(upTo: readonly Operation[] | undefined, isGradual: boolean): void;
  /** Whether what is read now is about this tensor: a run begins and rests there. */
  isAbout(tensor: string): boolean;
  /** Whether it rests behind this operation, too. */
  isEnd?(flow: number): boolean;
  /** Whether there are no weights and no text, but only operations. */
  isShape?(): boolean;
  readonly products?: Products;
  readonly signal: AbortSignal;
}

interface RunThrough {
  readonly root: HTMLElement;
  readonly keys: readonly Key[];
  /** Whether steps follow each other by themselves. */
  readonly isPlaying: boolean;
  draw(values: FlowState, operations: readonly Operation[]): void;
}

/** The first operation that makes what is meant, counted from 1; 1 where none does. */
function firstOf(operations: readonly Operation[], isAbout: (tensor: string) => boolean): number {
  return (
    1 +
    Math.max(
      0,
      operations.findIndex(({ output }) => isAbout(output)),
    )
  );
}

/** The operation after this one, or the last one of the next layer. */
export function nextOf(operations: readonly Operation[], at: number, play: FlowState["play"]): number {
  if (play !== "layers") return at + 1;
  const layer = (i: number) => layerOf(operations[i]?.output);
  let next = at + 1;
  while (next < operations.length && layer(next) === layer(next - 1)) next++;
  return next;
}

/** "h.3", or what comes before or after all layers. */
const layerOf = (tensor = "") => /^h\.\d+/.exec(tensor)?.[0] ?? "";

/** The text runs through the network, operation by operation: played, stepped or scrubbed. */
export function runThrough(actions: Actions): RunThrough {
  const { values, set, say, show, isAbout, products, signal } = actions;
  // Those who want nothing to move by itself make each step.
  const isStepped = isStill();
  const go = element("button", { type: "button", hidden: isStepped });
  const back = element("button", { type: "button" }, ...withKey("◀ Step back (,)"));
  const on = element("button", { type: "button" }, ...withKey("Step on (.) ▶"));
  const all = element("button", { type: "button" }, ...withKey("All at once (x)"));
  const scrub = element("input", { type: "range", attributes: { min: "1", "aria-label": "Operation" } });
  const words = element("p", { className: "flow-words" });
  go.addEventListener("click", play);
  back.addEventListener("click", () => stepBy(-1));
  on.addEventListener("click", () => stepBy(1));
  all.addEventListener("click", leave);
  scrub.addEventListener("input", () => goTo(Number(scrub.value)));

  let operations: readonly Operation[] = [];
  let shown = 0;
  let isPlaying = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer));

  const at = () => Math.min(values().flow, operations.length);

  function goTo(flow: number): void {
    const isInside = flow >= 1 && flow <= operations.length;
    if (isInside) set({ flow, play: "no" }, "drift", true);
  }

  function stepBy(by: number): void {
    goTo(at() === 0 ? firstOf(operations, isAbout) : at() + by);
  }

  function play(): void {
    if (isStepped) stepBy(1);
    else if (isPlaying) set({ play: "no" }, "drift", false);
    else {
      const isFresh = at() === 0 || at() === operations.length;
      const after = at() + (products?.isSweeping ? 0 : 1);
      set({ flow: isFresh ? firstOf(operations, isAbout) : after, play: "yes" }, "step", true);
    }
  }

  function leave(): void {
    if (at() > 0) set({ flow: 0, play: "no" }, "step", true);
  }

  /** Whether a run ends with this operation: the last one of what is read. */
  function isLast(flow: number): boolean {
    const last = 1 + operations.findLastIndex(({ output }) => isAbout(output));
    return flow === last || flow === operations.length || actions.isEnd?.(flow) === true;
  }

  /** The next step of a run. */
  function next(): void {
    timer = undefined;
    const { play } = values();
    if (products?.isSweeping) {
      timer = setTimeout(next, AGAIN);
      return;
    }
    if (isLast(at())) {
      set({ play: "no" }, "drift", false);
      return;
    }
    const flow = Math.min(operations.length, nextOf(operations, at(), play));
    set({ flow, play: isLast(flow) ? "no" : play }, "drift", true);
  }

  function draw({ flow, play }: FlowState, given: readonly Operation[]): void {
    const isOther = given !== operations;
    operations = given;
    const [before, now] = [shown, Math.min(flow, operations.length)];
    shown = now;
    const wasPlaying = isPlaying;
    isPlaying = play !== "no" && !isStepped && now > 0;
    go.replaceChildren(...withKey(isPlaying ? "❚❚ Pause (p)" : "▶ Run through (p)"));
    back.disabled = now <= 1;
    on.disabled = now === operations.length;
    all.disabled = now === 0;
    scrub.max = `${operations.length}`;
    scrub.value = `${now || operations.length}`;
    const operation = operations[now - 1];
    words.textContent = operation ? `${now} of ${operations.length}. ${operation.words}` : restWords();
    scrub.setAttribute("aria-valuetext", words.textContent);
    const isOn = isPlaying || wasPlaying || now === before + 1;
    if (isOther || now !== before) {
      clearTimeout(timer);
      timer = undefined;
      show(now > 0 ? operations.slice(0, now) : undefined, isOn && now !== before);
      // A voice is slower than a run: it says where a layer begins, and each step that is made by hand.
      const layer = (at: number) => operations[at - 1]?.output.split(".").slice(0, 2).join(".");
      if (operation && (!isPlaying || layer(now) !== layer(before))) say(words.textContent);
    } else if (isPlaying !== wasPlaying) products?.hold(wasPlaying);
    if (!isPlaying) {
      clearTimeout(timer);
      timer = undefined;
    } else timer ??= setTimeout(next, paceOf(play, operation!));
  }

  const paceOf = (play: FlowState["play"], operation: Operation) => {
    if (play === "layers") return PACE.layers;
    return products && isProduct(operation) ? products.pace : PACE.yes;
  };

  const restWords = () =>
    actions.isShape?.()
      ? `Here is only a shape, of ${thousands(operations.length)} operations. Run through them to see one after the other.`
      : `Everything is computed, in ${thousands(operations.length)} operations. Run the text through to see one after the other.`;

  return {
    root: element(
      "div",
      { className: "flow", attributes: { role: "group", "aria-label": "A run through the network" } },
      element("style", {}, style),
      element("div", { className: "insight-bar" }, go, back, on, all),
      scrub,
      words,
    ),
    keys: [
      {
        key: "p",
        does: isStepped ? "makes a step of the run" : "runs the text through, and pauses",
        run: play,
      },
      { key: ",", does: "goes an operation back", run: () => stepBy(-1) },
      { key: ".", does: "goes an operation on", run: () => stepBy(1) },
      { key: "x", does: "ends the run: all is there at once", run: leave },
    ],
    get isPlaying() {
      return isPlaying;
    },
    draw,
  };
}
