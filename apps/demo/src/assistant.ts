import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ChatMessage, renderChat } from "@llm/bpe";
import type { Gpt } from "@llm/gpt";
import { DemoError } from "./errors.js";
import { openModel } from "./reading.js";
import { type RunTokenizer, readTokenizer } from "./stages/tokenizer.js";

/** The models that a run leaves, in the order in which they come to be. */
export const MODELS = ["base", "sft", "rl"] as const;

export type ModelName = (typeof MODELS)[number];

/** Where each is, relative to the run's folder. */
export const MODEL_FOLDERS: Readonly<Record<ModelName, string>> = {
  base: "model",
  sft: "sft/model",
  rl: "rl/model",
};

/** The models that a run's folder has. */
export function modelsOf(folder: string): ModelName[] {
  return MODELS.filter((name) => existsSync(join(folder, MODEL_FOLDERS[name], "model.safetensors")));
}

/** The model of a run that is asked for, or its last one. @throws DemoError where it is not there */
export function chooseModel(folder: string, name: string, wanted?: ModelName): ModelName {
  const there = modelsOf(folder);
  const way = `npm run demo${name === "demo" ? "" : ` -- --name ${name}`}`;
  if (there.length === 0) throw new DemoError(`${folder} has no finished model: train one with ${way}`);
  if (wanted === undefined) return there.at(-1)!;
  if (there.includes(wanted)) return wanted;
  throw new DemoError(`${folder} has no ${wanted} model yet, only ${there.join(", ")}: go on with ${way}`);
}

/** What a model is to go on from, and the ids that end it. */
export interface Ask {
  ids: Uint32Array;
  stopIds: number[];
}

/** A model of a run with its tokenizer, ready to be asked. */
export class Assistant {
  readonly name: ModelName;
  readonly model: Gpt;
  readonly tokens: RunTokenizer;

  private constructor(name: ModelName, model: Gpt, tokens: RunTokenizer) {
    this.name = name;
    this.model = model;
    this.tokens = tokens;
  }

  static async open(folder: string, name: ModelName): Promise<Assistant> {
    const tokens = await readTokenizer(join(folder, "tokenizer.json"));
    return new Assistant(name, await openModel(folder, MODEL_FOLDERS[name]), tokens);
  }

  /**
   * The messages as this model reads them. A base model knows no chat: it gets the last question as a text to write on. The oldest
   * turns are left out where all of them, and room for an answer, are more than the model can see.
   */
  ask(messages: readonly ChatMessage[], room: number): Ask {
    const { tokenizer, endOfText, endOfAnswer } = this.tokens;
    if (this.name === "base") {
      const last = messages.at(-1)!.content;
      const text = typeof last === "string" ? last : "";
      return { ids: Uint32Array.of(endOfText, ...tokenizer.encodeOrdinary(text)), stopIds: [endOfText] };
    }
    for (let first = 0; ; first += 2) {
      const { ids } = renderChat(tokenizer, messages.slice(first), { completion: true });
      if (ids.length + room <= this.model.config.blockSize || first + 2 >= messages.length) {
        return { ids, stopIds: [endOfAnswer] };
      }
    }
  }

  dispose(): void {
    this.model.dispose();
  }
}
