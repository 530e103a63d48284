import { element } from "../../element.js";
import type { Sized } from "../../engine/shapes.js";
import { sideBySide, type Whole } from "../../scene/side-by-side.js";
import { schemeOf } from "../../scheme.js";
import type { Table } from "../../table.js";
import { thousands } from "../../thousands.js";
import type { Compared } from "./compared.js";
import { NAMED_SHAPES } from "./named-shapes.js";
import { cornersOf } from "./pixels.js";
import type { Named } from "./placing.js";
import { weightsOf } from "./weights.js";

/** Networks side by side: what the picture has of them, and what stands in the walk's place. */
export function comparedOf(networks: readonly Sized[]): Compared {
  const wholes = sizedWholes(networks);
  return {
    count: wholes.length,
    panels: wholes.flatMap(({ panels }) => panels),
    titles: titlesOf(wholes),
    table: sizesTable(wholes),
    prose: (go) => sizesProse(wholes, go),
  };
}

/** A network among others: where it stands, and how large it is. */
interface SizedWhole extends Whole, Omit<Sized, "descriptions" | "name"> {
  readonly words: string;
  readonly weights: number;
}

/** Networks side by side, true to scale. */
export function sizedWholes(networks: readonly Sized[]): SizedWhole[] {
  const wholes = sideBySide(
    networks.map(({ name, width, descriptions, positions }) => ({
      ...{ name, width },
      sections: schemeOf(descriptions, positions),
    })),
  );
  return wholes.map((whole, i) => {
    const { descriptions: _, name, ...sized } = networks[i]!;
    return { ...sized, ...whole, words: NAMED_SHAPES[name].words, weights: weightsOf(whole.panels) };
  });
}

/** Each network's name and number of weights. */
function titlesOf(wholes: readonly SizedWhole[]): Named[] {
  return wholes.map(({ low, high, words, weights }, i) => ({
    kind: "network",
    words: `${words}\n${short(weights)}${i === wholes.length - 1 ? " weights" : ""}`,
    corners: cornersOf([low[0], high[1], high[2]], [high[0] - low[0], high[1] - low[1]]),
  }));
}

/** "124 million". */
function short(count: number): string {
  if (count < 1e6) return thousands(count);
  const [size, word] = count >= 1e9 ? [1e9, "billion"] : [1e6, "million"];
  return `${thousands(Number((count / size).toPrecision(3)))} ${word}`;
}

function sizesTable(wholes: readonly SizedWhole[]): Table {
  return {
    caption: "How large networks are",
    head: ["network", "weights", "layers", "heads", "channels", "positions"],
    rows: wholes.map(({ words, weights, layers, heads, width, positions }) => [
      ...[words, weights, layers, heads, width, positions],
    ]),
  };
}

/** Takes the walk's place where networks are compared: each with its numbers, and a button that goes there. */
function sizesProse(wholes: readonly SizedWhole[], go: Parameters<Compared["prose"]>[0]): HTMLElement {
  const all = element("button", { type: "button" }, "All of them");
  all.addEventListener("click", () => go(undefined));
  const list = wholes.map(({ panels, words, weights, layers, heads, width }) => {
    const button = element("button", { type: "button" }, words);
    button.addEventListener("click", () => go(panels));
    const numbers = `${thousands(weights)} weights, ${layers} layers, ${heads} heads, ${thousands(width)} channels`;
    return element("li", {}, button, ` ${numbers}`);
  });
  return element(
    "section",
    { attributes: { "aria-label": "Networks side by side" } },
    element("h3", {}, "How large networks are"),
    element(
      "p",
      {},
      "Every cell has the same size here, so what is twice as wide has twice as many channels. They are shapes alone: nothing of their weights is loaded.",
    ),
    element("ul", { className: "space-sizes" }, ...list),
    element("p", { className: "insight-bar" }, all),
  );
}
