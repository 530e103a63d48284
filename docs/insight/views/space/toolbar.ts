import { element } from "../../element.js";
import { CHECKPOINTS, modelChooser, textFor } from "../../models.js";
import type { State } from "../../state.js";
import type { fields, SpaceState } from "./fields.js";

/** What is shown: model, checkpoint, or only a shape, and the text that runs through. */
export function toolbar(state: State<typeof fields>): {
  root: HTMLElement;
  show(values: SpaceState): void;
} {
  const elsewhere = { tensor: "", cell: [], eye: null };
  const chooser = modelChooser((model) =>
    state.set({ model, shape: "model", text: textFor(model, state.values.text), ...elsewhere }),
  );
  const shape = element(
    "select",
    {},
    element("option", { value: "model" }, "the model's"),
    element("option", { value: "gpt2" }, "GPT-2's, without weights"),
    element("option", { value: "llama" }, "a Llama's, without weights"),
  );
  shape.addEventListener("change", () =>
    state.set({ shape: shape.value as SpaceState["shape"], ...elsewhere }),
  );
  const layers = element("input", { type: "range", attributes: { min: "1", max: "22" } });
  const layersShown = element("label", {}, "Layers ", layers);
  layers.addEventListener("input", () => state.set({ layers: Number(layers.value), ...elsewhere }, "drift"));
  const scrub = element("input", {
    type: "range",
    attributes: { min: "0", max: `${CHECKPOINTS.length - 1}` },
  });
  const scrubShown = element("label", {}, "Earlier and later in its training ", scrub);
  scrub.addEventListener("input", () =>
    state.set({ model: CHECKPOINTS[Number(scrub.value)]!.name }, "drift"),
  );
  const text = element("input", {
    type: "text",
    attributes: { "aria-label": "Text that runs through the model" },
  });
  text.addEventListener("input", () => state.set({ text: text.value }, "drift"));
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
        scrubShown,
      ),
      text,
    ),
    show(values) {
      if (text.value !== values.text) text.value = values.text;
      chooser.select.value = values.model;
      shape.value = values.shape;
      layersShown.hidden = values.shape === "model";
      layers.value = `${values.layers}`;
      const checkpoint = CHECKPOINTS.findIndex(({ name }) => name === values.model);
      scrubShown.hidden = checkpoint < 0 || values.shape !== "model";
      if (checkpoint < 0) return;
      scrub.value = `${checkpoint}`;
      scrub.setAttribute("aria-valuetext", `after step ${CHECKPOINTS[checkpoint]!.step}`);
    },
  };
}
