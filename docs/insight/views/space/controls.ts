import type { Key } from "../../keys.js";
import { moved, type Pose, turned, zoomed } from "../../scene/camera.js";

/** Pixels that a pointer may move and still press. */
const STILL = 4;

interface Actions {
  pose(): Pose;
  look(pose: Pose): void;
  /** The pointer is at a place of the page, or has left. */
  hover(at: { x: number; y: number } | undefined): void;
  press(x: number, y: number): void;
}

/**
 * The pointer turns the scene; with Shift or the right button it moves it. One finger scrolls the page, two move and zoom. The
 * wheel zooms while the scene has the focus, and scrolls the page otherwise.
 */
export function listen(canvas: HTMLElement, actions: Actions, signal: AbortSignal): void {
  const down = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  const spread = () => {
    const [a, b] = [...down.values()];
    return { x: (a!.x + b!.x) / 2, y: (a!.y + b!.y) / 2, gap: Math.hypot(a!.x - b!.x, a!.y - b!.y) };
  };
  const height = () => Math.max(1, canvas.clientHeight);

  canvas.addEventListener(
    "pointerdown",
    (event) => {
      down.set(event.pointerId, { x: event.clientX, y: event.clientY });
      travelled = 0;
      if (event.pointerType !== "touch") canvas.setPointerCapture(event.pointerId);
    },
    { signal },
  );
  canvas.addEventListener(
    "pointermove",
    (event) => {
      const before = down.get(event.pointerId);
      if (!before) {
        actions.hover({ x: event.clientX, y: event.clientY });
        return;
      }
      const [x, y] = [event.clientX - before.x, event.clientY - before.y];
      travelled += Math.abs(x) + Math.abs(y);
      const pair = down.size === 2 ? spread() : undefined;
      down.set(event.pointerId, { x: event.clientX, y: event.clientY });
      const pose = actions.pose();
      if (pair) {
        const now = spread();
        const nearer = zoomed(pose, pair.gap / Math.max(1, now.gap));
        actions.look(moved(nearer, (pair.x - now.x) / height(), (now.y - pair.y) / height()));
      } else if (event.pointerType !== "touch" && travelled > STILL) {
        const isMove = event.shiftKey || (event.buttons & 2) !== 0;
        actions.look(
          isMove ? moved(pose, -x / height(), y / height()) : turned(pose, -x / height(), y / height()),
        );
      }
    },
    { signal },
  );
  canvas.addEventListener(
    "pointerup",
    (event) => {
      const was = down.delete(event.pointerId);
      if (was && travelled <= STILL && down.size === 0) actions.press(event.clientX, event.clientY);
    },
    { signal },
  );
  // Two fingers move the camera, also where they go up or down together: else the browser may scroll, and take the pointers away.
  for (const kind of ["touchstart", "touchmove"] as const) {
    const keep = (event: TouchEvent) => {
      if (event.touches.length === 2 && event.cancelable) event.preventDefault();
    };
    canvas.addEventListener(kind, keep, { signal, passive: false });
  }
  canvas.addEventListener("pointercancel", (event) => down.delete(event.pointerId), { signal });
  canvas.addEventListener("pointerleave", () => actions.hover(undefined), { signal });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      actions.look(zoomed(actions.pose(), 1.0015 ** event.deltaY));
    },
    { signal, passive: false },
  );
}

/** What the pointer does, by keys. */
export function cameraKeys(look: (change: (pose: Pose) => Pose) => void): Key[] {
  const key = (key: string, does: string, change: (pose: Pose) => Pose): Key => ({
    key,
    does,
    run: () => look(change),
  });
  return [
    key("w", "moves up", (pose) => moved(pose, 0, 0.1)),
    key("s", "moves down", (pose) => moved(pose, 0, -0.1)),
    key("a", "moves left", (pose) => moved(pose, -0.1, 0)),
    key("d", "moves right", (pose) => moved(pose, 0.1, 0)),
    key("q", "turns left", (pose) => turned(pose, -0.1, 0)),
    key("e", "turns right", (pose) => turned(pose, 0.1, 0)),
    key("r", "looks from higher up", (pose) => turned(pose, 0, 0.1)),
    key("f", "looks from lower down", (pose) => turned(pose, 0, -0.1)),
    key("+", "goes nearer", (pose) => zoomed(pose, 0.8)),
    key("-", "goes farther away", (pose) => zoomed(pose, 1.25)),
  ];
}
