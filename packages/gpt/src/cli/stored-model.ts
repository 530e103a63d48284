// A model as it lies on disk, in whichever form: what it is, and how to read it.
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { openSafetensors } from "@llm/tensor";
import { openBytes } from "#files";
import type { ByteSource } from "../byte-source.js";
import { completeConfig } from "../complete-config.js";
import type { CompleteGptConfig } from "../config.js";
import { WeightsError } from "../errors.js";
import type { Family } from "../families/family.js";
import { FLOAT_BYTES } from "../formats/floats.js";
import { architectureOf } from "../formats/gguf/architectures.js";
import { readHeader as readGGUFHeader } from "../formats/gguf/header.js";
import { configOf as ggufConfig, readGGUF } from "../formats/gguf/read.js";
import { tokenizerJson } from "../formats/gguf/tokenizer-json.js";
import {
  HEADER_BYTES,
  isLLMC,
  configOf as llmcConfig,
  readHeader as readLLMCHeader,
} from "../formats/llmc/header.js";
import { readLLMC } from "../formats/llmc/llmc.js";
import { type NanoGPTReadOptions, openNanoGPT, readNanoGPT } from "../formats/nanogpt/read.js";
import { readExactly } from "../formats/source.js";
import { Gpt } from "../gpt.js";
import { layout, sizeOf } from "../layout.js";
import { describeFolder, weightFiles } from "../model-folder.js";

/** The forms that are read. */
type StoredFormat = "folder" | "gguf" | "nanogpt" | "llmc";

/** A model on disk, none of whose weights have been read. */
export interface StoredModel {
  readonly format: StoredFormat;
  /** What its form calls the kind of model: "llama". */
  readonly kind: string;
  readonly config: CompleteGptConfig;
  /** Of a folder. */
  readonly family?: Family;
  /** The files of weights. */
  readonly files: readonly string[];
  /** Numbers in each type, and the bytes that they take. */
  readonly types: ReadonlyMap<string, { numbers: number; bytes: number }>;
  /** Reads the weights. A GGUF file has its tokenizer with it. */
  load(signal: AbortSignal): Promise<{ model: Gpt; tokenizer?: string }>;
}

/**
 * Looks at a folder, a file in it, or a file of another form, which its first bytes tell.
 * @throws {WeightsError} for what is no model
 */
export async function openStored(path: string, options: NanoGPTReadOptions = {}): Promise<StoredModel> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new WeightsError(`there is no ${path}; name a model's folder or file`, { cause });
  });
  if (found.isDirectory() || folderOf(path) !== path) return openFolder(folderOf(path));
  const source = await openBytes(path);
  try {
    return await openFile(source, path, options);
  } finally {
    await source.close();
  }
}

/** The folder that a path means, when it names a file in it. */
export function folderOf(path: string): string {
  return /\.(safetensors|json)$/.test(path) ? dirname(path) : path;
}

async function openFolder(folder: string): Promise<StoredModel> {
  const { config, family } = await describeFolder(folder);
  const { all } = await weightFiles(folder);
  const types = new Types();
  for (const name of all) {
    const source = await openBytes(join(folder, name));
    try {
      const { tensors } = await openSafetensors(source);
      for (const { dtype, shape, bytes } of tensors.values()) types.add(dtype, sizeOf(shape), bytes);
    } finally {
      await source.close();
    }
  }
  const load = async () => ({ model: await Gpt.load(folder) });
  return { format: "folder", kind: family.modelType, config, family, files: all, types: types.all, load };
}

async function openFile(source: ByteSource, path: string, options: NanoGPTReadOptions): Promise<StoredModel> {
  const start = await source.read(0, Math.min(source.size, 8));
  const types = new Types();
  const files = [basename(path)];
  if (startsWith(start, "GGUF")) {
    const header = await readGGUFHeader(source);
    const architecture = architectureOf(header.metadata);
    const config = await ggufConfig(header, architecture, source);
    for (const { type, shape, length } of header.tensors.values())
      types.add(type.name, sizeOf(shape), length);
    const load = async (signal: AbortSignal) => {
      const { model, tokenizer } = await readGGUF(path, { signal });
      return { model, ...(tokenizer && { tokenizer: tokenizerJson(tokenizer) }) };
    };
    return { format: "gguf", kind: architecture.modelType, config, files, types: types.all, load };
  }
  if (startsWith(start, "PK")) {
    const { config, stored } = await openNanoGPT(source, options);
    for (const { type, shape } of stored) {
      types.add(type ?? "other", sizeOf(shape), sizeOf(shape) * (type ? FLOAT_BYTES[type] : 0));
    }
    const load = async () => ({ model: (await readNanoGPT(path, options)).model });
    return { format: "nanogpt", kind: "gpt2", config, files, types: types.all, load };
  }
  if (isLLMC(start)) {
    const header = readLLMCHeader(source.name, await readExactly(source, 0, HEADER_BYTES));
    const config = completeConfig(llmcConfig(header));
    const numbers = layout(config).reduce((total, { shape }) => total + sizeOf(shape), 0);
    types.add(header.dtype, numbers, numbers * FLOAT_BYTES[header.dtype]);
    const load = async () => ({ model: await readLLMC(path) });
    return { format: "llmc", kind: "gpt2", config, files, types: types.all, load };
  }
  throw new WeightsError(
    `${path} is no model that is read here: a folder with config.json, a GGUF file, a ckpt.pt of nanoGPT or a .bin of llm.c`,
  );
}

class Types {
  readonly all = new Map<string, { numbers: number; bytes: number }>();

  add(type: string, numbers: number, bytes: number): void {
    const sum = this.all.get(type) ?? { numbers: 0, bytes: 0 };
    this.all.set(type, { numbers: sum.numbers + numbers, bytes: sum.bytes + bytes });
  }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((character, i) => bytes[i] === character.charCodeAt(0));
}
