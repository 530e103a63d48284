import { element } from "./element.js";
import type { ModelInfo, Source } from "./engine/opened.js";
import type { Field } from "./fields.js";
import type { Model } from "./model.js";
import { MOST_MODELS } from "./run/model-files.js";
import { openedRun } from "./run/opened-run.js";
import { thousands } from "./thousands.js";

/** A model that comes with the site. */
interface SiteModel {
  readonly name: string;
  readonly words: string;
  readonly folder: string;
  readonly tokenizer?: string;
  /** Its tokens, where each is a letter. */
  readonly letters?: string;
}

/** The model that the walk in 3D has words of its own for. */
export const SORTER = "sorter" as const;

const steps = [1, 5, 25, 125, 625, 3125] as const;

/** Those that a view can open, the usual one first. `docs/models` makes them. */
const SITE_MODELS = [
  ...steps.map((step) => ({
    name: `base-${step}` as const,
    words: `base after ${step === 1 ? "1 step" : `${thousands(step)} steps`}`,
    folder: `base/step-${step}`,
    tokenizer: "base/tokenizer.json",
  })),
  { name: SORTER, words: "sorter: sorts six letters", folder: "sorter", letters: "ABC" },
  { name: "copier" as const, words: "copier: repeats what it saw", folder: "copier" },
  ...(["base", "sft", "rl"] as const).map((stage) => ({
    name: `assistant-${stage}` as const,
    words: `assistant, ${stage === "base" ? "its base" : stage.toUpperCase()}: adds digits`,
    folder: `assistant/${stage}`,
    tokenizer: "assistant/tokenizer.json",
  })),
] satisfies readonly SiteModel[];

/** One model at several steps of its training, the first step first. */
export const CHECKPOINTS = steps.map((step) => ({ step, name: `base-${step}` as const }));

/** The model of the training view, as it is now. */
const RUN = "run";

/** The models of the run that the reader has opened. */
const OWN = (["own", "own-2", "own-3"] as const).slice(0, MOST_MODELS);

type ModelName = (typeof SITE_MODELS)[number]["name"] | typeof RUN | (typeof OWN)[number];

const ownModel = (name: string) => openedRun()?.models[(OWN as readonly string[]).indexOf(name)];

/** Which model a view shows: as usual that of the reader's run, once there is one. */
export const modelField: Field<ModelName> = {
  get initial(): ModelName {
    return ownModel("own") ? "own" : "base-3125";
  },
  write: (name) => name,
  read(text) {
    const names: readonly ModelName[] = [
      ...SITE_MODELS.map(({ name }) => name),
      RUN,
      ...OWN.filter(ownModel),
    ];
    return names.find((name) => name === text);
  },
};

/** What runs through a model at first. */
export const FIRST_TEXT = "The model is trained on";

/** Bytes of a model's files, as far as the reader loads them. */
const KILOBYTES: Readonly<Record<string, number>> = { base: 290, sorter: 175, copier: 210, assistant: 240 };

/** The address of a file that comes with the site. */
export const sitePlace = (path: string) =>
  new URL(`${import.meta.env.BASE_URL}insight/${path}`, location.href).href;

/** Reads a file of the site. */
export async function siteText(path: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(sitePlace(path), { signal });
  if (!response.ok)
    throw new Error(`${path} could not be loaded: HTTP status ${response.status}. Load the page again.`);
  return response.text();
}

/** Where a model of this name is. */
export function sourceOf(name: string): Source {
  if (name === RUN) return { run: true };
  const own = ownModel(name);
  if (own) return { files: own.files };
  const { folder, tokenizer, letters }: SiteModel = SITE_MODELS.find((model) => model.name === name)!;
  return {
    url: sitePlace(folder),
    ...(tokenizer !== undefined && { tokenizer: sitePlace(tokenizer) }),
    ...(letters !== undefined && { letters }),
  };
}

/** Opens the model of this name where it is not open already. */
export class ModelHolder {
  readonly #model: Model;
  #name: string | undefined;
  #own: unknown;
  #info: Promise<ModelInfo> | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  open(name: string): Promise<ModelInfo> {
    // Another run's model has the same name.
    const own = ownModel(name);
    if (this.#name !== name || this.#own !== own || !this.#info) {
      this.#name = name;
      this.#own = own;
      this.#info = this.#model.call("open", sourceOf(name));
      this.#info.then(
        ({ slow }) => slow && this.#model.note(slow),
        () => {
          this.#info = undefined;
        },
      );
    }
    return this.#info;
  }
}

/** The event that tells a list of models that the reader's run is another. */
const CHANGED = "insight-run";

/** Tells every list of models inside an element that the reader has opened a run: its model is chosen. */
export function tellChoosers(root: Element): void {
  for (const select of root.querySelectorAll("select[data-models]")) select.dispatchEvent(new Event(CHANGED));
}

/** The event of a reader who asks how to open another model. */
export const WANTED = "insight-wanted";

/** A list of the models, with their sizes; its last entry leads to where the reader opens one. */
export function modelChooser(chosen: (name: ModelName) => void): {
  root: HTMLElement;
  show(name: ModelName): void;
} {
  const select = element("select", { attributes: { "data-models": "" } });
  const offer = () =>
    select.replaceChildren(
      ...(openedRun()?.models ?? []).map(({ folder }, at) =>
        element("option", { value: OWN[at]! }, `your run${folder ? `: ${folder}` : ""}`),
      ),
      ...SITE_MODELS.map(({ name, words }) => {
        const size = KILOBYTES[name.split("-")[0]!];
        return element("option", { value: name }, `${words} (${size} kB)`);
      }),
      element("option", { value: RUN }, "your training run"),
      element("option", { value: WANTED }, "GPT-2, or a model of yours: open its folder…"),
    );
  offer();
  let shown: ModelName | undefined;
  select.addEventListener("change", () => {
    if (select.value !== WANTED) chosen(select.value as ModelName);
    else {
      select.value = shown ?? modelField.initial;
      select.dispatchEvent(new Event(WANTED, { bubbles: true }));
    }
  });
  select.addEventListener(CHANGED, () => {
    offer();
    chosen(modelField.initial);
  });
  return {
    root: element("label", {}, "Model ", select),
    show(name) {
      shown = name;
      select.value = name;
    },
  };
}
