import type { TensorDescription } from "@llm/gpt/inspect";
import type { Overview } from "../../engine/inside.js";
import type { ModelInfo } from "../../engine/opened.js";
import { type Operation, operationsOf } from "../../flow/operations.js";
import type { Model } from "../../model.js";
import { type ModelHolder, SORTER } from "../../models.js";
import type { Grid } from "../../scene/atlas.js";
import { layout, type Panel } from "../../scene/layout.js";
import type { Shown } from "../../scene/scene.js";
import { schemeOf } from "../../scheme.js";
import type { Compared } from "./compared.js";
import type { SpaceState } from "./fields.js";
import { NAMED_SHAPES } from "./named-shapes.js";
import { weightsOf } from "./weights.js";

/** Positions of a model that has only a shape, where its context has so many. */
const POSITIONS = 32;

/** What the scene is made of. */
export interface Network {
  /** Another one has other tensors, or they stand elsewhere. */
  readonly key: string;
  readonly operations: readonly Operation[];
  /** As in `Drawn`. */
  readonly isSorter: boolean;
  /** Of a model with weights. */
  readonly pass?: { readonly info: ModelInfo; readonly overview: Overview };
  /** Of several networks. */
  readonly compared?: Compared;
  layout(): readonly Panel[];
  shown(panel: Panel): Shown;
}

const withoutValues = (): Shown => ({ scale: 1, palette: 0 });

/** Runs the text through the state's model, or describes shapes. */
export async function networkOf(
  { shape, layers, model: name, text }: SpaceState,
  model: Model,
  holder: ModelHolder,
  signal: AbortSignal,
): Promise<Network> {
  if (shape === "sizes") {
    const [sizes, { comparedOf }] = await Promise.all([
      model.call("describeSizes", null, signal),
      import("./sizes.js"),
    ]);
    const compared = comparedOf(sizes);
    return {
      ...{ key: shape, operations: [], isSorter: false, compared },
      ...{ layout: () => compared.panels, shown: withoutValues },
    };
  }
  if (shape !== "model") {
    const shown = Math.min(layers, NAMED_SHAPES[shape].layers);
    const descriptions = await model.call("describeShape", { name: shape, layers: shown }, signal);
    const context = Number(descriptions.find(({ name }) => name === "wpe.weight")?.shape[0] ?? Infinity);
    return { ...laidOut(descriptions, Math.min(POSITIONS, context), shape === "nano"), shown: withoutValues };
  }
  const info = await holder.open(name);
  signal.throwIfAborted();
  const overview = await model.call("lookInside", text, signal);
  const cells = await model.call("allCells", null, signal);
  const grids = gridsOf(overview, cells);
  return {
    ...laidOut(overview.descriptions, overview.ids.length, name === SORTER),
    pass: { info, overview },
    shown({ box, plane }) {
      const { scale, isShare } = overview.pictures[box.name]!;
      return { grid: grids.get(box.name)![plane], scale, palette: isShare ? 1 : 0 };
    },
  };
}

function laidOut(
  descriptions: readonly TensorDescription[],
  positions: number,
  isSorter: boolean,
): Pick<Network, "key" | "operations" | "isSorter" | "layout"> {
  return {
    key: `${isSorter} ${positions} ${descriptions.map(({ name, shape }) => `${name} ${shape.join(".")}`).join()}`,
    operations: operationsOf(descriptions),
    isSorter,
    layout: () => layout(schemeOf(descriptions, positions)),
  };
}

/** The values of each plane: its cells, or of a large tensor the means of blocks. */
function gridsOf({ pictures }: Overview, cells: Readonly<Record<string, Float32Array>>): Map<string, Grid[]> {
  return new Map(
    Object.entries(pictures).map(([name, { planes, shape, ...pooled }]) => {
      const own = cells[name];
      const [rows, columns] = own ? [shape.at(-2) ?? 1, shape.at(-1) ?? 1] : [pooled.rows, pooled.columns];
      const values = own ?? pooled.values;
      const planeOf = (plane: number) =>
        values.subarray(plane * rows * columns, (plane + 1) * rows * columns);
      return [
        name,
        Array.from({ length: planes }, (_, plane) => ({ rows, columns, values: planeOf(plane) })),
      ];
    }),
  );
}

/** How many tensors there are, and how many learned numbers. */
export function sizes(panels: readonly Panel[]): { tensors: number; weights: number } {
  return { tensors: panels.filter(({ plane }) => plane === 0).length, weights: weightsOf(panels) };
}
