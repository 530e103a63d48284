import type { TraceStep } from "@llm/sample";
import { element } from "../element.js";
import { slider } from "../slider.js";

/** What can be set, in words, and the value at which it does nothing; links call it by its name in the packages. */
const CONTROLS = {
  temperature: {
    label: "temperature",
    range: [0, 2, 0.05],
    // None: at each it does something.
    off: undefined,
    does: "Below 1 the likely get likelier, above 1 all get more alike; 0 takes the first.",
  },
  topK: { label: "top-k", range: [0, 100, 1], off: 0, does: "Keeps the k most probable; 0 keeps all." },
  topP: {
    label: "top-p",
    range: [0, 1, 0.01],
    off: 1,
    does: "Keeps the fewest that have this much together.",
  },
  minP: {
    label: "min-p",
    range: [0, 1, 0.01],
    off: 0,
    does: "Removes what has less than this share of the first.",
  },
  typicalP: {
    label: "typical",
    range: [0, 1, 0.01],
    off: 1,
    does: "Keeps those about as surprising as is usual here, until they have this much together.",
  },
  repetitionPenalty: {
    label: "repetition penalty",
    range: [1, 2, 0.05],
    off: 1,
    does: "Above 1, what stands in the text already gets less probable.",
  },
} as const;

type ControlName = keyof typeof CONTROLS;
type Settings = Readonly<Record<ControlName, number>>;

const USUAL: readonly ControlName[] = ["temperature", "topK", "topP"];
const MORE: readonly ControlName[] = ["minP", "typicalP", "repetitionPenalty"];

/** A slider for a setting. */
export function settingSlider<N extends ControlName>(name: N, changed: (patch: Partial<Settings>) => void) {
  const { label, range, off, does } = CONTROLS[name];
  const [low, high, step] = range;
  const made = slider(label, low, high, step, (value) => changed({ [name]: value }), does, off);
  return { ...made, setting: name };
}

/** A slider for each setting; those that are rarely used stand folded, until one of them does something. */
export function samplingControls(
  initial: Settings,
  changed: (patch: Partial<Settings>) => void,
): { root: HTMLElement; show(values: Settings): void } {
  const sliderOf = (name: ControlName) => settingSlider(name, changed);
  const usual = USUAL.map(sliderOf);
  const more = MORE.map(sliderOf);
  const grid = (sliders: typeof usual) =>
    element("div", { className: "insight-sliders" }, ...sliders.map(({ root }) => root));
  const names = more.map(({ name }) => name).join(", ");
  const folded = element("details", {}, element("summary", {}, `More: ${names}`), grid(more));
  return {
    root: element("div", {}, grid(usual), folded),
    show(values) {
      for (const each of [...usual, ...more]) each.show(values[each.setting]);
      if (MORE.some((name) => values[name] !== initial[name])) folded.open = true;
    },
  };
}

/** A stage in words. */
export function nameOf(stage: TraceStep["stage"]): string {
  if (stage === "model") return "the model";
  const name = stage.replace("WithTies", "");
  return name in CONTROLS ? CONTROLS[name as ControlName].label : name;
}
