import { element } from "../../element.js";
import type { Model } from "../../model.js";
import { refused } from "../../refused.js";
import type { State } from "../../state.js";
import { fields, type TrainingState } from "./fields.js";

interface Desk {
  readonly state: State<typeof fields>;
  readonly model: Model;
  warn(sentence: string): void;
  readonly signal: AbortSignal;
}

/** What a run is made from: the text, numbers, and what computes. */
export function settings({ state, model, warn, signal }: Desk): {
  readonly roots: readonly HTMLElement[];
  follow(values: TrainingState): void;
} {
  const inputs = (["nLayer", "nEmbd", "lr", "batchSize", "steps", "seed"] as const).map((name) => {
    const input = element("input", {
      type: "number",
      attributes: { step: name === "lr" ? "0.001" : name === "nEmbd" ? "16" : "1" },
    });
    input.addEventListener("change", () => {
      const value = fields[name].read(input.value);
      if (value === undefined) warn(refused(name, fields[name], input.value));
      else state.set({ [name]: value });
    });
    return { name, input, root: element("label", {}, `${name} `, input) };
  });
  const gpu = element("option", { value: "webgpu", disabled: true }, "a GPU (WebGPU)");
  const engine = element(
    "select",
    {},
    element("option", { value: "auto" }, "what is fastest here"),
    element("option", { value: "wasm" }, "WebAssembly"),
    gpu,
  );
  engine.addEventListener("change", () => {
    const chosen = fields.engine.read(engine.value);
    if (chosen) state.set({ engine: chosen });
  });
  const gpuWords = element("p", { className: "training-gpu" });
  const text = element("textarea", {
    rows: 3,
    placeholder: "The project's own documentation. Or write, paste or drop a text of your own here.",
    attributes: { "aria-label": "Text to learn from" },
  });
  text.addEventListener("change", () => state.set({ text: text.value }));

  model.call("gpu", null, signal).then(
    ({ available, reason, device }) => {
      gpu.disabled = !available;
      gpuWords.textContent = !available
        ? `No run on a GPU here: ${reason}.`
        : device!.endsWith("(software)")
          ? `${device}: no graphics card but software, which is slower than WebAssembly.`
          : `The GPU is ${device}.`;
    },
    () => {},
  );

  return {
    roots: [
      text,
      element(
        "div",
        { className: "insight-fields" },
        ...inputs.map(({ root }) => root),
        element("label", {}, "computes on ", engine),
      ),
      gpuWords,
    ],
    follow(values) {
      for (const { name, input } of inputs) input.value = `${values[name]}`;
      engine.value = values.engine;
      text.value = values.text;
    },
  };
}
