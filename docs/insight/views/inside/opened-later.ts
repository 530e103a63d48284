import { element } from "../../element.js";
import type { openedPart } from "./opened-part.js";

type OpenedPart = ReturnType<typeof openedPart>;
type Given = Parameters<OpenedPart["draw"]>;
type Drawn = [shown: Given[0], opening: Given[1], cell: Given[2]];

export interface OpenedLater {
  readonly root: HTMLElement;
  draw(...given: Drawn): void;
  /** What comes next has changed. */
  refresh(): void;
}

/** A part that is opened large, whose code comes with the first that is. */
export function openedLater(actions: Parameters<typeof openedPart>[0]): OpenedLater {
  const root = element("div", { className: "opened-place", hidden: true });
  let loading: Promise<OpenedPart> | undefined;
  const load = async () => {
    const { openedPart } = await import("./opened-part.js");
    const opened = openedPart(actions);
    root.append(opened.root);
    return opened;
  };
  let asked: Drawn | undefined;
  let isPressed = false;
  return {
    root,
    refresh() {
      void loading?.then(
        ({ refresh }) => refresh(),
        () => {},
      );
    },
    draw(...given) {
      const [, opening] = given;
      // An address opens it, too, and leaves the focus where it is.
      if (opening === "") isPressed = false;
      else if (asked?.[1] === "") isPressed = true;
      asked = given;
      root.hidden = opening === "";
      if (root.hidden && !loading) return;
      loading ??= load();
      const show = (opened: OpenedPart) => {
        if (asked !== given) return;
        opened.draw(...given, isPressed);
        isPressed = false;
      };
      loading.then(show).catch(actions.failed);
    },
  };
}
