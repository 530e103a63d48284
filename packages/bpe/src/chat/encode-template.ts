import type { Tokenizer } from "../tokenizer.js";
import type { Span } from "./generation.js";
import { anyOf } from "./shield.js";

/**
 * A rendered text as ids: special tokens in it become their ids, what is between them is encoded in one piece. The mask is
 * 1 on every token that has a byte within a span.
 *
 * @param restore gives back what `text` hides; nothing hidden becomes a special token.
 */
export function encodeTemplate(
  tokenizer: Tokenizer,
  text: string,
  spans: readonly Span[],
  restore: (text: string) => string,
): { ids: Uint32Array; mask: Uint8Array } {
  const special = tokenizer.specialTokens;
  const ids: number[] = [];
  const mask: number[] = [];
  const push = (id: number, learn: boolean) => {
    ids.push(id);
    mask.push(learn ? 1 : 0);
  };

  const addPlain = (from: number, to: number) => {
    const within = spans.filter(({ start, end }) => start < to && end > from);
    if (within.length === 0) {
      for (const id of tokenizer.encodeOrdinary(restore(text.slice(from, to)))) push(id, false);
      return;
    }
    const encoded = tokenizer.encodeWithOffsets(restore(text.slice(from, to)), { disallowedSpecial: [] });
    const last = encoded.bytes.at(-1)!;
    // Bytes up to a place, counted by the tokenizer itself because it may normalise the text.
    const bytesTo = (at: number) => {
      if (at <= from) return 0;
      if (at >= to) return last;
      const before = restore(text.slice(from, at));
      return tokenizer.encodeWithOffsets(before, { disallowedSpecial: [] }).bytes.at(-1)!;
    };
    const borders = within.map(({ start, end }) => ({ start: bytesTo(start), end: bytesTo(end) }));
    encoded.ids.forEach((id, i) => {
      const [start, end] = [encoded.bytes[i]!, encoded.bytes[i + 1]!];
      push(
        id,
        borders.some((span) => span.start < end && span.end > start),
      );
    });
  };

  let at = 0;
  for (const { 0: token, index } of text.matchAll(new RegExp(anyOf(special.keys()), "g"))) {
    if (index > at) addPlain(at, index);
    const end = index + token.length;
    push(
      special.get(token)!,
      spans.some((span) => span.start < end && span.end > index),
    );
    at = end;
  }
  if (at < text.length) addPlain(at, text.length);
  return { ids: Uint32Array.from(ids), mask: Uint8Array.from(mask) };
}
