import { type Constraint, type LogitsModel, modelOf, type Tokenizer } from "@llm/sample";

const encoder = new TextEncoder();

/** A tokenizer of these tokens, after one for each byte; the last id is the end token. */
export function tokenizerOf(words: readonly (string | Uint8Array)[]): Tokenizer & { readonly end: number } {
  const tokens = [
    ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
    ...words.map((word) => (typeof word === "string" ? encoder.encode(word) : word)),
    encoder.encode("<|endoftext|>"),
  ];
  const end = tokens.length - 1;
  return {
    end,
    vocabSize: tokens.length,
    encode: (text) => Uint32Array.from(encoder.encode(text)),
    decode: (ids) => Buffer.concat(Array.from(ids, (id) => tokens[id]!)).toString(),
    decoder() {
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      return { write: (id) => decoder.decode(tokens[id]!, { stream: true }), end: () => decoder.decode() };
    },
    tokenBytes: (id) => tokens[id]!,
    specialTokens: new Map([["<|endoftext|>", end]]),
  };
}

export const bytes = tokenizerOf([]);

/** A model that finds all tokens equally probable. */
export function evenModel({ vocabSize, end }: { vocabSize: number; end?: number }): LogitsModel {
  const sizes = { vocabSize, blockSize: 2048, ...(end !== undefined && { endOfText: end }) };
  return modelOf(() => new Float32Array(vocabSize), sizes);
}

/** Whether a text keeps to a constraint, as a whole or as a beginning. */
export function accepts(constraint: Constraint, text: string | Uint8Array): "whole" | "beginning" | "no" {
  const row = constraint.begin(bytes);
  for (const byte of typeof text === "string" ? encoder.encode(text) : text) {
    try {
      row.take(byte);
    } catch {
      return "no";
    }
  }
  return row.mayEnd ? "whole" : "beginning";
}

export function isAllowed(mask: Uint32Array, id: number): boolean {
  return (((mask[id >> 5] ?? 0) >>> (id & 31)) & 1) === 1;
}

/** The ids of a mask. */
export function allowed(mask: Uint32Array): number[] {
  return Array.from({ length: mask.length * 32 }, (_, id) => id).filter((id) => isAllowed(mask, id));
}
