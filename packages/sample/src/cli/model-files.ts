import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "@llm/platform/command";
import type { ModelOptions } from "./model-options.js";

/** The packages that read models, which only commands need. */
export async function packages() {
  try {
    const [gpt, formats, bpe, template, files, tensor] = await Promise.all([
      import("@llm/gpt"),
      import("@llm/gpt/formats"),
      import("@llm/bpe"),
      import("@llm/bpe/template"),
      import("@llm/bpe/node"),
      import("@llm/tensor"),
    ]);
    return { gpt, formats, bpe, template, files, tensor };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes("@llm/")) throw cause;
    throw new UsageError("reading a model needs other packages: npm install @llm/gpt @llm/bpe @llm/tensor", {
      cause,
    });
  }
}

type Packages = Awaited<ReturnType<typeof packages>>;

/** Reads a model's folder or file: the model, its tokenizer, how it chats, and ids that end a text. */
export async function readModelFiles(path: string, options: ModelOptions, packages: Packages) {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Error(`there is no ${path}: name a model's folder, or a GGUF file`, { cause });
  });
  return found.isFile() ? readGGUFFile(path, options, packages) : readFolder(path, options, packages);
}

async function readFolder(
  folder: string,
  { dtype = "float32", tokenizer: given }: ModelOptions,
  { gpt, files }: Packages,
) {
  const tokenizer = await files.load(given ?? folder).catch((cause: unknown) => {
    if (given !== undefined) throw cause;
    throw new Error(
      `${folder} has no tokenizer that can be read (${(cause as Error).message}): put its tokenizer.json there, or name it with --tokenizer`,
      { cause },
    );
  });
  const model = await gpt.Gpt.load(folder, { dtype });
  const config = await readJson(join(folder, "tokenizer_config.json"));
  const source = await readText(join(folder, "chat_template.jinja"));
  const generation = await readJson(join(folder, "generation_config.json"));
  return {
    model,
    tokenizer,
    config: source === undefined ? config : { ...config, chat_template: source },
    ends: [generation?.["eos_token_id"]].flat(),
  };
}

async function readGGUFFile(
  path: string,
  { dtype = "float32", tokenizer: given }: ModelOptions,
  { gpt, formats, bpe, files }: Packages,
) {
  const { model: whole, tokenizer: stored } = await formats.readGGUF(path);
  if (!stored && given === undefined) {
    throw new UsageError(`${path} has no tokenizer in it: name one with --tokenizer`);
  }
  const tokenizer =
    given === undefined
      ? await bpe.Tokenizer.openHF(formats.tokenizerJson(stored!))
      : await files.load(given);
  const textOf = (id: number | undefined) => (id === undefined ? undefined : stored?.tokens[id]);
  const config = stored?.chatTemplate !== undefined && {
    chat_template: stored.chatTemplate,
    bos_token: textOf(stored.bosId),
    eos_token: textOf(stored.eosId),
  };
  let model = whole;
  if (dtype !== "float32") {
    model = await gpt.Gpt.fromFiles(await whole.toFiles(), { dtype });
    whole.dispose();
  }
  return { model, tokenizer, config: config || undefined, ends: [stored?.eosId] };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function readJson(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readText(path);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
