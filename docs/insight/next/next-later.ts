import { element } from "../element.js";
import { nextKeys } from "./next-keys.js";
import type { NextTokens, nextTokens } from "./next-tokens.js";

/** What comes after the text, whose code is loaded with the first pass: a shape has none. What is asked of it before is done then. */
export function nextLater(
  actions: Parameters<typeof nextTokens>[0],
): Pick<NextTokens, "root" | "keys" | "draw" | "wait"> {
  const root = element("div");
  let loading: Promise<NextTokens> | undefined;
  let next: NextTokens | undefined;
  let pass: Parameters<NextTokens["draw"]>[0];
  let isWaiting = false;

  async function load(): Promise<NextTokens> {
    const { nextTokens } = await import("./next-tokens.js");
    next = nextTokens(actions);
    root.append(next.root);
    next.fill();
    next.wait(isWaiting);
    next.draw(pass);
    return next;
  }

  /** A key may be pressed before the code is there. */
  function ask(act: (next: NextTokens) => void): void {
    void loading?.then(act, () => {});
  }

  return {
    root,
    keys: nextKeys({
      putFirst: () => ask(({ putFirst }) => putFirst()),
      putDrawn: () => ask(({ putDrawn }) => putDrawn()),
    }),
    draw(given) {
      pass = given;
      if (next) next.draw(pass);
      else if (pass && !loading) {
        loading = load();
        loading.catch(actions.failed);
      }
    },
    wait(isOn) {
      isWaiting = isOn;
      next?.wait(isOn);
    },
  };
}
