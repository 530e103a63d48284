import { Rests } from "@llm/platform/rest";
import type { ByteSource } from "../../byte-source.js";
import { check } from "../../check.js";
import { completeConfig } from "../../complete-config.js";
import type { CompleteGptConfig } from "../../config.js";
import { ConfigError, WeightsError } from "../../errors.js";
import type { Gpt } from "../../gpt.js";
import { sizeOf } from "../../layout.js";
import { assemble, type StoredTensor } from "../assemble.js";
import { type FormatFile, openSource, readExactly } from "../source.js";
import type { Architecture, TensorFacts } from "./architecture.js";
import { architectureOf } from "./architectures.js";
import { type Header, readHeader, type TensorInfo } from "./header.js";
import type { GGUFValue } from "./metadata.js";
import { toHalves } from "./rotation-order.js";
import { type GGUFTokenizer, readTokenizer } from "./tokenizer.js";

/** A model that was read from a GGUF file. */
export interface GGUFModel {
  readonly model: Gpt;
  /** Every key-value pair of the file. */
  readonly metadata: ReadonlyMap<string, GGUFValue>;
  /** null where the file has none. */
  readonly tokenizer: GGUFTokenizer | null;
}

/** Options of {@link readGGUF}. */
export interface ReadGGUFOptions {
  signal?: AbortSignal;
}

const TABLE = "token_embd.weight";
const HEAD = "output.weight";
const ROPE_FACTORS = "rope_freqs.weight";

/**
 * Reads a model of llama.cpp's from a GGUF file, versions 2 and 3: the architectures gpt2 and llama, tensors in f32, f16,
 * bf16, q8_0, q4_0, q4_1, q5_0, q5_1, q4_K, q5_K and q6_K, which become float32 one after the other. Queries and keys are put
 * in the order that models here have, so that the model can be saved as any other.
 * @param file its path (in the browser: its URL), its bytes, or a Blob
 * @throws {WeightsError} when the file cannot be read, is damaged, or lacks a tensor
 * @throws {ConfigError} for an architecture, or a setting of it, that is not computed here
 */
export async function readGGUF(file: FormatFile, options: ReadGGUFOptions = {}): Promise<GGUFModel> {
  check("readGGUF", options, { signal: "signal" });
  const source = await openSource(file, "readGGUF");
  try {
    const header = await readHeader(source);
    const architecture = architectureOf(header.metadata);
    const config = await configOf(header, architecture, source);
    const tensors = storedTensors(source, header, architecture, config, options.signal);
    const misfit = `${source.name}: the tensors do not fit the metadata`;
    return {
      model: await assemble(config, architecture, tensors, misfit),
      metadata: header.metadata.all,
      tokenizer: readTokenizer(header.metadata),
    };
  } finally {
    await source.close();
  }
}

/** The model that a file's head describes. */
export async function configOf(
  { metadata, tensors }: Header,
  architecture: Architecture,
  source: ByteSource,
): Promise<CompleteGptConfig> {
  const table = tensors.get(TABLE);
  if (!table)
    throw new WeightsError(`${source.name}: ${TABLE} is missing; it has the words' vectors of every model`);
  const factors = tensors.get(ROPE_FACTORS);
  const facts: TensorFacts = {
    some: (name) => [...tensors.keys()].some((tensor) => name.test(tensor)),
    vocabSize: table.shape[0]!,
    tied: await isTied(table, tensors.get(HEAD), source),
    ...(factors && { ropeFactors: [...(await valuesOf(source, factors))] }),
  };
  const config = architecture.read(metadata, facts);
  const end = metadata.all.get("tokenizer.ggml.eos_token_id");
  const endOfText = typeof end === "number" && end < config.vocabSize ? { endOfText: end } : {};
  if (config.nLayer > tensors.size) {
    metadata.refuse(`${architecture.modelType}.block_count`, `more layers than ${tensors.size} tensors make`);
  }
  try {
    return completeConfig({ ...config, ...endOfText });
  } catch (cause) {
    throw new ConfigError(`${source.name}: ${(cause as Error).message}`, { cause });
  }
}

/** Whether a file has no head of its own, or the table a second time as the head. */
async function isTied(table: TensorInfo, head: TensorInfo | undefined, source: ByteSource): Promise<boolean> {
  if (!head) return true;
  if (head.type !== table.type || head.length !== table.length) return false;
  const piece = 1 << 20;
  for (let at = 0; at < table.length; at += piece) {
    const length = Math.min(piece, table.length - at);
    const a = await readExactly(source, table.offset + at, length);
    const b = await readExactly(source, head.offset + at, length);
    if (a.some((byte, i) => byte !== b[i])) return false;
  }
  return true;
}

async function valuesOf(
  source: ByteSource,
  { offset, length, shape, type }: TensorInfo,
): Promise<Float32Array> {
  const values = new Float32Array(sizeOf(shape));
  type.decode(await readExactly(source, offset, length), values);
  return values;
}

/** The tensors of a file, to be read one after the other. */
function storedTensors(
  source: ByteSource,
  { tensors }: Header,
  architecture: Architecture,
  config: CompleteGptConfig,
  signal?: AbortSignal,
): StoredTensor[] {
  const rests = new Rests();
  return [...tensors.values()]
    .filter(({ name }) => !(config.tied && name === HEAD))
    .map((info) => ({
      name: info.name,
      shape: info.shape,
      async read() {
        await rests.take(signal);
        const values = await valuesOf(source, info);
        const isTurned = architecture.rotated?.(info.name);
        return isTurned ? toHalves(values, info.shape[0]!, config.headDim) : values;
      },
    }));
}
