// llm.c's checkpoints of GPT-2 (train_gpt2.py and train_gpt2.cu write them).
import type { Kinds } from "@llm/platform/options";
import { check } from "../../check.js";
import { completeConfig } from "../../complete-config.js";
import type { CompleteGptConfig } from "../../config.js";
import { ConfigError, WeightsError } from "../../errors.js";
import type { TensorNames } from "../../families/family.js";
import type { Gpt } from "../../gpt.js";
import { sizeOf } from "../../layout.js";
import { fileTensors } from "../../weight-files.js";
import { assemble, type StoredTensor } from "../assemble.js";
import { type FormatDestination, writeTo } from "../destination.js";
import { FLOAT_BYTES, toBytes, toFloats } from "../floats.js";
import { LINEAR_GPT2 } from "../linear-gpt2.js";
import { type FormatFile, openSource, readExactly } from "../source.js";
import { configOf, HEADER_BYTES, type LLMCHeader, readHeader, writeHeader } from "./header.js";

/** Its matrices are [out, in]. The head is the embedding, and there are biases everywhere. */
const NAMES: TensorNames = {
  modelType: "llm.c",
  prefix: "",
  alwaysBiased: true,
  tensors: LINEAR_GPT2,
};

/** Rows of the embedding are padded to a multiple of it. */
const PADDING = 128;

/** A tensor of the file: its place there, and its shape without padding. */
interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  /** Numbers before it. */
  readonly offset: number;
}

/** The tensors in the order of the file, and how many numbers they are in all. */
function placesOf(header: LLMCHeader): { places: Place[]; size: number } {
  const { nEmbd: C, nLayer, blockSize, vocabSize, paddedVocabSize } = header;
  const stacked: readonly (readonly [string, readonly number[]])[] = [
    ["ln_1.weight", [C]],
    ["ln_1.bias", [C]],
    ["attn.c_attn.weight", [3 * C, C]],
    ["attn.c_attn.bias", [3 * C]],
    ["attn.c_proj.weight", [C, C]],
    ["attn.c_proj.bias", [C]],
    ["ln_2.weight", [C]],
    ["ln_2.bias", [C]],
    ["mlp.c_fc.weight", [4 * C, C]],
    ["mlp.c_fc.bias", [4 * C]],
    ["mlp.c_proj.weight", [C, 4 * C]],
    ["mlp.c_proj.bias", [C]],
  ];
  const places: Place[] = [];
  let size = 0;
  const put = (name: string, shape: readonly number[], stored = sizeOf(shape)) => {
    places.push({ name, shape, offset: size });
    size += stored;
  };
  put("wte.weight", [vocabSize, C], paddedVocabSize * C);
  put("wpe.weight", [blockSize, C]);
  for (const [name, shape] of stacked) {
    for (let layer = 0; layer < nLayer; layer++) put(`h.${layer}.${name}`, shape);
  }
  put("ln_f.weight", [C]);
  put("ln_f.bias", [C]);
  return { places, size };
}

/** Numbers in a file of this header, found without a list of its tensors. */
function sizeIn({ nEmbd: C, nLayer, blockSize, paddedVocabSize }: LLMCHeader): number {
  return paddedVocabSize * C + blockSize * C + nLayer * (12 * C * C + 13 * C) + 2 * C;
}

/**
 * Reads a checkpoint of llm.c: GPT-2 in float32 (version 3) or bfloat16 (version 5), without the padding of the vocabulary.
 * @throws {WeightsError} for another file or version, and for one that is not as long as its header says
 */
export async function readLLMC(file: FormatFile): Promise<Gpt> {
  const source = await openSource(file, "readLLMC");
  try {
    const header = readHeader(source.name, await readExactly(source, 0, HEADER_BYTES));
    const bytes = FLOAT_BYTES[header.dtype];
    const expected = HEADER_BYTES + sizeIn(header) * bytes;
    if (source.size !== expected) {
      throw new WeightsError(
        `${source.name} has ${source.size} bytes where its header asks for ${expected}; was it cut short?`,
      );
    }
    const tensors = placesOf(header).places.map(
      ({ name, shape, offset }): StoredTensor => ({
        name,
        shape,
        read: async () =>
          toFloats(
            header.dtype,
            await readExactly(source, HEADER_BYTES + offset * bytes, sizeOf(shape) * bytes),
          ),
      }),
    );
    return await assemble(completeConfig(configOf(header)), NAMES, tensors, `${source.name} is no GPT-2`);
  } finally {
    await source.close();
  }
}

/** Options of {@link writeLLMC}. */
export interface LLMCOptions {
  /** Default "float32". */
  dtype?: "float32" | "bfloat16";
  /** Stops it; an old file stays. */
  signal?: AbortSignal;
}

const OPTIONS: Kinds<LLMCOptions> = { dtype: ["float32", "bfloat16"], signal: "signal" };

/**
 * Writes a checkpoint as llm.c reads it, one tensor after the other.
 * @throws {ConfigError} for a model that llm.c's GPT-2 does not compute
 */
export async function writeLLMC(
  model: Gpt,
  file: FormatDestination,
  options: LLMCOptions = {},
): Promise<void> {
  check("writeLLMC", options, OPTIONS);
  const { config } = model;
  checkConfig(config);
  await writeTo(file, contentOf(model, options), "writeLLMC");
}

/** Refuses what llm.c does not compute, naming it. */
function checkConfig(config: CompleteGptConfig): void {
  const { vocabSize, blockSize, nLayer, nHead, nEmbd, dropout } = config;
  const stored: Record<string, unknown> = {
    ...completeConfig({ vocabSize, blockSize, nLayer, nHead, nEmbd, dropout }),
  };
  for (const [key, value] of Object.entries(config)) {
    if (key === "endOfText" || (key === "bias" && !config.bias.head)) continue; // no bias is one of zeros
    const [ours, theirs] = [JSON.stringify(value), JSON.stringify(stored[key])];
    if (ours === theirs) continue;
    throw new ConfigError(
      `${key} is ${ours}, and llm.c computes ${theirs} only; save the model as a folder instead`,
    );
  }
}

async function* contentOf(
  model: Gpt,
  { dtype = "float32", signal }: LLMCOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { config } = model;
  const { vocabSize, blockSize, nLayer, nHead, nEmbd } = config;
  const paddedVocabSize = Math.ceil(vocabSize / PADDING) * PADDING;
  const header = { dtype, vocabSize, paddedVocabSize, blockSize, nLayer, nHead, nEmbd };
  const weights = new Map(model.parameters().map((weight) => [weight.name, weight]));
  const { values } = fileTensors(config, NAMES, async (name) =>
    Float32Array.from((await weights.get(name)!.data()) as ArrayLike<number>),
  );
  yield writeHeader(header);
  for (const { name } of placesOf(header).places) {
    signal?.throwIfAborted();
    yield toBytes(dtype, (await values(name)) as Float32Array);
    if (name === "wte.weight")
      yield new Uint8Array((paddedVocabSize - vocabSize) * nEmbd * FLOAT_BYTES[dtype]);
  }
}
