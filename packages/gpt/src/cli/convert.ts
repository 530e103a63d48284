import { readdir, readFile, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import {
  Command,
  InvalidArgumentError,
  type Io,
  nonEmpty,
  Option,
  UsageError,
  write,
} from "@llm/platform/command";
import { checkWritable } from "@llm/platform/durable";
import { formatBytes, ProgressLine } from "@llm/platform/terminal";
import { useEngine } from "@llm/tensor";
import { writeModelFiles } from "#files";
import { ConfigError } from "../errors.js";
import type { Family } from "../families/family.js";
import { writeConfig } from "../families/index.js";
import { own } from "../families/own.js";
import { type GGUFWeights, writeGGUF, writeLLMC, writeNanoGPT } from "../formats/index.js";
import type { Gpt } from "../gpt.js";
import { filesOf, type StoredDType } from "../saved-model.js";
import { largestWeight, weightBytes } from "./memory.js";
import { folderOf, openStored, type StoredModel } from "./stored-model.js";

const FORMATS = ["hf", "llm", "gguf", "nanogpt", "llmc"] as const;
type Format = (typeof FORMATS)[number];

const DTYPES = ["float32", "bfloat16", "float16"] as const;
const QUANTIZED = ["f32", "f16", "q8_0", "q4_0"] as const;

/** Bytes of a number in each type. */
const BYTES: Record<StoredDType | GGUFWeights, number> = {
  float32: 4,
  bfloat16: 2,
  float16: 2,
  f32: 4,
  f16: 2,
  q8_0: 34 / 32,
  q4_0: 18 / 32,
};

/** What goes with a model from folder to folder. */
const BESIDE =
  /^(tokenizer\.json|tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json|vocab\.json|merges\.txt|tokenizer\.model|chat_template\.jinja|generation_config\.json)$/;

/** What is to be written, and how. */
interface Target {
  readonly path: string;
  readonly format: Format;
  readonly type: StoredDType | GGUFWeights;
  readonly maxShardBytes?: number;
}

/** `gpt convert`: a model in another form, type, or number of files. */
export const convertCommand = (io: Io) =>
  new Command("convert")
    .summary("a model in another form, type, or number of files")
    .argument("<from>", "a folder or a file, as for describe", nonEmpty)
    .argument("<to>", "a folder, name.gguf, name.pt for nanoGPT, or name.bin for llm.c", nonEmpty)
    .addOption(
      new Option(
        "--format <name>",
        "default: by the name (hf: as transformers opens it; llm: under names of our own)",
      ).choices(FORMATS),
    )
    .addOption(new Option("--dtype <type>", "what numbers are rounded to; default: float32").choices(DTYPES))
    .addOption(
      new Option("--quantize <type>", "how a GGUF file holds matrices; default: f16").choices(QUANTIZED),
    )
    .option("--max-shard-size <size>", "of one file in a folder, such as 2GB; default: 5GB", bytesOf)
    .addOption(
      new Option(
        "--activation <name>",
        "what a checkpoint of nanoGPT was trained with; default: gelu-erf",
      ).choices(["gelu-erf", "gelu"] as const),
    )
    .option("--no-tokenizer", "without the tokenizer; a GGUF file then names tokens by their ids")
    .option("--force", "write over what is there")
    .option("--json", "what was written, on stdout as JSON")
    .addHelpText("after", "\nExample:\n  gpt convert SmolLM2-135M smollm2.gguf --quantize q8_0")
    .action(async (from, to, options) => {
      const { force = false, json, activation, maxShardSize, tokenizer: hasTokenizer, ...types } = options;
      const format = options.format ?? formatOf(to);
      const target: Target = {
        path: to,
        format,
        type: typeOf(format, types),
        ...(maxShardSize !== undefined && { maxShardBytes: maxShardSize }),
      };
      if (maxShardSize !== undefined && isFile(format))
        throw new UsageError("--max-shard-size is for folders.");
      await checkTarget(target, force);
      const stored = await openStored(from, activation && { activation });
      if (activation && stored.format !== "nanogpt") {
        throw new UsageError("--activation is for checkpoints of nanoGPT, which do not say it.");
      }
      const weights = weightBytes(stored.config);
      const memory = weights + 2 * largestWeight(stored.config);
      const size = (weights / 4) * BYTES[target.type];
      await write(
        io.stderr,
        `${from}: needs about ${formatBytes(memory)} of memory, writes about ${formatBytes(size)} to ${to}\n`,
      );
      const [progress, writing] = [new ProgressLine(io), new ProgressLine(io)];
      try {
        progress.show(() => `reading ${from}`);
        await useEngine("reference");
        const { model, tokenizer } = await stored.load(io.signal);
        io.signal.throwIfAborted();
        const beside = hasTokenizer ? await filesBeside(from, stored, tokenizer) : {};
        progress.clear();
        await writeTarget(target, stored.family, model, beside, io.signal, writing);
        model.dispose();
      } finally {
        progress.clear();
        writing.clear();
      }
      if (json) await write(io.stdout, `${JSON.stringify({ path: to, format, type: target.type })}\n`);
    });

const isFile = (format: Format) => format !== "hf" && format !== "llm";

const ENDINGS = new Map<string, Format>([
  [".gguf", "gguf"],
  [".pt", "nanogpt"],
  [".bin", "llmc"],
]);

function formatOf(path: string): Format {
  return ENDINGS.get(extname(path)) ?? "hf";
}

function typeOf(format: Format, { dtype, quantize }: { dtype?: StoredDType; quantize?: GGUFWeights }) {
  if (format === "gguf") {
    if (dtype === undefined) return quantize ?? "f16";
    throw new UsageError(
      `--dtype is for folders and llm.c; a GGUF file takes --quantize: ${QUANTIZED.join(", ")}.`,
    );
  }
  if (quantize !== undefined)
    throw new UsageError("--quantize is for GGUF files; --dtype is for the others.");
  if (format === "llmc" && dtype === "float16") throw new UsageError("llm.c has float32 and bfloat16.");
  if (format === "nanogpt" && dtype !== undefined && dtype !== "float32") {
    throw new UsageError("Checkpoints of nanoGPT are written in float32.");
  }
  return dtype ?? "float32";
}

/** Throws now what would go wrong after the model was read. */
async function checkTarget({ path, format }: Target, force: boolean): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found && isFile(format) === found.isDirectory()) {
    throw new UsageError(
      `${path} is a ${found.isDirectory() ? "folder; name a file" : "file; name a folder"}.`,
    );
  }
  const isTaken = found !== null && !(found.isDirectory() && (await readdir(path)).length === 0);
  if (isTaken && !force) throw new UsageError(`${path} is there already. Name another, or say --force.`);
  await checkWritable(isFile(format) ? path : join(path, "config.json"), { makesFolders: !isFile(format) });
}

async function writeTarget(
  { path, format, type, maxShardBytes }: Target,
  given: Family | undefined,
  model: Gpt,
  beside: Readonly<Record<string, Uint8Array>>,
  signal: AbortSignal,
  progress: ProgressLine,
): Promise<void> {
  progress.show(() => `writing ${path}`);
  if (format === "gguf") {
    const [tokenizer, template] = [textOf(beside["tokenizer.json"]), chatTemplate(beside)];
    return writeGGUF(model, path, {
      type: type as GGUFWeights,
      ...(tokenizer !== undefined && { tokenizer }),
      ...(template !== undefined && { chatTemplate: template }),
      signal,
    });
  }
  if (format === "nanogpt") return writeNanoGPT(model, path, { signal });
  if (format === "llmc") return writeLLMC(model, path, { dtype: type as "float32" | "bfloat16", signal });
  const family = format === "llm" ? own : given === own ? undefined : given;
  if (format === "hf" && writeConfig(model.config, family).family === own) {
    throw new ConfigError("no published family describes this model; say --format llm");
  }
  const weights = new Map(model.parameters().map((weight) => [weight.name, weight]));
  const files = filesOf(model.config, family, (name) => weights.get(name)!, {
    dtype: type as StoredDType,
    ...(maxShardBytes !== undefined && { maxShardBytes }),
    signal,
    onProgress: ({ bytes, totalBytes }) =>
      progress.show(() => `writing ${path}: ${formatBytes(bytes)} of ${formatBytes(totalBytes)}`),
  });
  const others = Object.entries(beside).map(([name, bytes]) => [name, [bytes]] as const);
  await writeModelFiles(path, { ...Object.fromEntries(others), ...files });
}

/** The tokenizer's files, and what else goes with a model from folder to folder. */
async function filesBeside(
  from: string,
  { format }: StoredModel,
  tokenizer: string | undefined,
): Promise<Record<string, Uint8Array>> {
  if (tokenizer !== undefined) return { "tokenizer.json": new TextEncoder().encode(tokenizer) };
  if (format !== "folder") return {};
  const folder = folderOf(from);
  const names = (await readdir(folder)).filter((name) => BESIDE.test(name));
  const files = names.map(async (name) => [name, await readFile(join(folder, name))] as const);
  return Object.fromEntries(await Promise.all(files));
}

function chatTemplate(files: Readonly<Record<string, Uint8Array>>): string | undefined {
  const alone = textOf(files["chat_template.jinja"]);
  if (alone !== undefined) return alone;
  const config = textOf(files["tokenizer_config.json"]);
  const template: unknown = config === undefined ? undefined : JSON.parse(config).chat_template;
  return typeof template === "string" ? template : undefined;
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}

/** 2GB, 500MB or 1.5GiB in bytes. */
function bytesOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([kKMGT]?i?)B$/.exec(text) ?? [];
  const power = ["", "k", "m", "g", "t"].indexOf((unit ?? "").charAt(0).toLowerCase());
  const bytes = Math.floor(Number(count) * (unit?.endsWith("i") ? 1024 : 1000) ** power);
  if (bytes >= 1) return bytes;
  throw new InvalidArgumentError("It must be a size such as 2GB, 500MB or 1GiB.");
}
