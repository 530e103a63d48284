// Reads nanoGPT's checkpoints: out/ckpt.pt, as its train.py saves them.
import type { Kinds } from "@llm/platform/options";
import type { ByteSource } from "../../byte-source.js";
import { check } from "../../check.js";
import { completeConfig } from "../../complete-config.js";
import type { CompleteGptConfig, GptConfig } from "../../config.js";
import { WeightsError } from "../../errors.js";
import type { Gpt } from "../../gpt.js";
import { sizeOf } from "../../layout.js";
import { assemble, type StoredTensor } from "../assemble.js";
import type { FloatType } from "../floats.js";
import { type FormatFile, openSource } from "../source.js";
import { NAMES, type NanoGPTSetting } from "./names.js";
import { TorchFile, TorchTensor, type TorchValue } from "./torch-file.js";

/** Which positions attention sees: an early nanoGPT stores it. */
const MASK = /\.attn\.bias$/;

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
    const { torch, root, config, stored } = await openNanoGPT(source, options);
    const elements = stored.reduce((total, { shape }) => total + sizeOf(shape), 0);
    if (2 * elements > source.size) {
      throw new WeightsError(
        `${source.name} has fewer numbers than its tensors: several of them share a storage`,
      );
    }
    const loss = root.get("best_val_loss");
    const bestValLoss = loss instanceof TorchTensor ? (await torch.read("best_val_loss", loss))[0] : loss;
    return {
      model: await assemble(config, NAMES, stored, `${source.name} does not fit its model_args`),
      iterNum: numberOrNull(root.get("iter_num")),
      bestValLoss: numberOrNull(bestValLoss),
      config: settingsOf(root.get("config")),
    };
  } finally {
    await source.close();
  }
}

/** A checkpoint whose tensors have not been read. */
export interface OpenNanoGPT {
  readonly torch: TorchFile;
  readonly root: ReadonlyMap<unknown, TorchValue>;
  readonly config: CompleteGptConfig;
  readonly stored: readonly (StoredTensor & { readonly type: FloatType | null })[];
}

/** Reads everything but the tensors. @throws {WeightsError} for what is no checkpoint of nanoGPT */
export async function openNanoGPT(
  source: ByteSource,
  { activation = "gelu-erf" }: NanoGPTReadOptions = {},
): Promise<OpenNanoGPT> {
  const torch = await TorchFile.open(source);
  const { root } = torch;
  const state = root instanceof Map ? root.get("model") : undefined;
  const args = root instanceof Map ? root.get("model_args") : undefined;
  if (!(root instanceof Map && state instanceof Map && args instanceof Map)) {
    throw new WeightsError(`${source.name} is no checkpoint of nanoGPT, which has "model" and "model_args"`);
  }
  const tensors = tensorsOf(state, source.name);
  const head = tensors.get("lm_head.weight");
  const tied = !head || isSame(head, tensors.get("transformer.wte.weight"));
  if (tied) tensors.delete("lm_head.weight");
  return {
    torch,
    root,
    config: completeConfig({ ...configOf(args, source.name, tensors.size), tied, activation }),
    stored: [...tensors].map(([name, tensor]) => ({
      name,
      shape: tensor.shape,
      type: tensor.type,
      read: () => torch.read(name, tensor),
    })),
  };
}

/** torch.compile puts `_orig_mod.` before every name. */
function tensorsOf(state: ReadonlyMap<unknown, TorchValue>, file: string): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  for (const [key, tensor] of state) {
    if (typeof key !== "string" || !(tensor instanceof TorchTensor)) {
      throw new WeightsError(`${file}: "model" holds ${JSON.stringify(key)}, which is no tensor`);
    }
    const name = key.replace(/^_orig_mod\./, "");
    if (!MASK.test(name)) tensors.set(name, tensor);
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
