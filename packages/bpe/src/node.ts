import { open, readFile, rename, rm } from "node:fs/promises";
import { TokenizerFormatError } from "./errors.js";
import { Tokenizer } from "./tokenizer.js";

/**
 * Writes a Hugging Face tokenizer.json. It is written aside, flushed to the disk and renamed: a file that was there stays
 * whole until the new one is.
 */
export async function save(tokenizer: Tokenizer, path: string): Promise<void> {
  const aside = `${path}.tmp`;
  try {
    const file = await open(aside, "w");
    try {
      await file.writeFile(`${JSON.stringify(tokenizer.toHF(), null, 1)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** Reads a Hugging Face tokenizer.json. @throws TokenizerFormatError, VocabularyError, or the file system's error */
export async function load(path: string): Promise<Tokenizer> {
  const text = await readFile(path, "utf8");
  try {
    return Tokenizer.fromHF(text);
  } catch (error) {
    if (!(error instanceof TokenizerFormatError)) throw error;
    throw new TokenizerFormatError(`${path}: ${error.message}`);
  }
}
