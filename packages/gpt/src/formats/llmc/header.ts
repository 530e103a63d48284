// An llm.c checkpoint is 256 int32 of header and the tensors, each of all layers after another. The padding's rows of the
// embedding are zeros, up to a multiple of 128.
import type { GptConfig } from "../../config.js";
import { WeightsError } from "../../errors.js";

/** Bytes before the first tensor. */
export const HEADER_BYTES = 1024;

const MAGIC = 20_240_326;
const VERSIONS = new Map([
  [3, "float32"],
  [5, "bfloat16"],
] as const);

/** Each layer costs memory before anything is read. */
const MAX_LAYERS = 10_000;

/** Other files of llm.c, by their magic number. */
const OTHERS = new Map([
  [20_240_327, "a debug state of llm.c"],
  [20_240_328, "a tokenizer of llm.c"],
  [20_240_520, "tokens of llm.c, as @llm/dataset reads them"],
  [20_240_803, "a Llama 3 checkpoint of llm.c; convert the Hugging Face folder that it was made from"],
]);

/** What an llm.c checkpoint says of its model. */
export interface LLMCHeader {
  readonly dtype: "float32" | "bfloat16";
  readonly vocabSize: number;
  /** Rows of the embedding in the file. */
  readonly paddedVocabSize: number;
  readonly blockSize: number;
  readonly nLayer: number;
  readonly nHead: number;
  readonly nEmbd: number;
}

/** Whether a file begins as one of llm.c's. */
export function isLLMC(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true);
  return magic === MAGIC || OTHERS.has(magic);
}

/** Reads a header. @throws {WeightsError} for another file, version or number */
export function readHeader(name: string, bytes: Uint8Array): LLMCHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const number = (i: number) => view.getInt32(4 * i, true);
  if (number(0) !== MAGIC) {
    const other = OTHERS.get(number(0)) ?? `no llm.c checkpoint, which begins with ${MAGIC}`;
    throw new WeightsError(`${name} is ${other}`);
  }
  const dtype = VERSIONS.get(number(1) as 3 | 5);
  if (!dtype) {
    throw new WeightsError(
      `${name} has version ${number(1)}; 3 (float32) and 5 (bfloat16) are read. Write it again with the present llm.c`,
    );
  }
  const [blockSize, vocabSize, nLayer, nHead, nEmbd, paddedVocabSize] = [2, 3, 4, 5, 6, 7].map(number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const header = { dtype, blockSize, vocabSize, nLayer, nHead, nEmbd, paddedVocabSize };
  for (const [field, value] of Object.entries(header)) {
    if (typeof value === "number" && value < 1) throw new WeightsError(`${name}: ${field} is ${value}`);
  }
  if (nLayer > MAX_LAYERS) throw new WeightsError(`${name}: nLayer is ${nLayer}, more than any GPT-2 has`);
  if (paddedVocabSize < vocabSize) {
    throw new WeightsError(
      `${name}: the padded vocabulary of ${paddedVocabSize} is smaller than the vocabulary of ${vocabSize}`,
    );
  }
  return header;
}

export function writeHeader(header: LLMCHeader): Uint8Array {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const version = header.dtype === "float32" ? 3 : 5;
  const { blockSize, vocabSize, nLayer, nHead, nEmbd, paddedVocabSize } = header;
  const numbers = [MAGIC, version, blockSize, vocabSize, nLayer, nHead, nEmbd, paddedVocabSize];
  for (const [i, value] of numbers.entries()) view.setInt32(4 * i, value, true);
  return new Uint8Array(view.buffer);
}

/** The model of a header: GPT-2's, and nothing else. */
export function configOf({ blockSize, vocabSize, nLayer, nHead, nEmbd }: LLMCHeader): GptConfig {
  return { blockSize, vocabSize, nLayer, nHead, nEmbd };
}
