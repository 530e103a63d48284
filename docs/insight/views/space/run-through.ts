import { element } from "../../element.js";
import type { Key } from "../../keys.js";
import type { State } from "../../state.js";
import type { fields, SpaceState } from "./fields.js";
import type { Operation } from "./operations.js";

/** Milliseconds from one step to the next: a step is shown, and there is time to read its sentence. */
const PACE = 1000;

interface Actions {
  readonly state: State<typeof fields>;
  say(sentence: string): void;
  /** Shows what has come about up to an operation; undefined: all there is. */
  show(upTo: readonly Operation[] | undefined, isGradual: boolean): void;
  /** Whether the chapter of the walk is about this tensor. */
  isOfChapter(tensor: string): boolean;
  readonly signal: AbortSignal;
}

/** The text runs through the network, operation by operation: played, stepped or scrubbed. */
export function runThrough({ state, say, show, isOfChapter, signal }: Actions): {
  root: HTMLElement;
  keys: readonly Key[];
  draw(values: SpaceState, operations: readonly Operation[]): void;
} {
  // Nothing moves by itself for those who want it so: they step.
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const go = element("button", { type: "button", hidden: isStill });
  const back = element("button", { type: "button" }, "◀ Step back (,)");
  const on = element("button", { type: "button" }, "Step on (.) ▶");
  const all = element("button", { type: "button" }, "All at once (x)");
  const scrub = element("input", { type: "range", attributes: { min: "1", "aria-label": "Operation" } });
  const words = element("p", { className: "space-operation" });
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

  /** What is pointed at, and where the eye is, follow the run. */
  const elsewhere = { tensor: "", cell: [], eye: null } as const;
  const at = () => Math.min(state.values.flow, operations.length);
  const firstOfChapter = () =>
    1 +
    Math.max(
      0,
      operations.findIndex(({ output }) => isOfChapter(output)),
    );
  const lastOfChapter = () => 1 + operations.findLastIndex(({ output }) => isOfChapter(output));

  function goTo(flow: number, play: SpaceState["play"] = "no"): void {
    const isInside = flow >= 1 && flow <= operations.length;
    if (isInside) state.set({ flow, play, ...elsewhere }, "drift");
  }

  function stepBy(by: number): void {
    goTo(at() === 0 ? firstOfChapter() : at() + by);
  }

  function play(): void {
    if (isStill) stepBy(1);
    else if (isPlaying) state.set({ play: "no" }, "drift");
    else {
      const isFresh = at() === 0 || at() === operations.length;
      state.set({ flow: isFresh ? firstOfChapter() : at() + 1, play: "yes", ...elsewhere });
    }
  }

  function leave(): void {
    if (at() > 0) state.set({ flow: 0, play: "no", ...elsewhere });
  }

  /** The next step of a run; with the chapter's last one it rests. */
  function next(): void {
    timer = undefined;
    const flow = at() + 1;
    goTo(flow, flow === lastOfChapter() || flow === operations.length ? "no" : "yes");
  }

  function draw({ flow, play }: SpaceState, given: readonly Operation[]): void {
    const isOther = given !== operations;
    operations = given;
    const [before, now] = [shown, Math.min(flow, operations.length)];
    shown = now;
    isPlaying = play === "yes" && !isStill && now > 0 && now < operations.length;
    go.textContent = isPlaying ? "❚❚ Pause (p)" : "▶ Run through (p)";
    back.disabled = now <= 1;
    on.disabled = now === operations.length;
    all.disabled = now === 0;
    scrub.max = `${operations.length}`;
    scrub.value = `${now || operations.length}`;
    const operation = operations[now - 1];
    words.textContent = operation
      ? `${now} of ${operations.length}. ${operation.words}`
      : `Everything is computed, in ${operations.length} operations. Run the text through to see one after the other.`;
    scrub.setAttribute("aria-valuetext", words.textContent);
    const isOn = isPlaying || now === before + 1;
    if (isOther || now !== before) {
      clearTimeout(timer);
      timer = undefined;
      show(now > 0 ? operations.slice(0, now) : undefined, isOn && now !== before);
      // A voice is slower than a run: it says where a layer begins, and each step that is made by hand.
      const layer = (at: number) => operations[at - 1]?.output.split(".").slice(0, 2).join(".");
      if (operation && (!isPlaying || layer(now) !== layer(before))) say(words.textContent);
    }
    if (!isPlaying) {
      clearTimeout(timer);
      timer = undefined;
    } else timer ??= setTimeout(next, PACE);
  }

  return {
    root: element(
      "div",
      { className: "space-run", attributes: { role: "group", "aria-label": "A run through the network" } },
      element("div", { className: "insight-bar" }, go, back, on, all),
      scrub,
      words,
    ),
    keys: [
      {
        key: "p",
        does: isStill ? "makes a step of the run" : "runs the text through, and pauses",
        run: play,
      },
      { key: ",", does: "goes an operation back", run: () => stepBy(-1) },
      { key: ".", does: "goes an operation on", run: () => stepBy(1) },
      { key: "x", does: "ends the run: all is there at once", run: leave },
    ],
    draw,
  };
}
