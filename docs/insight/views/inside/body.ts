import { element } from "../../element.js";

interface Parts {
  /** The picture, with what it can do and what it is of below. */
  readonly block: readonly HTMLElement[];
  /** All of them, and the chosen one. */
  readonly tensors: readonly [list: HTMLElement, panel: HTMLElement];
  readonly cellTables: readonly HTMLElement[];
  readonly attention: HTMLElement;
  readonly lens: HTMLElement;
  readonly tables: readonly HTMLElement[];
}

/** Where the parts of the view stand; hidden until there is a pass to show. */
export function insideBody({ block, tensors, cellTables, attention, lens, tables }: Parts): HTMLElement {
  const [list, panel] = tensors;
  const scroll = element(
    "div",
    { className: "scheme-scroll", tabIndex: 0, attributes: { role: "region", "aria-label": "Tensors" } },
    list,
  );
  return element(
    "div",
    { hidden: true },
    ...block,
    element(
      "div",
      { className: "inside-columns" },
      element(
        "section",
        { attributes: { "aria-label": "Every tensor" } },
        element("h3", {}, "Every tensor, in the order of computation"),
        scroll,
      ),
      panel,
    ),
    ...cellTables,
    element(
      "div",
      { className: "inside-side" },
      element(
        "div",
        {},
        element("section", {}, element("h3", {}, "Attention of every block and head"), attention),
        element("section", {}, element("h3", {}, "The logit lens"), lens),
      ),
    ),
    ...tables,
  );
}
