// What an adapter may act on, by our names and by those that PEFT finds in transformers' models.
import type { CompleteGptConfig } from "../config.js";
import { OptionsError } from "../errors.js";
import type { Family } from "../families/family.js";
import { layout } from "../layout.js";
import { partsOf } from "../weight-files.js";

/** A linear map of the published model: one of our matrices, or some of its columns. */
export interface Module {
  /** PEFT's name: model.layers.0.self_attn.q_proj. */
  readonly name: string;
  /** Our matrix: h.0.attn.c_attn. */
  readonly matrix: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Where its outputs begin among those of the matrix. */
  readonly from: number;
}

const MATRIX = /^(h\.\d+\.(attn|mlp)\.(c_attn|c_proj|c_fc)|lm_head)\.weight$/;

/** Every linear map of a model, in the order of the forward pass. */
export function modulesOf(config: CompleteGptConfig, family: Family): Module[] {
  return layout(config)
    .filter(({ name }) => MATRIX.test(name))
    .flatMap((weight) =>
      partsOf(weight, family, config).map((part): Module => {
        const bare = part.name.replace(/\.weight$/, "");
        const matrix = weight.name.replace(/\.weight$/, "");
        const [first, second] = weight.shape as [number, number];
        if (matrix === "lm_head") return { name: bare, matrix, inputs: second, outputs: first, from: 0 };
        const name = `${family.prefix}${bare}`;
        return { name, matrix, inputs: first, outputs: part.columns, from: part.from };
      }),
    );
}

/** Whether a module has this name, or this end of its name. */
function isNamed(module: Module, name: string): boolean {
  return [module.name, module.matrix].some((own) => own === name || own.endsWith(`.${name}`));
}

/**
 * The modules that have one of the names, by the ends of theirs or of ours.
 * @throws {OptionsError} for a name that none has
 */
export function named(modules: readonly Module[], targets: readonly string[]): Module[] {
  for (const target of targets) {
    if (modules.some((module) => isNamed(module, target))) continue;
    const ends = new Set(modules.map(({ name }) => name.split(".").at(-1)!));
    const known = `an adapter can act on ${[...ends].join(", ")}`;
    if (/(^|\.)lm_head$/.test(target)) {
      throw new OptionsError(
        `targets has "${target}", which is the embedding too (tied): changed in one half only, the model would be spoiled when it is stored. Leave it out; ${known}`,
      );
    }
    if (/(^|\.)(wte|wpe|embed_tokens)$/.test(target)) {
      throw new OptionsError(`targets has "${target}"; embeddings are not adapted here: ${known}`);
    }
    throw new OptionsError(`targets has "${target}", which no matrix is named; ${known}`);
  }
  return modules.filter((module) => targets.some((target) => isNamed(module, target)));
}

/** The shortest ends of names that say which modules are chosen, as `target_modules` does. */
export function namesOf(chosen: readonly Module[], all: readonly Module[]): string[] {
  const left = all.map(({ name }) => name).filter((name) => !chosen.some((module) => module.name === name));
  const names = chosen.map(({ name }) => {
    const words = name.split(".");
    const ends = words.map((_, i) => words.slice(words.length - 1 - i).join("."));
    return ends.find((end) => !left.some((other) => other === end || other.endsWith(`.${end}`)))!;
  });
  return [...new Set(names)];
}

/** What is adapted where no targets are given: queries and values, or the matrix that holds them, as in PEFT. */
export function usual(modules: readonly Module[]): Module[] {
  return modules.filter(({ name }) => /\.(q_proj|v_proj|c_attn)$/.test(name));
}
