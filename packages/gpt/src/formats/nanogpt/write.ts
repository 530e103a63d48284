import type { Kinds } from "@llm/platform/options";
import { check } from "../../check.js";
import { completeConfig } from "../../complete-config.js";
import type { CompleteGptConfig } from "../../config.js";
import { ConfigError } from "../../errors.js";
import type { Gpt } from "../../gpt.js";
import { fileTensors } from "../../weight-files.js";
import { type FormatDestination, writeTo } from "../destination.js";
import { toBytes } from "../floats.js";
import { NAMES, type NanoGPTSetting } from "./names.js";
import { PickledTensor, pickle } from "./pickle.js";
import { encodeZip, type ZipContent } from "./zip-writer.js";

/** Options of {@link writeNanoGPT}. */
export interface NanoGPTWriteOptions {
  /** Steps of training so far. Default 0. */
  iterNum?: number;
  /** Default 1e9, as nanoGPT begins with. */
  bestValLoss?: number;
  /** The settings of the training run; nanoGPT's sample.py looks for `dataset`. Default: none. */
  config?: Readonly<Record<string, NanoGPTSetting>>;
  /** Stops it; an old file stays. */
  signal?: AbortSignal;
}

const OPTIONS: Kinds<NanoGPTWriteOptions> = {
  iterNum: "natural",
  bestValLoss: "number",
  config: "object",
  signal: "signal",
};

/**
 * Writes a `ckpt.pt` that nanoGPT samples from and that `torch.load` opens with `weights_only=True`, one tensor after the
 * other, in float32. It has no optimizer, so nanoGPT cannot go on training it with `init_from = "resume"`.
 * @throws {ConfigError} for a model that nanoGPT does not compute
 */
export async function writeNanoGPT(
  model: Gpt,
  file: FormatDestination,
  options: NanoGPTWriteOptions = {},
): Promise<void> {
  check("writeNanoGPT", options, OPTIONS);
  checkConfig(model.config);
  await writeTo(file, encodeZip(filesOf(model, options)), "writeNanoGPT");
}

/** Refuses what nanoGPT does not compute, naming it. */
function checkConfig(config: CompleteGptConfig): void {
  const { vocabSize, blockSize, nLayer, nHead, nEmbd, dropout } = config;
  const bias = config.bias.qkv;
  const sizes = { vocabSize, blockSize, nLayer, nHead, nEmbd };
  const computed: Record<string, unknown> = {
    ...completeConfig({ ...sizes, dropout, bias, activation: "gelu-erf" }),
  };
  for (const [key, value] of Object.entries(config)) {
    const [ours, theirs] = [JSON.stringify(value), JSON.stringify(computed[key])];
    if (key === "endOfText" || ours === theirs) continue;
    throw new ConfigError(
      `${key} is ${ours}, and nanoGPT computes ${theirs} only; save the model as a folder instead`,
    );
  }
}

function* filesOf(
  model: Gpt,
  { iterNum = 0, bestValLoss = 1e9, config = {}, signal }: NanoGPTWriteOptions,
): Generator<ZipContent> {
  const { vocabSize, blockSize, nLayer, nHead, nEmbd, dropout, bias } = model.config;
  const weights = new Map(model.parameters().map((weight) => [weight.name, weight]));
  const { specs, values } = fileTensors(model.config, NAMES, async (name) =>
    Float32Array.from((await weights.get(name)!.data()) as ArrayLike<number>),
  );
  const tensors = specs.map(
    ({ name, shape }, i) => [`transformer.${name}`, new PickledTensor(`${i}`, shape)] as const,
  );
  const root = {
    // The head is the table: the same storage.
    model: Object.fromEntries([...tensors, ["lm_head.weight", tensors[0]![1]]]),
    model_args: {
      n_layer: nLayer,
      n_head: nHead,
      n_embd: nEmbd,
      block_size: blockSize,
      bias: bias.qkv,
      vocab_size: vocabSize,
      dropout,
    },
    iter_num: iterNum,
    best_val_loss: bestValLoss,
    config,
  };
  const text = (name: string, content: string) => ({
    name: `ckpt/${name}`,
    bytes: () => new TextEncoder().encode(content),
  });
  yield { name: "ckpt/data.pkl", bytes: () => pickle(root) };
  yield text("byteorder", "little");
  for (const [i, { name }] of specs.entries()) {
    yield {
      name: `ckpt/data/${i}`,
      bytes: async () => {
        signal?.throwIfAborted();
        return toBytes("float32", (await values(name)) as Float32Array);
      },
    };
  }
  yield text("version", "3\n");
}
