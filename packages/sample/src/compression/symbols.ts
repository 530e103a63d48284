// Any bytes as symbols: tokens of the text in them, and escapes for what is no text.

import { Rests } from "@llm/platform/rest";
import type { ByteTokenizer } from "./byte-tokenizer.js";

/** A file's symbols. */
export interface Symbols {
  /** Ids of tokens, and the escape where a stretch of bytes stands. */
  symbols: Uint32Array;
  /** The stretches, in order. */
  stretches: Uint8Array[];
}

/** Bytes that follow one escape, at most. */
export const LONGEST_STRETCH = 256;
/** Less text than this between bytes that are none is not worth an escape behind it. */
const SHORTEST_TEXT = 16;
/** Text is encoded in parts. */
const PART = 1 << 16;

/** @param escapeSymbol the symbol of a stretch; ids from it on are not used */
export async function symbolsOf(
  bytes: Uint8Array,
  tokenizer: ByteTokenizer,
  escapeSymbol: number,
  signal?: AbortSignal,
): Promise<Symbols> {
  const symbols: number[] = [];
  const stretches: Uint8Array[] = [];
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  const rests = new Rests();
  let raw = 0; // bytes that are no text stand from here
  let at = 0; // to here
  const addText = (part: Uint8Array): void => {
    const text = utf8.decode(part);
    const ids = tokenizer.encodeOrdinary?.(text) ?? tokenizer.encode(text);
    if (ids.every((id) => id < escapeSymbol) && areEqual(tokenizer.decodeBytes(ids), part)) {
      addStretches();
      for (const id of ids) symbols.push(id);
      raw = at + part.length;
      at = raw;
      return;
    }
    // A tokenizer may normalise, lack characters, or know tokens that the model does not: where that is shows in parts.
    const half = characterEnd(part, part.length >> 1);
    if (half === 0) at += part.length;
    else for (const each of [part.subarray(0, half), part.subarray(half)]) addText(each);
  };
  const addStretches = (): void => {
    for (; raw < at; raw += LONGEST_STRETCH) {
      symbols.push(escapeSymbol);
      stretches.push(bytes.subarray(raw, Math.min(at, raw + LONGEST_STRETCH)));
    }
    raw = at;
  };
  for (const { to, isText } of runs(bytes)) {
    while (isText && at < to) {
      await rests.take(signal);
      addText(bytes.subarray(at, at + PART < to ? characterEnd(bytes, at + PART) : to));
    }
    at = to;
  }
  addStretches();
  return { symbols: Uint32Array.from(symbols), stretches };
}

/** The bytes again. */
export function bytesOf(
  { symbols, stretches }: Symbols,
  tokenizer: ByteTokenizer,
  escapeSymbol: number,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let nextStretch = 0;
  for (let from = 0; from < symbols.length; ) {
    if (symbols[from] === escapeSymbol) {
      parts.push(stretches[nextStretch++]!);
      from++;
      continue;
    }
    const end = symbols.indexOf(escapeSymbol, from);
    const to = end < 0 ? symbols.length : end;
    parts.push(tokenizer.decodeBytes(symbols.subarray(from, to)));
    from = to;
  }
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Text and what is none, by turns. */
function* runs(bytes: Uint8Array): Generator<{ from: number; to: number; isText: boolean }> {
  const n = bytes.length;
  let raw = 0; // bytes from here on are not text
  for (let at = 0; at < n; ) {
    const end = textEnd(bytes, at);
    if (end - at >= SHORTEST_TEXT || end - at === n) {
      if (raw < at) yield { from: raw, to: at, isText: false };
      yield { from: at, to: end, isText: true };
      raw = end;
      at = end;
    } else at = Math.min(n, end + 1);
  }
  if (raw < n) yield { from: raw, to: n, isText: false };
}

/** Where well-formed UTF-8 ends that begins at `at`. */
function textEnd(bytes: Uint8Array, at: number): number {
  for (;;) {
    const length = characterLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
}

/** Bytes of the character at `at`, by the table of well-formed sequences (Unicode 16, table 3-7); 0 where there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === undefined) return 0;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if (!isContinuation(bytes[at + i])) return 0;
  return length;
}

/** The last place up to `end`, which is within text, where a character begins. */
function characterEnd(bytes: Uint8Array, end: number): number {
  let at = end;
  while (isContinuation(bytes[at])) at--;
  return at;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
