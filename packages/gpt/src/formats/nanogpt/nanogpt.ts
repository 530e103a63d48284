// nanoGPT's checkpoints: out/ckpt.pt, as its train.py saves them.
import type { Kinds } from "@llm/platform/options";
import { check } from "../../check.js";
import { completeConfig } from "../../complete-config.js";
import type { GptConfig } from "../../config.js";
import { WeightsError } from "../../errors.js";
import type { TensorNames } from "../../families/family.js";
import { linear, same } from "../../families/rules.js";
import type { Gpt } from "../../gpt.js";
import { sizeOf } from "../../layout.js";
import { assemble, type StoredTensor } from "../assemble.js";
import { type FormatFile, openSource } from "../source.js";
import { TorchFile, TorchTensor, type TorchValue } from "./torch-file.js";

const both = (name: string) => [same(`${name}.weight`), same(`${name}.bias`)];
const inLayer = (name: string) => `h.{l}.${name}`;

/** Its matrices are torch's Linear, [out, in]. */
export const NAMES: TensorNames = {
  modelType: "nanoGPT",
  prefix: "transformer.",
  ignored: /^h\.\d+\.attn\.bias$/,
  tensors: [
    same("wte.weight"),
    same("wpe.weight"),
    ...both(inLayer("ln_1")),
    ...linear(inLayer("attn.c_attn"), inLayer("attn.c_attn")),
    ...linear(inLayer("attn.c_proj"), inLayer("attn.c_proj")),
    ...both(inLayer("ln_2")),
    ...linear(inLayer("mlp.c_fc"), inLayer("mlp.c_fc")),
    ...linear(inLayer("mlp.c_proj"), inLayer("mlp.c_proj")),
    ...both("ln_f"),
    same("lm_head.weight"),
  ],
};

/** What a setting of nanoGPT's is. */
export type NanoGPTSetting = number | string | boolean | null;

/** A checkpoint of nanoGPT. */
export interface NanoGPTCheckpoint {
  readonly model: Gpt;
  /** Steps of training so far, where it says. */
  readonly iterNum: number | null;
  readonly bestValLoss: number | null;
  /** The settings of the training run, by nanoGPT's names: dataset, learning_rate, ... */
  readonly config: Readonly<Record<string, NanoGPTSetting>>;
}

/** Options of {@link readNanoGPT}. */
export interface NanoGPTReadOptions {
  /** What the model was trained with, which the file does not say. Default "gelu-erf", nanoGPT's since 2023; before, "gelu". */
  activation?: "gelu-erf" | "gelu";
}

const READ: Kinds<NanoGPTReadOptions> = { activation: ["gelu-erf", "gelu"] };

/**
 * Reads `ckpt.pt`, one tensor after the other. Its pickle is not run: it can build nothing but numbers, texts, lists,
 * dictionaries and tensors, and one that names anything else is refused.
 * @throws {WeightsError} for another file, or one that does not fit its own `model_args`
 */
export async function readNanoGPT(
  file: FormatFile,
  options: NanoGPTReadOptions = {},
): Promise<NanoGPTCheckpoint> {
  check("readNanoGPT", options, READ);
  const source = await openSource(file, "readNanoGPT");
  try {
    const torch = await TorchFile.open(source);
    const { root } = torch;
    const state = root instanceof Map ? root.get("model") : undefined;
    const args = root instanceof Map ? root.get("model_args") : undefined;
    if (!(root instanceof Map && state instanceof Map && args instanceof Map)) {
      throw new WeightsError(
        `${source.name} is no checkpoint of nanoGPT, which has "model" and "model_args"`,
      );
    }
    const tensors = tensorsOf(state, source.name);
    const head = tensors.get("lm_head.weight");
    const tied = !head || isSame(head, tensors.get("transformer.wte.weight"));
    if (tied) tensors.delete("lm_head.weight");
    const config = {
      ...configOf(args, source.name, tensors.size),
      tied,
      activation: options.activation ?? ("gelu-erf" as const),
    };
    const stored = [...tensors].map(
      ([name, tensor]): StoredTensor => ({ name, shape: tensor.shape, read: () => torch.read(name, tensor) }),
    );
    const elements = stored.reduce(
      (total, { name, shape }) => total + (/\.attn\.bias$/.test(name) ? 0 : sizeOf(shape)),
      0,
    );
    if (2 * elements > source.size) {
      throw new WeightsError(
        `${source.name} has fewer numbers than its tensors: several of them share a storage`,
      );
    }
    const loss = root.get("best_val_loss");
    const bestValLoss = loss instanceof TorchTensor ? (await torch.read("best_val_loss", loss))[0] : loss;
    const model = await assemble(
      completeConfig(config),
      NAMES,
      stored,
      `${source.name} does not fit its model_args`,
    );
    return {
      model,
      iterNum: numberOrNull(root.get("iter_num")),
      bestValLoss: numberOrNull(bestValLoss),
      config: settingsOf(root.get("config")),
    };
  } finally {
    await source.close();
  }
}

/** torch.compile puts `_orig_mod.` before every name. */
function tensorsOf(state: ReadonlyMap<unknown, TorchValue>, file: string): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  for (const [key, tensor] of state) {
    if (typeof key !== "string" || !(tensor instanceof TorchTensor)) {
      throw new WeightsError(`${file}: "model" holds ${JSON.stringify(key)}, which is no tensor`);
    }
    tensors.set(key.replace(/^_orig_mod\./, ""), tensor);
  }
  return tensors;
}

function isSame(a: TorchTensor, b: TorchTensor | undefined): boolean {
  return a.storage.key === b?.storage.key && a.offset === b.offset && a.shape.join() === b.shape.join();
}

function configOf(args: ReadonlyMap<unknown, TorchValue>, file: string, tensors: number): GptConfig {
  const count = (key: string): number => {
    const value = args.get(key);
    if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
    throw new WeightsError(`${file}: ${key} in its model_args is ${shown(value)}; a whole number is needed`);
  };
  const [bias, dropout] = [args.get("bias") ?? true, args.get("dropout") ?? 0];
  if (typeof bias !== "boolean" || typeof dropout !== "number") {
    throw new WeightsError(
      `${file}: bias and dropout in its model_args are ${shown(bias)} and ${shown(dropout)}`,
    );
  }
  const nLayer = count("n_layer");
  if (nLayer > tensors) {
    throw new WeightsError(
      `${file}: n_layer in its model_args is ${nLayer}, and there are ${tensors} tensors`,
    );
  }
  return {
    vocabSize: count("vocab_size"),
    blockSize: count("block_size"),
    nLayer,
    nHead: count("n_head"),
    nEmbd: count("n_embd"),
    bias,
    dropout,
  };
}

function settingsOf(value: TorchValue | undefined): Record<string, NanoGPTSetting> {
  if (!(value instanceof Map)) return {};
  const isSetting = ([, each]: [unknown, TorchValue]) => each === null || typeof each !== "object";
  return Object.fromEntries([...value].filter(isSetting)) as Record<string, NanoGPTSetting>;
}

function numberOrNull(value: TorchValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? "no plain value" : String(value);
}
