import { element } from "../../element.js";
import type { Overview } from "../../engine/inside.js";
import { percentage } from "../../percentage.js";
import { visible } from "../../token-line.js";
import { moreRight } from "./more-right.js";

/** What the model would say next if it ended after each of its blocks: a row a block, a column a token of the text. */
export function lensTable({ ids, lens }: Overview, tokens: readonly string[]): HTMLElement {
  const positions = [...new Set(lens.map(({ position }) => position))];
  const layers = [...new Set(lens.map(({ layer }) => layer))];
  const token = (id: number) => visible(tokens[id]!);
  const cellOf = (layer: number, position: number) => {
    const { best } = lens.find((cell) => cell.layer === layer && cell.position === position)!;
    const [first] = best as [(typeof best)[0]];
    const isRight = first.id === ids[position + 1];
    const cell = element(
      "td",
      {
        className: isRight ? "right" : "",
        title: best.map(({ id, p }) => `${token(id)} ${percentage(p, 0)}`).join(", "),
      },
      element("b", {}, token(first.id)),
      element("small", {}, percentage(first.p, 0)),
    );
    cell.style.background = `color-mix(in srgb, var(--one) ${Math.round(45 * first.p)}%, transparent)`;
    cell.dataset["cell"] = `${layer} ${position} ${first.id} ${first.p}`;
    return cell;
  };
  const header = (scope: string, text: string) => element("th", { attributes: { scope } }, text);
  const table = element(
    "table",
    {},
    element("caption", {}, "What would follow each token, after each block; underlined where it does follow"),
    element(
      "thead",
      {},
      element("tr", {}, header("col", "after"), ...positions.map((at) => header("col", token(ids[at]!)))),
    ),
    element(
      "tbody",
      {},
      // The model's answer stands at the top, as in a diagram that is read upwards.
      ...layers
        .toReversed()
        .map((layer) =>
          element(
            "tr",
            {},
            header("row", layer === 0 ? "embedding" : `block ${layer - 1}`),
            ...positions.map((position) => cellOf(layer, position)),
          ),
        ),
    ),
  );
  const scroller = element(
    "div",
    {
      className: "insight-scroll lens",
      tabIndex: 0,
      attributes: { role: "region", "aria-label": "Logit lens" },
    },
    table,
  );
  return moreRight(scroller).root;
}
