import { type BinaryReader, type BinaryWriter, FasttextFormatError } from "./binary.js";

/** What a model is trained with; the names are fastText's. */
export interface FasttextArguments {
  dim: number;
  epoch: number;
  minCount: number;
  wordNgrams: number;
  loss: FasttextLoss;
  /** How many rows the n-grams share. */
  bucket: number;
  /** Shortest and longest n-gram of characters; a `maxn` of 0 means none. */
  minn: number;
  maxn: number;
}

/** How scores become probabilities: hierarchical softmax, negative sampling, softmax, or one against all. */
export type FasttextLoss = (typeof LOSSES)[number];

const LOSSES = ["hs", "ns", "softmax", "ova"] as const;
const MAGIC = 793712314;
const VERSION = 12;
const SUPERVISED = 3;

/** Reads the start of a model file. */
export function readArguments(reader: BinaryReader): FasttextArguments {
  if (reader.int32() !== MAGIC) throw new FasttextFormatError("it does not start as a model does");
  const version = reader.int32();
  if (version > VERSION)
    throw new FasttextFormatError(`its version is ${version}, and at most ${VERSION} is known`);
  const [dim, , epoch, minCount, , wordNgrams] = int32s(reader, 6);
  const [loss, model, bucket, minn, maxn] = int32s(reader, 6);
  reader.float64();
  if (model !== SUPERVISED) throw new FasttextFormatError("it holds word vectors without labels");
  const name = LOSSES[loss! - 1];
  if (!name) throw new FasttextFormatError(`its loss is number ${loss}, and 1 to ${LOSSES.length} are known`);
  if (dim! < 1 || bucket! < 0) throw new FasttextFormatError(`it has ${dim} columns and ${bucket} buckets`);
  const longest = version < VERSION ? 0 : maxn!; // older models have no n-grams of characters, whatever they say
  return {
    dim: dim!,
    epoch: epoch!,
    minCount: minCount!,
    wordNgrams: wordNgrams!,
    loss: name,
    bucket: bucket!,
    minn: minn!,
    maxn: longest,
  };
}

/** Writes the start of a model file. What only training needs and is not here gets fastText's defaults. */
export function writeArguments(writer: BinaryWriter, given: FasttextArguments): void {
  const { dim, epoch, minCount, wordNgrams, loss, bucket, minn, maxn } = given;
  const [window, negatives, updateRate, sampling] = [5, 5, 100, 1e-4];
  for (const value of [MAGIC, VERSION, dim, window, epoch, minCount, negatives, wordNgrams])
    writer.int32(value);
  for (const value of [LOSSES.indexOf(loss) + 1, SUPERVISED, bucket, minn, maxn, updateRate])
    writer.int32(value);
  writer.float64(sampling);
}

function int32s(reader: BinaryReader, count: number): number[] {
  return Array.from({ length: count }, () => reader.int32());
}
