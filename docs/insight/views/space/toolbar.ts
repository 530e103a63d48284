import { checkpointScrub } from "../../checkpoint-scrub.js";
import { element } from "../../element.js";
import type { ShapeName } from "../../engine/shapes.js";
import { exampleChooser, exampleFor } from "../../example-texts.js";
import { CHECKPOINTS, modelChooser } from "../../models.js";
import type { State } from "../../state.js";
import type { fields, SpaceState } from "./fields.js";
import { MOST_LAYERS, NAMED_SHAPES, SHAPE_NAMES, type ShapeShown } from "./named-shapes.js";

const isOneShape = (shape: ShapeShown): shape is ShapeName => shape !== "model" && shape !== "sizes";

/** What is shown: model, checkpoint, or only a shape, and the text that runs through. */
export function toolbar(state: State<typeof fields>): {
  root: HTMLElement;
  show(values: SpaceState): void;
  /** Says what of the text is not seen as it stands. */
  note(words: string): void;
} {
  const elsewhere = { tensor: "", cell: [], eye: null };
  const chooser = modelChooser((model) =>
    state.set({ model, shape: "model", text: exampleFor(model, state.values.text), ...elsewhere }),
  );
  const shape = element(
    "select",
    { attributes: { "aria-label": "Tensors" } },
    element("option", { value: "model" }, "the model's tensors"),
    element("option", { value: "sizes" }, "all sizes side by side"),
    ...SHAPE_NAMES.map((name) =>
      element("option", { value: name }, `${NAMED_SHAPES[name].words}'s shape, no weights`),
    ),
  );
  shape.addEventListener("change", () =>
    state.set({
      ...{ shape: shape.value as ShapeShown, layers: MOST_LAYERS, flow: 0, play: "no" },
      ...elsewhere,
    }),
  );
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
  const note = element("p", { className: "reading-note" });
  const texts = element("div", { className: "insight-bar space-texts" }, text, examples.root);
  return {
    root: element(
      "div",
      { className: "space-bar" },
      element("div", { className: "insight-bar" }, chooser.root, shape, layersShown, scrub.root),
      texts,
      note,
    ),
    note(words) {
      note.textContent = words;
    },
    show(values) {
      if (text.value !== values.text) text.value = values.text;
      chooser.show(values.model);
      examples.offer(values.model);
      texts.hidden = values.shape !== "model";
      shape.value = values.shape;
      layersShown.hidden = !isOneShape(values.shape);
      if (isOneShape(values.shape)) {
        const all = NAMED_SHAPES[values.shape].layers;
        const shown = Math.min(values.layers, all);
        layers.max = `${all}`;
        layers.value = `${shown}`;
        count.textContent = `${shown} of ${all}`;
        layers.setAttribute("aria-valuetext", `${shown} of ${all} layers`);
      }
      scrub.draw(values.model);
      const isTrained = CHECKPOINTS.some(({ name }) => name === values.model);
      scrub.root.hidden = !isTrained || values.shape !== "model";
    },
  };
}
