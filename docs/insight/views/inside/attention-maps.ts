import { cellCanvas, paintCells } from "../../cells/canvas.js";
import { lookWords } from "../../cells/words.js";
import { element } from "../../element.js";
import type { Overview } from "../../engine/inside.js";
import { visible } from "../../token-line.js";

interface Actions {
  /** Makes a head the large one. */
  enlarge(layer: number, head: number): void;
  /** A weight of the large one was pressed, tapped or reached by key. */
  chosen(layer: number, head: number, query: number, key: number): void;
}

/** The head that is large. */
interface ShownHead {
  readonly layer: number;
  readonly head: number;
}

/** The weights of attention of all layers and heads: a row of small maps a layer, and one of them large. */
export function attentionMaps(actions: Actions): {
  root: HTMLElement;
  draw(
    overview: Overview,
    tokens: readonly string[],
    shown: ShownHead & { query: number; key: number },
  ): void;
} {
  const small = element("div", { className: "attention-maps" });
  const title = element("h4");
  const words = element("output", { attributes: { "aria-live": "polite" } });
  const line = element("p", { className: "attention-line" });
  const root = element("div", { className: "attention" });
  let [row, column] = [0, 0];
  let shown: (ShownHead & { overview: Overview; tokens: readonly string[] }) | undefined;
  const choose = (query: number, key: number, kept: boolean) => {
    const { overview, layer, head } = shown!;
    const T = overview.ids.length;
    row = Math.max(0, Math.min(T - 1, query));
    column = Math.max(0, Math.min(T - 1, key));
    say();
    if (kept) actions.chosen(layer, head, row, column);
  };
  const large = cellCanvas({
    chosen: choose,
    moved: (rows, columns) => choose(row + rows, column + columns, true),
  });
  large.root.classList.add("attention-large");
  root.append(small, element("div", {}, title, large.root, words, line));

  function say(): void {
    const { overview, tokens, layer, head } = shown!;
    const T = overview.ids.length;
    const weights = headOf(overview, layer, head);
    const look = lookWords(row, column, textOf(overview, tokens));
    large.mark(row, column);
    words.value = column > row ? look : `${look}: ${weights[row * T + column]!.toFixed(3)}`;
    line.replaceChildren(
      ...overview.ids.map((id, at) => {
        const token = element("span", { className: at === row ? "chosen" : "" }, visible(tokens[id]!));
        const share = Math.round(45 * weights[row * T + at]!);
        token.style.background = `color-mix(in srgb, var(--one) ${share}%, transparent)`;
        return token;
      }),
    );
  }

  return {
    root,
    draw(overview, tokens, { layer, head, query, key }) {
      shown = { overview, tokens, layer, head };
      const T = overview.ids.length;
      const grid = (values: Float32Array) => ({ rows: T, columns: T, values, scale: 1, isShare: true });
      const count = overview.attention.reduce((sum, { heads }) => sum + heads, 0);
      const focused = small.contains(document.activeElement);
      if (
        small.childElementCount !== overview.attention.length ||
        small.querySelectorAll("button").length !== count
      ) {
        small.replaceChildren(
          ...overview.attention.map(({ heads }, layer) =>
            element(
              "div",
              { className: "attention-layer", attributes: { role: "group", "aria-label": `Block ${layer}` } },
              ...Array.from({ length: heads }, (_, head) => {
                const button = element(
                  "button",
                  { type: "button", attributes: { "aria-label": `Block ${layer}, head ${head}` } },
                  element("canvas", { attributes: { "aria-hidden": "true" } }),
                );
                button.addEventListener("click", () => actions.enlarge(layer, head));
                return button;
              }),
            ),
          ),
        );
      }
      let at = 0;
      const buttons = [...small.querySelectorAll("button")];
      for (const [each, { heads }] of overview.attention.entries()) {
        for (let one = 0; one < heads; one++, at++) {
          const isLarge = each === layer && one === head;
          paintCells(buttons[at]!.querySelector("canvas")!, grid(headOf(overview, each, one)));
          buttons[at]!.setAttribute("aria-pressed", String(isLarge));
          if (isLarge && focused) buttons[at]!.focus();
        }
      }
      const names = textOf(overview, tokens).map(visible);
      title.textContent = `Block ${layer}, head ${head}: a row is who looks, a column who is looked at`;
      large.draw(
        grid(headOf(overview, layer, head)),
        `Attention of block ${layer}, head ${head}, ${T} by ${T}. Arrow keys go from weight to weight.`,
        { rows: names, columns: names },
      );
      [row, column] = [query, key];
      say();
    },
  };
}

/** One head's weights, (T, T). */
export function headOf({ attention, ids }: Overview, layer: number, head: number): Float32Array {
  const size = ids.length ** 2;
  return attention[layer]!.values.subarray(head * size, (head + 1) * size);
}

/** The token that a token looks at most in one head, and its weight. */
export function mostLooked(
  overview: Overview,
  layer: number,
  head: number,
  token: number,
): { key: number; weight: number } {
  const T = overview.ids.length;
  const row = headOf(overview, layer, head).subarray(token * T, (token + 1) * T);
  const weight = row.reduce((most, each) => Math.max(most, each), 0);
  return { key: row.indexOf(weight), weight };
}

function textOf({ ids }: Overview, tokens: readonly string[]): string[] {
  return ids.map((id) => tokens[id]!);
}
