import type { Tokenizer as Theirs } from "tokenizers";
import { Tokenizer, train } from "../src/index.js";

const bytes = (await train("a", { vocabSize: 257, pattern: "cl100k" })).toHF();
const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };

/** A tokenizer of single bytes that cuts by an expression, as a file. */
export function fileOf(Regex: string): string {
  const split = { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false };
  return JSON.stringify({ ...bytes, pre_tokenizer: { type: "Sequence", pretokenizers: [split, byteLevel] } });
}

/** A tokenizer of single bytes that cuts by an expression of the user's. */
export function tokenizerOf(pattern: RegExp): Tokenizer {
  return Tokenizer.fromTiktoken(
    Array.from({ length: 256 }, (_, byte) => [Uint8Array.of(byte), byte] as const),
    { pattern, specialTokens: {} },
  );
}

/** The pieces of a text as the binding cuts it: every byte of it is a token, which knows its piece. */
export async function piecesOf(theirs: Theirs, text: string): Promise<string[]> {
  const encoding = await theirs.encode(text, null, { addSpecialTokens: false });
  const utf8 = new TextEncoder().encode(text);
  const pieces: string[] = [];
  const words = encoding.getWordIds();
  if (words.length !== utf8.length) throw new Error(`${words.length} tokens of ${utf8.length} bytes`);
  for (let from = 0; from < words.length; ) {
    let to = from + 1;
    while (to < words.length && words[to] === words[from]) to++;
    pieces.push(new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8.subarray(from, to)));
    from = to;
  }
  return pieces;
}
