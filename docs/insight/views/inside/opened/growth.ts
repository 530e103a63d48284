import { element } from "../../../element.js";
import { isStill } from "../../../motion.js";

/** Milliseconds from a column to the whole. */
const LASTING = 500;

/** Where a box lies in another, as `inset` has it. */
function insetIn(whole: DOMRect, { top, right, bottom, left }: DOMRect): string {
  return [top - whole.top, whole.right - right, whole.bottom - bottom, left - whole.left]
    .map((each) => `${each.toFixed(1)}px`)
    .join(" ");
}

/** An opened part grows out of the column that was pressed, and goes back into it; at once where nothing is to move. */
export function openedGrowth(root: HTMLElement): {
  /** `made` is what the column has become; where there is no column, nothing grows. */
  grow(column: Element | null, made?: HTMLCanvasElement): void;
  /** It is gone when it is back in its column. */
  shrink(column: Element | null, made?: HTMLCanvasElement): Promise<void>;
} {
  let running: Animation[] = [];
  const passing: HTMLElement[] = [];
  function stop(): void {
    for (const each of running) each.cancel();
    for (const each of passing.splice(0)) each.remove();
    running = [];
  }

  async function move(
    column: Element | null,
    made: HTMLCanvasElement | undefined,
    direction: "normal" | "reverse",
  ): Promise<void> {
    stop();
    if (!column || isStill()) return;
    const whole = root.getBoundingClientRect();
    const from = insetIn(whole, column.getBoundingClientRect());
    const timing = {
      duration: LASTING,
      easing: "cubic-bezier(.3, 0, .1, 1)",
      direction,
      fill: "both",
    } as const;
    const run = (each: Element, frames: PropertyIndexedKeyframes) =>
      running.push(each.animate(frames, timing));
    const pass = (to: string, inside?: HTMLElement) => {
      const each = element("i", { className: "opened-passing" }, inside);
      passing.push(each);
      root.append(each);
      run(each, { inset: [from, to] });
    };
    for (const each of root.children) run(each, { opacity: [0, 0, 1] });
    if (made) {
      const { width, height } = made;
      const copy = element("canvas", { width, height });
      copy.getContext("2d")?.drawImage(made, 0, 0);
      pass(insetIn(whole, made.getBoundingClientRect()), copy);
    }
    pass("0px");
    run(root, { clipPath: [`inset(${from})`, "inset(0px)"] });
    const mine = running;
    // What is stopped ends, too.
    await Promise.allSettled(mine.map(({ finished }) => finished));
    if (mine === running) stop();
  }

  return {
    grow: (column, made) => void move(column, made, "normal"),
    shrink: (column, made) => move(column, made, "reverse"),
  };
}
