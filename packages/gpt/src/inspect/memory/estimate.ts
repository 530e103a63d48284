import { check } from "../../check.js";
import { completeConfig } from "../../complete-config.js";
import type { CompleteGptConfig, GptConfig } from "../../config.js";
import { ContextLengthError, OptionsError } from "../../errors.js";
import { groupedBytes, storedType, type WeightDType } from "../../frozen.js";
import type { Gpt } from "../../gpt.js";
import { cacheBytesOfLayer, layout, sizeOf } from "../../layout.js";
import { Ledger } from "./ledger.js";
import { sizedNetwork, sizedParameters } from "./sized-network.js";
import { SizedTape } from "./sized-tape.js";

/** Options of {@link estimateMemory}. */
export interface MemoryOptions {
  /** Rows of a batch, or of a session. */
  batch: number;
  /** Positions of each row; in a session those that its text reaches. */
  T: number;
  /** True for a step of training (loss, gradients and update), false for decoding with a session. */
  training: boolean;
  /** What is trained with: "muon" is for the matrices of the blocks, with AdamW for the rest. Default "adamw". */
  optimizer?: "adamw" | "muon" | "none";
  /** As for `model.loss`. Default false. */
  recompute?: boolean;
  /** As for `Gpt.load`, of a model that decodes. Default "float32". */
  dtype?: WeightDType;
  /** Ids of each row that a session takes in at once; those up to T follow one by one. Default T. */
  prompt?: number;
}

/** Bytes in the engine's memory at the moment when most is held. */
export interface MemoryEstimate {
  /** Parameters, and the tables of rotations. */
  readonly weights: number;
  /** Those of parameters; after a backward pass as many as parameters, but most may be held before. */
  readonly gradients: number;
  /** What the optimiser keeps. */
  readonly moments: number;
  /** What the forward pass makes and keeps for the backward pass, and gradients of that. */
  readonly activations: number;
  /** Keys and values of a session. */
  readonly cache: number;
  /** All of them. */
  readonly total: number;
}

/**
 * The memory that a model will take, from its configuration alone: what `profile` of @llm/tensor measures as `peakBytes`. What
 * kernels borrow while they run, the process and its copies of weights while they load are not in it.
 *
 * @throws {ConfigError} for a configuration that cannot be built
 * @throws {ContextLengthError} when T is beyond `blockSize`
 */
export function estimateMemory(of: Gpt | GptConfig, options: MemoryOptions): MemoryEstimate {
  check("estimateMemory", options, {
    batch: "count!",
    T: "count!",
    training: "boolean!",
    optimizer: ["adamw", "muon", "none"],
    recompute: "boolean",
    dtype: ["float32", "bfloat16", "int8", "int4"],
    prompt: "count",
  });
  const config = "config" in of ? of.config : completeConfig(of);
  const { T, training, dtype = "float32", prompt = T } = options;
  if (T > config.blockSize) {
    throw new ContextLengthError(`T is ${T}; it must be at most blockSize = ${config.blockSize}`);
  }
  if (training && dtype !== "float32") {
    throw new OptionsError(`dtype is "${dtype}"; weights that are trained are in float32`);
  }
  if (prompt > T) throw new OptionsError(`prompt is ${prompt}; it must be at most T = ${T}`);
  const ledger = new Ledger();
  const parameters = sizedParameters(config, (name, shape) => bytesOf(name, shape, dtype), ledger);
  ledger.take(tableBytes(config), "weights");
  if (training) train(config, parameters, options, ledger);
  else {
    const rows = { B: options.batch, isQuantized: dtype === "int8" || dtype === "int4" };
    const first = Math.min(config.blockSize, Math.max(FIRST_ROOM, prompt));
    decode(config, parameters, ledger, { ...rows, T: prompt, room: first, before: 0 });
    const last = grown(first, T, config.blockSize);
    if (T > prompt) decode(config, parameters, ledger, { ...rows, T: 1, ...last });
  }
  return ledger.peak;
}

type Parameters = ReturnType<typeof sizedParameters>;

function train(
  config: CompleteGptConfig,
  parameters: Parameters,
  options: MemoryOptions,
  ledger: Ledger,
): void {
  const { batch: B, T, optimizer = "adamw", recompute = false } = options;
  const weights = [...parameters].map(([name, { size }]) => ({ name, size }));
  const isMuons = (name: string) => optimizer === "muon" && isMatrixOfBlock(name);
  const moments =
    optimizer === "none" ? 0 : weights.reduce((n, { name, size }) => n + (isMuons(name) ? 1 : 2) * size, 0);
  ledger.take(4 * moments, "moments");
  ledger.take(4 * 2 * B * T); // ids and targets

  const tape = new SizedTape(ledger, true);
  const { embed, block, finalNorm, logits } = sizedNetwork(config, parameters, tape, {
    B,
    T,
    training: true,
    isQuantized: false,
  });
  const loss = () => {
    const x0 = embed();
    let x = x0;
    for (let layer = 0; layer < config.nLayer; layer++) {
      x = recompute ? tape.checkpoint([x, x0], (x, x0) => block(x!, layer, x0!)) : block(x, layer, x0);
    }
    return tape.crossEntropy(logits(finalNorm(x), B * T), B * T);
  };
  tape.valueAndGrad(loss, [...parameters.values()]);
  for (const { shape, name } of layout(config)) {
    if (!isMuons(name)) continue;
    // Its update, a second one, and two squares of its smaller side.
    const [m, n] = shape as [number, number];
    ledger.release(ledger.take(4 * 2 * (m * n + Math.min(m, n) ** 2)));
  }
}

/** A step of a session: T ids of each row, with a cache for `room` positions that may just have grown from `before`. */
interface Step {
  readonly B: number;
  readonly T: number;
  readonly room: number;
  readonly before: number;
  readonly isQuantized: boolean;
}

function decode(
  config: CompleteGptConfig,
  parameters: Parameters,
  ledger: Ledger,
  { B, T, room, before, isQuantized }: Step,
): void {
  const layerBytes = (positions: number) => cacheBytesOfLayer(config, B, positions);
  const cache = ledger.take(config.nLayer * layerBytes(room), "cache");
  const places = ledger.take(4 * (2 * B * T + 2 * B)); // ids and positions; where each row begins, and in which slot

  const tape = new SizedTape(ledger, false);
  const { embed, block, finalNorm, logits } = sizedNetwork(config, parameters, tape, {
    B,
    T,
    training: false,
    isQuantized,
  });
  const x0 = tape.scope(embed);
  let x = x0;
  for (let layer = 0; layer < config.nLayer; layer++) {
    const input = x;
    x = tape.scope(() => {
      const output = block(input, layer, x0);
      // A layer's cache grows into a new one, and the last layer does when the others have.
      if (layer === config.nLayer - 1) ledger.release(ledger.take(layerBytes(before), "cache"));
      return output;
    });
    if (input !== x0) ledger.release(input.block);
  }
  const normed = tape.scope(() => finalNorm({ ...x, size: x.size / T }));
  for (const each of new Set([x, x0])) ledger.release(each.block);
  const answer = tape.scope(() => logits(normed, B));
  for (const each of [normed, answer]) ledger.release(each.block);
  for (const each of [cache, places]) ledger.release(each);
}

/** Positions that a session's cache begins with. */
const FIRST_ROOM = 16;

/** What a cache has room for when rows have reached T one by one, and had before it last grew: it doubles. */
function grown(first: number, T: number, blockSize: number): { room: number; before: number } {
  let before = 0;
  let room = first;
  while (room < T) [before, room] = [room, Math.min(blockSize, 2 * room)];
  return { room, before };
}

const isMatrixOfBlock = (name: string) => /^h\..*\.c_\w+\.weight$/.test(name);

/** Bytes of a weight. */
function bytesOf(name: string, shape: readonly number[], dtype: WeightDType): number {
  const stored = storedType(name, dtype);
  if (stored === "int8" || stored === "int4") return groupedBytes(name, shape, stored);
  return (stored === "bfloat16" ? 2 : 4) * sizeOf(shape);
}

/** Bytes of the tables of rotations, of which layers share those that are equal. */
function tableBytes({ rope, position, blockSize }: CompleteGptConfig): number {
  const used = rope.filter((_, layer) => position !== "learned" && position[layer] === "rope");
  const distinct = new Map(used.map((each) => [JSON.stringify(each), each]));
  return [...distinct.values()].reduce((bytes, { rotaryDim }) => bytes + 4 * blockSize * rotaryDim, 0);
}
