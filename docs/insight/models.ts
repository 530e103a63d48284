import { element } from "./element.js";
import type { ModelInfo, Source } from "./engine/opened.js";
import { choiceField } from "./fields.js";
import type { Model } from "./model.js";

/** A model that comes with the site. */
interface SiteModel {
  readonly name: string;
  readonly words: string;
  readonly folder: string;
  readonly tokenizer?: string;
}

const steps = [1, 5, 25, 125, 625, 3125] as const;

/** Those that a view can open, the usual one first. `docs/models` makes them. */
const SITE_MODELS = [
  ...steps.map((step) => ({
    name: `base-${step}` as const,
    words: `base after ${step === 1 ? "1 step" : `${step} steps`}`,
    folder: `base/step-${step}`,
    tokenizer: "base/tokenizer.json",
  })),
  { name: "copier" as const, words: "copier: repeats what it has seen", folder: "copier" },
] satisfies readonly SiteModel[];

/** One model at several steps of its training, the first step first. */
export const CHECKPOINTS = steps.map((step) => ({ step, name: `base-${step}` as const }));

/** The model of the training view, as it is now. */
const RUN = "run";

type ModelName = (typeof SITE_MODELS)[number]["name"] | typeof RUN;

export const modelField = choiceField<ModelName>("base-3125", [...SITE_MODELS.map(({ name }) => name), RUN]);

/** Bytes of a model's files, as far as the reader loads them. */
const KILOBYTES: Readonly<Record<"base" | "copier", number>> = { base: 290, copier: 260 };

/** Where the site is served from. */
const place = (path: string) => new URL(`${import.meta.env.BASE_URL}insight/${path}`, location.href).href;

/** Reads a file of the site. */
export async function siteText(path: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(place(path), { signal });
  if (!response.ok) throw new Error(`${path} could not be loaded: HTTP status ${response.status}.`);
  return response.text();
}

function sourceOf(name: string): Source {
  if (name === RUN) return { run: true };
  const { folder, tokenizer }: SiteModel = SITE_MODELS.find((model) => model.name === name)!;
  return { url: place(folder), ...(tokenizer !== undefined && { tokenizer: place(tokenizer) }) };
}

/** Opens the model of this name where it is not open already. */
export class ModelHolder {
  readonly #model: Model;
  #name: string | undefined;
  #info: Promise<ModelInfo> | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  open(name: string): Promise<ModelInfo> {
    if (this.#name !== name || !this.#info) {
      this.#name = name;
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

/** A list of the models, with their sizes. */
export function modelChooser(chosen: (name: ModelName) => void): {
  root: HTMLElement;
  select: HTMLSelectElement;
} {
  const select = element(
    "select",
    {},
    ...SITE_MODELS.map(({ name, words }) => {
      const size = KILOBYTES[name === "copier" ? "copier" : "base"];
      return element("option", { value: name }, `${words} (${size} kB)`);
    }),
    element("option", { value: RUN }, "your training run"),
  );
  select.addEventListener("change", () => chosen(select.value as ModelName));
  return { root: element("label", {}, "Model ", select), select };
}
