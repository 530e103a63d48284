import { element } from "../../../element.js";
import type { Key } from "../../../keys.js";
import type { Part } from "../block/tensors.js";
import type { openedPart } from "./part.js";

type OpenedPart = ReturnType<typeof openedPart>;
type Given = Parameters<OpenedPart["draw"]>;
type Drawn = [shown: Given[0], opening: Given[1] | "", cell: Given[2], at: Given[3]];

export interface OpenedLater {
  readonly root: HTMLElement;
  readonly keys: readonly Key[];
  /** What is opened next was pressed in the picture, and grows out of it. */
  from(part: Part | "next"): void;
  draw(...given: Drawn): void;
  /** What comes next has changed. */
  refresh(): void;
}

/** A part that is opened large, whose code comes with the first that is. */
export function openedLater(actions: Parameters<typeof openedPart>[0]): OpenedLater {
  const root = element("div", { className: "opened-place", hidden: true });
  let loading: Promise<void> | undefined;
  let opened: OpenedPart | undefined;
  const load = async () => {
    const { openedPart } = await import("./part.js");
    opened = openedPart(actions);
    root.append(opened.root);
  };
  let asked: Drawn | undefined;
  let isPressed = false;
  let from: Part | "next" | undefined;
  const key = (key: string, does: string, what: "back" | "on" | "play"): Key => ({
    ...{ key, does },
    run: () => opened?.keys[what](),
  });
  return {
    root,
    keys: [
      key("o", "in an opened part: goes a step on", "on"),
      key("i", "in an opened part: goes a step back", "back"),
      key("u", "in an opened part: plays its steps, and pauses", "play"),
    ],
    from(part) {
      from = part;
    },
    refresh: () => opened?.refresh(),
    draw(...given) {
      const [shown, opening, cell, at] = given;
      // An address opens it, too, and leaves the focus where it is.
      if (opening === "") isPressed = false;
      else if (asked?.[1] === "") isPressed = true;
      asked = given;
      if (opening === "") {
        from = undefined;
        // What goes back is not there any more for the reader.
        root.inert = true;
        if (opened)
          void opened.leave().then(() => {
            if (asked === given) root.hidden = true;
          });
        else root.hidden = true;
        return;
      }
      root.hidden = root.inert = false;
      loading ??= load();
      const show = () => {
        if (asked !== given) return;
        opened!.draw(shown, opening, cell, at, isPressed, from);
        isPressed = false;
        from = undefined;
      };
      loading.then(show).catch(actions.failed);
    },
  };
}
