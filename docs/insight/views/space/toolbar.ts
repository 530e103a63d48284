import { element } from "../../element.js";
import { CHECKPOINTS, modelChooser } from "../../models.js";
import type { SpaceState } from "./fields.js";

/** What is shown: model, checkpoint, or only a shape, and the text that runs through. */
export function toolbar(set: (patch: Partial<SpaceState>, kind: "step" | "drift") => void): {
  root: HTMLElement;
  show(state: SpaceState): void;
} {
  const elsewhere = { tensor: "", cell: [], eye: null };
  const chooser = modelChooser((model) => set({ model, shape: "model", ...elsewhere }, "step"));
  const shape = element(
    "select",
    {},
    element("option", { value: "model" }, "the model's"),
    element("option", { value: "gpt2" }, "GPT-2's, without weights"),
    element("option", { value: "llama" }, "a Llama's, without weights"),
  );
  shape.addEventListener("change", () =>
    set({ shape: shape.value as SpaceState["shape"], ...elsewhere }, "step"),
  );
  const layers = element("input", { type: "range", attributes: { min: "1", max: "22" } });
  const layersShown = element("label", {}, "Layers ", layers);
  layers.addEventListener("input", () => set({ layers: Number(layers.value), ...elsewhere }, "drift"));
  const scrub = element("input", {
    type: "range",
    attributes: { min: "0", max: `${CHECKPOINTS.length - 1}` },
  });
  const scrubShown = element("label", {}, "Earlier and later in its training ", scrub);
  scrub.addEventListener("input", () => set({ model: CHECKPOINTS[Number(scrub.value)]!.name }, "drift"));
  const text = element("input", {
    type: "text",
    attributes: { "aria-label": "Text that runs through the model" },
  });
  text.addEventListener("input", () => set({ text: text.value }, "drift"));
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
    show(state) {
      if (text.value !== state.text) text.value = state.text;
      chooser.select.value = state.model;
      shape.value = state.shape;
      layersShown.hidden = state.shape === "model";
      layers.value = `${state.layers}`;
      const checkpoint = CHECKPOINTS.findIndex(({ name }) => name === state.model);
      scrubShown.hidden = checkpoint < 0 || state.shape !== "model";
      if (checkpoint < 0) return;
      scrub.value = `${checkpoint}`;
      scrub.setAttribute("aria-valuetext", `after step ${CHECKPOINTS[checkpoint]!.step}`);
    },
  };
}
