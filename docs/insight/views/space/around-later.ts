import { element } from "../../element.js";
import type { Around, Surroundings } from "./around.js";

/** What stands around the picture, whose code is loaded beside the first pass: then it takes what it was told last. */
export function aroundLater(given: Surroundings, failed: (error: unknown) => void): Around {
  let made: Around | undefined;
  let told: Parameters<Around["tell"]> = [undefined, undefined, false];
  let drawn: Parameters<Around["draw"]> | undefined;

  async function load(): Promise<void> {
    const [{ around }, { windows }] = await Promise.all([import("./around.js"), import("./windows.js")]);
    if (given.signal.aborted) return;
    given.view.append(element("style", {}, windows));
    made = around(given, failed);
    made.tell(...told);
    if (drawn) made.draw(...drawn);
  }

  load().catch(failed);
  return {
    tell(...cell) {
      told = cell;
      made?.tell(...cell);
    },
    draw(...values) {
      drawn = values;
      made?.draw(...values);
    },
  };
}
