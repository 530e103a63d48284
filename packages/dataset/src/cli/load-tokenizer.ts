import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ShardTokenizer } from "../shards/encode.js";

/** A tokenizer is to be loaded, and the package that can is not there. */
class TokenizerMissingError extends Error {
  override readonly name = "TokenizerMissingError";
}

interface TokenizerPackage {
  load(path: string): Promise<ShardTokenizer>;
}

/** A name the compiler does not look up: this package works without it. */
const PACKAGE: string = "@llm/bpe/node";

/** Loads a tokenizer with `@llm/bpe`, as installed beside this package or in the project at hand. @throws TokenizerMissingError */
export async function loadTokenizer(path: string): Promise<ShardTokenizer> {
  const { load } = await bpe();
  return load(path);
}

async function bpe(): Promise<TokenizerPackage> {
  try {
    return await import(/* @vite-ignore */ PACKAGE);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    const resolved = createRequire(join(process.cwd(), "package.json")).resolve(PACKAGE);
    return await import(/* @vite-ignore */ pathToFileURL(resolved).href);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new TokenizerMissingError(
      "Tokenizers are read by @llm/bpe, which is not installed: npm install @llm/bpe",
      {
        cause,
      },
    );
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
}
