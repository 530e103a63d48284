import { checkpointScrub } from "../../checkpoint-scrub.js";
import { element } from "../../element.js";
import type { ShapeName } from "../../engine/shapes.js";
import { exampleChooser, exampleFor } from "../../example-texts.js";
import { CHECKPOINTS, modelChooser } from "../../models.js";
import type { State } from "../../state.js";
import type { fields, SpaceState } from "./fields.js";
import { NAMED_SHAPES, SHAPE_NAMES, type ShapeShown } from "./named-shapes.js";

/** Layers of a shape at first: more are chosen by the slider. */
const USUAL_LAYERS = 12;

const isOneShape = (shape: ShapeShown): shape is ShapeName => shape !== "model" && shape !== "sizes";

/** What is shown: model, checkpoint, or only a shape, and the text that runs through. */
export function toolbar(state: State<typeof fields>): {
  root: HTMLElement;
  show(values: SpaceState): void;
} {
  const elsewhere = { tensor: "", cell: [], eye: null };
  const chooser = modelChooser((model) =>
    state.set({ model, shape: "model", text: exampleFor(model, state.values.text), ...elsewhere }),
  );
  const shape = element(
    "select",
    {},
    element("option", { value: "model" }, "the model's"),
    element("option", { value: "sizes" }, "all sizes side by side, without weights"),
    ...SHAPE_NAMES.map((name) =>
      element("option", { value: name }, `${NAMED_SHAPES[name].words}'s, without weights`),
    ),
  );
  shape.addEventListener("change", () => {
    const chosen = shape.value as ShapeShown;
    const layers = isOneShape(chosen) ? Math.min(USUAL_LAYERS, NAMED_SHAPES[chosen].layers) : USUAL_LAYERS;
    state.set({ shape: chosen, layers, flow: 0, play: "no", ...elsewhere });
  });
  const layers = element("input", { type: "range", attributes: { min: "1" } });
  const count = element("span");
  const layersShown = element("label", {}, "Layers ", layers, " ", count);
  layers.addEventListener("input", () => state.set({ layers: Number(layers.value), ...elsewhere }, "drift"));
  const scrub = checkpointScrub((model, kind) => state.set({ model }, kind));
  const text = element("input", {
    type: "text",
    attributes: { "aria-label": "Text that runs through the model" },
  });
  text.addEventListener("input", () => state.set({ text: text.value }, "drift"));
  const examples = exampleChooser((text) => state.set({ text, ...elsewhere }));
  return {
    root: element(
      "div",
      {},
      element(
        "div",
        { className: "insight-bar" },
        chooser.root,
        element("label", {}, "Tensors ", shape),
        layersShown,
        scrub.root,
        examples.root,
      ),
      text,
    ),
    show(values) {
      if (text.value !== values.text) text.value = values.text;
      chooser.show(values.model);
      examples.offer(values.model);
      examples.root.hidden = values.shape !== "model";
      shape.value = values.shape;
      layersShown.hidden = !isOneShape(values.shape);
      layers.max = `${isOneShape(values.shape) ? NAMED_SHAPES[values.shape].layers : USUAL_LAYERS}`;
      count.textContent = `${values.layers} of ${layers.max}`;
      layers.setAttribute("aria-valuetext", count.textContent);
      text.hidden = values.shape !== "model";
      layers.value = `${values.layers}`;
      scrub.draw(values.model);
      const isTrained = CHECKPOINTS.some(({ name }) => name === values.model);
      scrub.root.hidden = !isTrained || values.shape !== "model";
    },
  };
}
