import { axesOf } from "../../cells/words.js";
import type { Operation } from "../../flow/operations.js";
import type { Panel } from "../../scene/layout.js";
import type { Table } from "../../table.js";
import { extents, thousands } from "../../thousands.js";
import { dimensionsOf, type Shapes } from "./dimensions.js";

/** What is in the picture, with what its measures say. */
export function tensorsTable(panels: readonly Panel[], operations: readonly Operation[]): Table {
  const boxes = panels.filter(({ plane }) => plane === 0).map(({ box }) => box);
  const shapes: Shapes = new Map(boxes.map(({ name, shape }) => [name, shape]));
  const steps = new Map(operations.map(({ output }, i) => [output, i + 1]));
  return {
    caption: "Every tensor in the order of computation",
    head: ["tensor", "kind", "shape", "axes", "operation", "computed from", "step of the run"],
    rows: boxes.map((box) => {
      const { name, kind, shape, operation, inputs } = box;
      const letters = operations.length > 0 ? dimensionsOf(box, shapes) : [];
      const axes = axesOf(name, shape.length).map(({ counts }, i) => {
        const letter = letters[i] && ` (${letters[i].letter})`;
        return `${thousands(shape[i]!)} ${counts}${shape[i] === 1 ? "" : "s"}${letter ?? ""}`;
      });
      return [
        ...[name, kind, extents(shape), operations.length > 0 ? axes.join(" × ") : ""],
        ...[operation, inputs.join(", "), steps.get(name) ?? ""],
      ];
    }),
  };
}
