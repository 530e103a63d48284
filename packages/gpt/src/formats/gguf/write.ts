import { Rests } from "@llm/platform/rest";
import { check } from "../../check.js";
import { WeightsError } from "../../errors.js";
import type { Gpt } from "../../gpt.js";
import { sizeOf } from "../../layout.js";
import { fileTensors } from "../../weight-files.js";
import { type FormatDestination, writeTo } from "../destination.js";
import type { Architecture } from "./architecture.js";
import { architectureFor } from "./architectures.js";
import { fromTokenizerJson } from "./from-tokenizer-json.js";
import { idsOnly } from "./ids-only.js";
import type { MetadataEntry } from "./metadata.js";
import { type GGUFWeights, type TensorType, WRITTEN } from "./quantization.js";
import { toNeighbours } from "./rotation-order.js";
import { tokenizerEntries } from "./tokenizer.js";
import { ALIGNMENT, aligned, encodeHeader } from "./write-header.js";

/** Options of {@link writeGGUF}. */
export interface WriteGGUFOptions {
  /**
   * How matrices are stored. Default "f16". Rows that do not fill blocks of 32 are stored as f16; with "q4_0" the table of
   * embeddings and the head are q8_0; vectors and the table of positions are always f32.
   */
  type?: GGUFWeights;
  /** The text of the model's tokenizer.json. Without it tokens are named by their ids: [7]. */
  tokenizer?: string;
  /** How a conversation becomes a text, in Jinja: `chat_template` of tokenizer_config.json. */
  chatTemplate?: string;
  /** The model's name. */
  name?: string;
  signal?: AbortSignal;
}

/** Number of a file's most common type, for readers that show it. */
const FILE_TYPES: Record<GGUFWeights, number> = { f32: 0, f16: 1, q4_0: 2, q8_0: 7 };
/** The largest magnitude that each holds. */
const LARGEST: Record<GGUFWeights, number> = {
  f32: Number.POSITIVE_INFINITY,
  f16: 65_519,
  q8_0: 127 * 65_504,
  q4_0: 8 * 65_504,
};
/** Values that are encoded at once: whole blocks, about a megabyte. */
const PIECE = 1 << 18;

/**
 * Writes a model as a GGUF file that llama.cpp opens, tensor by tensor, with memory for one beside the weights: a GPT-2 as
 * gpt2, a Llama (or what is built like one) as llama.
 * @param target a path: the file is written aside, flushed and renamed; or a stream, which is closed at the end
 * @throws {ConfigError} for a model that llama.cpp's gpt2 and llama do not describe, naming what
 * @throws {WeightsError} for a value that the type does not hold
 */
export async function writeGGUF(
  model: Gpt,
  target: FormatDestination,
  options: WriteGGUFOptions = {},
): Promise<void> {
  check("writeGGUF", options, {
    type: Object.keys(WRITTEN),
    tokenizer: "string",
    chatTemplate: "string",
    name: "string",
    signal: "signal",
  });
  await writeTo(target, encode(model, options), "writeGGUF");
}

/** A tensor of the file. */
interface Planned {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorType & { name: GGUFWeights };
  read(): Promise<Float32Array>;
}

async function* encode(model: Gpt, options: WriteGGUFOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { config } = model;
  const { type = "f16", signal } = options;
  const architecture = architectureFor(config);
  const tensors = planned(model, architecture, type);
  let end = 0;
  const placed = tensors.map(({ name, shape, type }) => {
    const offset = end;
    end += aligned(lengthOf(shape, type));
    return { name, shape, type: type.id, offset };
  });
  yield encodeHeader(entriesOf(model, architecture, { ...options, type }), placed);

  const rests = new Rests();
  for (const tensor of tensors) {
    const values = await tensor.read();
    for (let from = 0; from < values.length; from += PIECE) {
      const piece = values.subarray(from, from + PIECE);
      checkValues(piece, tensor);
      const bytes = new Uint8Array(lengthOf([piece.length], tensor.type));
      tensor.type.encode!(piece, bytes);
      yield bytes;
      await rests.take(signal);
    }
    const length = lengthOf(tensor.shape, tensor.type);
    yield new Uint8Array(aligned(length) - length);
  }
}

const lengthOf = (shape: readonly number[], { values, bytes }: TensorType) =>
  (sizeOf(shape) / values) * bytes;

function entriesOf(
  { config }: Gpt,
  architecture: Architecture,
  { type, name, tokenizer, chatTemplate }: WriteGGUFOptions & { type: GGUFWeights },
): MetadataEntry[] {
  const { vocabSize, endOfText } = config;
  const words =
    tokenizer === undefined ? idsOnly(config) : fromTokenizerJson(tokenizer, { vocabSize, endOfText });
  return [
    ["general.architecture", "string", architecture.modelType],
    ["general.type", "string", "model"],
    ...(name === undefined ? [] : [["general.name", "string", name] as const]),
    ["general.alignment", "u32", ALIGNMENT],
    ["general.file_type", "u32", FILE_TYPES[type]],
    ...(type === "q8_0" || type === "q4_0" ? [["general.quantization_version", "u32", 2] as const] : []),
    ...architecture.write(config),
    ...tokenizerEntries({ ...words, ...(chatTemplate !== undefined && { chatTemplate }) }),
  ];
}

function planned(model: Gpt, architecture: Architecture, type: GGUFWeights): Planned[] {
  const { config } = model;
  const weights = new Map(model.parameters().map((weight) => [weight.name, weight]));
  const read = async (name: string) => {
    const values = await weights.get(name)!.data();
    return values instanceof Float32Array ? values : Float32Array.from(values); // an engine may store float64
  };
  const { specs, values } = fileTensors(config, architecture, read);
  const { headDim, rope } = config;
  const tensors = specs.map(({ name, shape }): Planned => {
    const isHalved = architecture.rotated?.(name) && !rope[0]!.interleaved;
    return {
      name,
      shape,
      type: typeOf(name, shape, type),
      async read() {
        const plain = (await values(name)) as Float32Array;
        return isHalved ? toNeighbours(plain, shape[0]!, headDim) : plain;
      },
    };
  });
  const factors = architecture.ropeFactors?.(config);
  if (!factors) return tensors;
  const data = Float32Array.from(factors);
  return [
    {
      name: "rope_freqs.weight",
      shape: [data.length],
      type: WRITTEN.f32 as Planned["type"],
      read: async () => data,
    },
    ...tensors,
  ];
}

function typeOf(name: string, shape: readonly number[], wanted: GGUFWeights): Planned["type"] {
  const isMatrix = shape.length > 1 && name !== "position_embd.weight";
  const isTable = name === "token_embd.weight" || name === "output.weight";
  const best = !isMatrix ? "f32" : wanted === "q4_0" && isTable ? "q8_0" : wanted;
  const fits = shape.at(-1)! % WRITTEN[best].values === 0;
  return WRITTEN[fits ? best : "f16"] as Planned["type"];
}

function checkValues(values: Float32Array, { name, type }: Planned): void {
  const largest = LARGEST[type.name];
  if (type.name === "f32") return;
  for (const value of values) {
    if (Math.abs(value) <= largest) continue;
    throw new WeightsError(
      `${name} has the value ${value}, which ${type.name} does not hold; write it with type "f32"`,
    );
  }
}
