// Where text can be cut so that its parts have the pieces of the whole.
import { classTable, MARK, NEWLINE, NUMBER, SPACE, UNCASED, UPPER } from "./classes.js";
import { type Normalizer, normalize, stepsOf } from "./normalizer.js";
import type { Pattern } from "./patterns.js";

/** Says whether a text may be cut at a place. */
export type Cuts = (text: string, at: number) => boolean;

/**
 * A place to cut at or before `from + length` where every known pattern ends a piece whatever stands around it; behind it,
 * where there is none, up to the end of the text.
 */
export function borderNear(classes: Uint8Array, text: string, from: number, length: number): number {
  let low = from;
  for (let high = from + length; high < text.length; high += high - from) {
    for (let at = high; at > low; at--) {
      if (isBorder(classes, text, at)) return at;
    }
    low = high;
  }
  return text.length;
}

/**
 * Whether all known patterns end a piece at `at`: behind a letter, a number or a single line break, where what follows can be
 * no part of the same piece.
 */
function isBorder(classes: Uint8Array, text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code >= 0xd800 && code <= 0xdfff) return false;
  const before = classes[text.charCodeAt(at - 1)]!;
  const after = classes[code]!;
  if (before >= UPPER && before <= UNCASED) return (after < UPPER || after > MARK) && code !== 0x27;
  if (before === NUMBER) return after !== NUMBER;
  // Of several white characters, GPT-2's pattern keeps the last one apart where more text follows.
  return before === NEWLINE && after < SPACE && code !== 0x2f && classes[text.charCodeAt(at - 2)]! < SPACE;
}

/**
 * Where a text that is still to be normalised may be cut: at a border beside white space that normalising leaves as it is.
 * Of an expression of the user's nobody knows: undefined, nowhere.
 */
export function cutsOf(pattern: Pattern, normalizer: Normalizer | null): Cuts | undefined {
  if (pattern instanceof RegExp) return undefined;
  const classes = classTable();
  const steps = stepsOf(normalizer);
  const isForm = (step: (typeof steps)[number]) => typeof step === "string";
  const lowercases = steps.some((step) => !isForm(step) && step.type === "Lowercase");
  // What is replaced may lie across any place, and what is put in front or taken off is so once.
  if (steps.some((step) => !isForm(step) && step.type !== "Lowercase")) return undefined;
  const forms = steps.filter(isForm);
  const stays = (text: string) => forms.every((form) => normalize(text, form) === text);
  const isWhite = (text: string, at: number) => classes[text.charCodeAt(at)]! >= SPACE;
  return (text, at) => {
    if (!isWhite(text, at) && !isWhite(text, at - 1)) return false;
    // A letter that is taken apart may end in a mark, which goes with what follows.
    const around = text.slice(Math.max(0, at - 2), at + 1);
    return (
      isBorder(classes, text, at) &&
      stays(around) &&
      (!lowercases || stays(normalize(around, { type: "Lowercase" })))
    );
  };
}
