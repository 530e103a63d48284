import type { Explanation } from "@llm/gpt/inspect";
import { cellCentre } from "../../scene/layout.js";
import { project } from "../../scene/matrix.js";
import type { PickedCell } from "../../scene/pick.js";
import type { SpacePicture } from "./picture.js";
import type { LookOf, ProductStrip } from "./product-strip.js";

/** The row and the column that a product's cell is made of, drawn large; its code is loaded with the first one. */
export function stripLater(
  { root, scene, canvas }: SpacePicture,
  lookOf: LookOf,
  failed: (error: unknown) => void,
) {
  let loading: Promise<void> | undefined;
  let strip: ProductStrip | undefined;
  let frame = 0;
  let draw = () => {};

  async function load(): Promise<void> {
    const { productStrip } = await import("./product-strip.js");
    strip = productStrip(lookOf);
    root.append(strip.root);
    draw();
  }

  return (cell: PickedCell | undefined, explanation: Explanation | undefined): void => {
    if (!scene) return;
    draw = () => {
      if (!strip) return;
      strip.draw(explanation, canvas.clientWidth);
      // The cell itself is not behind it.
      const isLow =
        cell && project(scene.camera.matrix, cellCentre(cell.panel, cell.row, cell.column)).y < -0.3;
      strip.root.classList.toggle("above", isLow ?? false);
    };
    if (!loading && explanation?.operands.some(({ role }) => role === "b")) {
      loading = load();
      loading.catch(failed);
    }
    // However fast cells follow each other: once a frame.
    cancelAnimationFrame(frame);
    if (strip) frame = requestAnimationFrame(draw);
  };
}
