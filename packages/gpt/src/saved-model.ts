// Makes a model's files: config.json and safetensors, in one piece or in shards, as Hugging Face lays them out.
import { encodeSafetensors, type SafetensorsInput, type SafetensorsSpec, type Tensor } from "@llm/tensor";
import type { CompleteGptConfig } from "./config.js";
import { WeightsError } from "./errors.js";
import type { Family } from "./families/family.js";
import { writeConfig } from "./families/index.js";
import { CONFIG, INDEX, shardName, WEIGHTS } from "./file-names.js";
import { sizeOf } from "./layout.js";
import { fileTensors } from "./weight-files.js";

/** Types that weights are stored in. */
export type StoredDType = "float32" | "bfloat16" | "float16";

/** Options of `Gpt.save`. */
export interface SaveOptions {
  /**
   * Bytes that tensors take in one file at most; a larger tensor has a file of its own. What does not fit into one file is
   * written in shards, and an index beside them. Default 5e9.
   */
  maxShardBytes?: number;
  /** What values are rounded to, to the nearest, ties to even. Default: what they are, "float32" or "bfloat16". */
  dtype?: StoredDType;
  /** Stops it; the old model stays. */
  signal?: AbortSignal;
  /** Told after each tensor. */
  onProgress?: (progress: SaveProgress) => void;
}

/** How far a save has come. */
export interface SaveProgress {
  readonly bytes: number;
  readonly totalBytes: number;
}

/** Published folders have mostly had shards of this size: each loads again by itself where a download breaks. */
const SHARD_BYTES = 5e9;

const DTYPES = { float32: "F32", bfloat16: "BF16", float16: "F16" } as const;

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The files of a model, their content in pieces. */
export function filesOf(
  config: CompleteGptConfig,
  preferred: Family | undefined,
  weight: (name: string) => { readonly dtype: string; data(): ReturnType<Tensor["data"]> } | undefined,
  { maxShardBytes = SHARD_BYTES, dtype, signal, onProgress }: SaveOptions = {},
): Record<string, Chunks> {
  const { json, family } = writeConfig(config, preferred);
  const read = async (name: string) => (await weight(name)!.data()) as SafetensorsInput;
  const { specs, weightOf, values } = fileTensors(config, family, read);
  const typeOf = (name: string): StoredDType =>
    dtype ?? (weight(weightOf(name))?.dtype === "bfloat16" ? "bfloat16" : "float32");
  const tensors = specs.map((spec) => ({ ...spec, dtype: DTYPES[typeOf(spec.name)] }));
  const totalBytes = tensors.reduce((total, tensor) => total + bytesIn(tensor), 0);
  const bytesOfName = new Map(tensors.map((tensor) => [tensor.name, bytesIn(tensor)]));
  let bytes = 0;
  const value = async (name: string) => {
    signal?.throwIfAborted();
    const data = await values(name);
    if (dtype === "float16") checkHalf(name, data);
    bytes += bytesOfName.get(name)!;
    onProgress?.({ bytes, totalBytes });
    return data;
  };

  const shards = shardsOf(tensors, maxShardBytes);
  const nameOf = (i: number) => (shards.length === 1 ? WEIGHTS : shardName(i + 1, shards.length));
  const text = (content: string) => [new TextEncoder().encode(`${content}\n`)];
  const map = shards.flatMap((shard, i) => shard.map(({ name }) => [name, nameOf(i)] as const));
  const index = {
    metadata: {
      total_parameters: specs.reduce((total, { shape }) => total + sizeOf(shape), 0),
      total_size: totalBytes,
    },
    weight_map: Object.fromEntries(map.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  const stored = "torch_dtype" in json ? { ...json, torch_dtype: dtype ?? "float32" } : json;
  return {
    [CONFIG]: text(configText(stored)),
    ...Object.fromEntries(
      shards.map((shard, i) => [nameOf(i), encodeSafetensors(shard, value, { format: "pt" })]),
    ),
    ...(shards.length > 1 && { [INDEX]: text(JSON.stringify(index, null, 2)) }),
  };
}

type Stored = SafetensorsSpec & { readonly dtype: (typeof DTYPES)[StoredDType] };

function bytesIn({ shape, dtype }: Stored): number {
  return sizeOf(shape) * (dtype === "F32" ? 4 : 2);
}

/** Tensors in files of at most `maxBytes`, in order; a larger one has a file of its own. */
function shardsOf(tensors: readonly Stored[], maxBytes: number): Stored[][] {
  const shards: Stored[][] = [];
  let free = 0;
  for (const tensor of tensors) {
    const bytes = bytesIn(tensor);
    if (shards.length > 0 && bytes <= free) shards.at(-1)!.push(tensor);
    else {
      shards.push([tensor]);
      free = maxBytes;
    }
    free -= bytes;
  }
  return shards;
}

/** From here on values become infinite in float16. */
const HALF_LIMIT = 65_520;

function checkHalf(name: string, data: SafetensorsInput): void {
  for (const value of data) {
    if (Math.abs(value) < HALF_LIMIT || !Number.isFinite(value)) continue;
    throw new WeightsError(`${name} has the value ${value}, too large for float16; save it as bfloat16`);
  }
}

/** Settings that transformers takes as floats only: 3 must be written 3.0. */
const FLOATS =
  /^(rope_theta|rope_local_base_freq|.*factor|beta_fast|beta_slow|.*softcapping|.*_eps|initializer_range)$/;

function configText(json: Record<string, unknown>): string {
  const asFloat = (value: unknown) => (Number.isInteger(value) ? `\u0000${String(value)}.0` : value);
  const text = JSON.stringify(
    json,
    (key, value) => (FLOATS.test(key) ? (Array.isArray(value) ? value.map(asFloat) : asFloat(value)) : value),
    2,
  );
  return text.replaceAll(/"\\u0000([^"]+)"/g, "$1");
}

/** All pieces of a file in one. */
export async function bytesOf(chunks: Chunks): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const bytes = new Uint8Array(all.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of all) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
