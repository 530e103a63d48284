import type { TensorDescription } from "@llm/gpt/inspect";
import type { Overview } from "../../engine/inside.js";
import type { ModelInfo } from "../../engine/opened.js";
import type { Model } from "../../model.js";
import type { ModelHolder } from "../../models.js";
import type { Grid } from "../../scene/atlas.js";
import type { Panel } from "../../scene/layout.js";
import type { Shown } from "../../scene/scene.js";
import type { Table } from "../../table.js";
import type { SpaceState } from "./fields.js";
import type { Operation } from "./operations.js";

/** Positions of a model that has only a shape. */
const POSITIONS = 32;

/** What the scene is made of. */
export interface Network {
  readonly descriptions: readonly TensorDescription[];
  readonly positions: number;
  /** Of a model with weights. */
  readonly pass?: { readonly info: ModelInfo; readonly overview: Overview };
  shown(panel: Panel): Shown;
}

/** Runs the text through the state's model, or describes a shape. */
export async function networkOf(
  { shape, layers, model: name, text }: SpaceState,
  model: Model,
  holder: ModelHolder,
  signal: AbortSignal,
): Promise<Network> {
  if (shape !== "model") {
    const descriptions = await model.call("describeShape", { name: shape, layers }, signal);
    return { descriptions, positions: POSITIONS, shown: () => ({ scale: 1, palette: 0 }) };
  }
  const info = await holder.open(name);
  signal.throwIfAborted();
  const overview = await model.call("lookInside", text, signal);
  const cells = await model.call("allCells", null, signal);
  const grids = gridsOf(overview, cells);
  return {
    descriptions: overview.descriptions,
    positions: overview.ids.length,
    pass: { info, overview },
    shown({ box, plane }) {
      const { scale, isShare } = overview.pictures[box.name]!;
      return { grid: grids.get(box.name)![plane], scale, palette: isShare ? 1 : 0 };
    },
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
  const boxes = panels.filter(({ plane }) => plane === 0).map(({ box }) => box);
  const weights = boxes
    .filter(({ kind }) => kind === "weight")
    .reduce((sum, { planes, rows, columns }) => sum + planes * rows * columns, 0);
  return { tensors: boxes.length, weights };
}

export function tensorsTable(panels: readonly Panel[], operations: readonly Operation[]): Table {
  const boxes = panels.filter(({ plane }) => plane === 0);
  const steps = new Map(operations.map(({ output }, i) => [output, i + 1]));
  return {
    caption: "Every tensor in the order of computation",
    head: ["tensor", "kind", "shape", "operation", "computed from", "step of the run"],
    rows: boxes.map(({ box: { name, kind, shape, operation, inputs } }) => [
      name,
      kind,
      shape.join(" × "),
      operation,
      inputs.join(", "),
      steps.get(name) ?? "",
    ]),
  };
}
