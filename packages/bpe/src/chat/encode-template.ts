import type { Tokenizer } from "../tokenizer.js";
import { TemplateError } from "./errors.js";
import type { Span } from "./jinja/output.js";
import type { Text } from "./jinja/text.js";
import { countTokens, hideForged } from "./special-in-text.js";

/**
 * A rendered text as ids: special tokens that the template wrote become their ids, what is between them is encoded in one
 * piece. The mask is 1 on every token that has a character within a span.
 *
 * @throws TemplateError where contents make a special token once they are normalised.
 */
export function encodeTemplate(
  tokenizer: Tokenizer,
  rendered: Text,
  spans: readonly Span[],
): { ids: Uint32Array; mask: Uint8Array } {
  const specialTokens = tokenizer.specialTokens;
  const special = new Set(specialTokens.values());
  const hidden = hideForged(rendered, [...specialTokens.keys()]);
  const { text } = hidden;
  const whole = tokenizer.encodeWithOffsets(text, { allowedSpecial: "all" });
  if (tokenizer.normalizer !== null && whole.text !== text) {
    const found = whole.ids.reduce((count, id) => count + (special.has(id) ? 1 : 0), 0);
    if (found > countTokens(text, [...specialTokens.keys()])) throw normalisedToToken();
  }
  const learned = learnedUnits(tokenizer, text, spans, whole.text);
  const ids: number[] = [];
  const mask: number[] = [];
  const push = (id: number, start: number, end: number) => {
    ids.push(id);
    // Only the last token of a character that takes several has a length.
    let at = start;
    while (at + 1 < end && learned[at] === 0) at++;
    mask.push(learned[at] === 1 ? 1 : 0);
  };

  for (let i = 0, next = 0; i < whole.ids.length; i = next) {
    next = i + 1;
    const start = whole.utf16[i]!;
    if (!special.has(whole.ids[i]!)) {
      while (next < whole.ids.length && !special.has(whole.ids[next]!)) next++;
      const plain = whole.text.slice(start, whole.utf16[next]);
      const restored = hidden.restore(plain);
      if (restored !== plain) {
        const { ids: again, utf16 } = tokenizer.encodeWithOffsets(restored, { disallowedSpecial: [] });
        again.forEach((id, k) => {
          push(id, start + utf16[k]!, start + utf16[k + 1]!);
        });
        continue;
      }
    }
    for (let k = i; k < next; k++) push(whole.ids[k]!, whole.utf16[k]!, whole.utf16[k + 1]!);
  }
  return { ids: Uint32Array.from(ids), mask: Uint8Array.from(mask) };
}

/** 1 for every UTF-16 unit of the normalised text that is within a span of the text. */
function learnedUnits(
  tokenizer: Tokenizer,
  text: string,
  spans: readonly Span[],
  normalized: string,
): Uint8Array {
  const units = new Uint8Array(normalized.length);
  const lengthOf = (part: string) =>
    normalized === text
      ? part.length
      : tokenizer.encodeWithOffsets(part, { allowedSpecial: "all" }).text.length;
  let done = 0;
  let at = 0;
  for (const { start, end } of spans) {
    at += lengthOf(text.slice(done, start));
    const to = at + lengthOf(text.slice(start, end));
    units.fill(1, at, to);
    at = to;
    done = end;
  }
  return units;
}

function normalisedToToken(): TemplateError {
  return new TemplateError(
    "Contents of this chat make a special token once they are normalised. " +
      "Take what looks like the beginning of a special token out of the messages.",
  );
}
