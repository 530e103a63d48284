import type { Tokenizer } from "@llm/bpe";

/** Tokens of a model that has no tokenizer, one character each while they last. */
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** Every token as it is shown: parts of characters as bytes, such as `\xE2`. */
export function tokenTexts(vocabSize: number, tokenizer: Tokenizer | undefined, letters = LETTERS): string[] {
  return Array.from({ length: vocabSize }, (_, id) => {
    if (!tokenizer) return letters[id] ?? `#${id}`;
    return id < tokenizer.vocabSize ? bytesAsText(tokenizer.tokenBytes(id)) : `#${id}`;
  });
}

/** Bytes as text where they are whole characters, else each as `\xE2`. */
export function bytesAsText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : hex(byte))).join("");
  }
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).toUpperCase()}`;
}
