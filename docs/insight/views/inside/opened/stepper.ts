import { element } from "../../../element.js";
import { withKey } from "../../../key-hint.js";
import { isStill } from "../../../motion.js";

/** Milliseconds that a step takes which is made by hand. */
const QUICK = 600;
/** Milliseconds to read what a step says, after its film. */
const REST = 1600;

interface Actions {
  /** Goes to a step, 0: everything is there. */
  go(at: number): void;
  /** Milliseconds that a step's film takes when it is played. */
  filmOf(at: number): number;
  readonly signal: AbortSignal;
}

/** Goes through steps one by one, by hand or played: after the last one all is there again. */
export function openedStepper({ go, filmOf, signal }: Actions): {
  readonly root: HTMLElement;
  readonly keys: Readonly<Record<"back" | "on" | "play", () => void>>;
  /**
   * A step is shown, of so many. @returns the milliseconds that its film takes; 0 where it was not asked for here, but by a link
   */
  draw(at: number, count: number): number;
} {
  // Those who want nothing to move by itself make each step.
  const isStepped = isStill();
  const back = element("button", { type: "button" }, ...withKey("◀ Back (i)"));
  const on = element("button", { type: "button" }, ...withKey("On (o) ▶"));
  const play = element("button", { type: "button", hidden: isStepped });
  back.addEventListener("click", () => goBack());
  on.addEventListener("click", () => goOn());
  play.addEventListener("click", () => turn());
  let [now, count] = [0, 0];
  let isPlaying = false;
  /** What was asked for here and is to be filmed. */
  let asked: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => clearTimeout(timer));

  function goTo(at: number, isFilmed: boolean): void {
    if (count === 0) return;
    now = (at + count + 1) % (count + 1);
    asked = isFilmed && !isStepped ? now : undefined;
    go(now);
  }
  function goBack(): void {
    isPlaying = false;
    goTo(now - 1, false);
  }
  const goOn = () => goTo(now + 1, true);
  function turn(): void {
    isPlaying = !isPlaying && !isStepped && count > 0;
    if (isPlaying || isStepped) goTo(now === count ? 1 : now + 1, true);
    else settle();
  }
  function settle(): void {
    clearTimeout(timer);
    play.replaceChildren(...withKey(isPlaying ? "❚❚ Pause (u)" : "▶ Play (u)"));
  }
  settle();

  return {
    root: element(
      "div",
      { className: "opened-steps", attributes: { role: "group", "aria-label": "Step by step" } },
      ...[back, on, play],
    ),
    keys: { back: goBack, on: goOn, play: turn },
    draw(at, of) {
      const isAsked = asked === at && at > 0;
      asked = undefined;
      [now, count] = [at, of];
      isPlaying &&= isAsked;
      const film = isAsked ? (isPlaying ? filmOf(at) : QUICK) : 0;
      const isLast = at === count;
      if (isPlaying && isLast) isPlaying = false;
      settle();
      if (isPlaying) timer = setTimeout(goOn, film + REST);
      return film;
    },
  };
}
