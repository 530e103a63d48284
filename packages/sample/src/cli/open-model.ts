import { basename, join, resolve } from "node:path";
import { Option, UsageError, wholeNumber } from "@llm/platform/command";
import type { ByteTokenizer } from "../compression/byte-tokenizer.js";
import type { LogitsModel } from "../types.js";

/** What the options of {@link modelOptions} say. */
export interface ModelOptions {
  threads?: number | undefined;
  engine?: string | undefined;
  dtype?: string | undefined;
  tokenizer?: string | undefined;
}

/** A model, its tokenizer, and what they run on. */
export interface Opened {
  model: LogitsModel;
  tokenizer: ByteTokenizer;
  /** The folder's name. */
  name: string;
  /** The engine and the path of the CPU, in words. */
  engine: string;
}

export const threadsOption = new Option("-t, --threads <n>", "threads to compute with").argParser(
  wholeNumber(1, 256),
);
export const engineOption = new Option("--engine <name>", "what computes")
  .choices(["auto", "native", "wasm", "reference"] as const)
  .default("auto" as const);
export const dtypeOption = new Option("--dtype <type>", "what the weights are kept in")
  .choices(["float32", "bfloat16", "int8"] as const)
  .default("float32" as const);
export const tokenizerOption = new Option(
  "--tokenizer <path>",
  "tokenizer.json or another form; default: the one in the folder",
);

/** Reads a model folder with the packages that know how, which a user of the library may not have. */
export async function openModel(folder: string, options: ModelOptions): Promise<Opened> {
  const [tensor, gpt, bpe] = await peers();
  const { threads, engine = "auto", dtype = "float32", tokenizer: path = folder } = options;
  await tensor.useEngine(engine as "auto", threads === undefined ? {} : { threads });
  const model = await gpt.Gpt.load(folder, { dtype: dtype as "float32" });
  const file = path === folder ? join(folder, "tokenizer.json") : path;
  const tokenizer = await bpe.load(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return bpe.load(path); // a folder of vocab.json and merges.txt
  });
  const { name, device } = tensor.engine();
  return { model, tokenizer, name: basename(resolve(folder)), engine: `${name}, ${device}` };
}

const PEERS = ["@llm/tensor", "@llm/gpt", "@llm/bpe"];

async function peers() {
  try {
    return await Promise.all([import("@llm/tensor"), import("@llm/gpt"), import("@llm/bpe/node")]);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
    if (!isMissing || !PEERS.some((name) => String(error).includes(name))) throw error;
    throw new UsageError(`a model folder is read by ${PEERS.join(", ")}: npm install ${PEERS.join(" ")}`, {
      cause: error,
    });
  }
}
