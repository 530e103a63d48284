import { element } from "../../element.js";
import { withKey } from "../../key-hint.js";
import type { Key } from "../../keys.js";

/** A button, and a key, that give a view the whole screen, and take it back. */
export function fillScreen(
  root: HTMLElement,
  signal: AbortSignal,
): { readonly button: HTMLButtonElement; readonly keys: readonly Key[] } {
  const button = element("button", { type: "button", hidden: !document.fullscreenEnabled });
  const isFilled = () => document.fullscreenElement === root;
  const tell = () => {
    button.replaceChildren(...withKey(isFilled() ? "Back to the page (m)" : "Fill the screen (m)"));
  };
  // Where the browser refuses, all stays as it is.
  const turn = () => void (isFilled() ? document.exitFullscreen() : root.requestFullscreen()).catch(() => {});
  button.addEventListener("click", turn);
  document.addEventListener("fullscreenchange", tell, { signal });
  signal.addEventListener("abort", () => {
    if (isFilled()) void document.exitFullscreen();
  });
  tell();
  return {
    button,
    keys: button.hidden ? [] : [{ key: "m", does: "fills the screen, and gives it back", run: turn }],
  };
}
