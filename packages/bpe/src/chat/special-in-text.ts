import { TemplateError } from "./errors.js";
import type { Text } from "./jinja/text.js";

/** A text in which some characters stand for others of the same length. */
export interface Hidden {
  text: string;
  /** Gives back what stood in any part of the text. */
  restore(part: string): string;
}

/**
 * Hides what looks like a special token but is not the template's: a token counts where its first and its last character are
 * the template's own. Of every other one character that came in with the chat is hidden behind a character that occurs
 * nowhere, so that a search finds the template's tokens and no others.
 */
export function hideForged(rendered: Text, tokens: Iterable<string>): Hidden {
  const source = rendered.text;
  const places = [...forgedPlaces(rendered, tokens)].sort((a, b) => a - b);
  if (places.length === 0) return { text: source, restore: (part) => part };
  const standIns = new StandIns(source, tokens);
  let text = "";
  let done = 0;
  for (const place of places) {
    const character = String.fromCodePoint(source.codePointAt(place)!);
    text += source.slice(done, place) + standIns.for(character);
    done = place + character.length;
  }
  text += source.slice(done);
  return { text, restore: (part) => standIns.restore(part) };
}

/** How many tokens a search finds in a text: leftmost first, the longest where several start. */
export function countTokens(text: string, tokens: Iterable<string>): number {
  let count = 0;
  const find = startingAt(tokens);
  for (let at = 0; at < text.length; ) {
    const longest = Math.max(0, ...find(text, at).map((token) => token.length));
    if (longest > 0) count++;
    at += longest || 1;
  }
  return count;
}

/** Where a character from outside has to be hidden, in UTF-16 units. */
function forgedPlaces(rendered: Text, tokens: Iterable<string>): Set<number> {
  const places = new Set<number>();
  if (rendered.outside.length === 0) return places;
  const source = rendered.text;
  const find = startingAt(tokens);
  for (let at = 0; at < source.length; at++) {
    for (const token of find(source, at)) {
      const end = at + token.length;
      const last = end > 1 && source.codePointAt(end - 2)! > 0xffff ? end - 2 : end - 1;
      if (rendered.isOutside(at)) places.add(at);
      else if (rendered.isOutside(last)) places.add(last);
    }
  }
  return places;
}

/** Gives the tokens that stand at a place of a text. */
function startingAt(tokens: Iterable<string>): (text: string, at: number) => readonly string[] {
  const byFirstUnits = new Map<string, string[]>();
  const firstUnits = new Set<number>();
  for (const token of tokens) {
    const first = token.slice(0, 2);
    byFirstUnits.set(first, [...(byFirstUnits.get(first) ?? []), token]);
    firstUnits.add(token.charCodeAt(0));
  }
  return (text, at) => {
    if (!firstUnits.has(text.charCodeAt(at))) return [];
    const candidates = [text.slice(at, at + 2), text[at]!].flatMap((first) => byFirstUnits.get(first) ?? []);
    return candidates.filter((token) => text.startsWith(token, at));
  };
}

/** Ranges of characters that no normaliser changes and nobody takes for a blank: of one UTF-16 unit, and of two. */
const NARROW = [
  [0xe000, 0xf8ff],
  [0xa000, 0xa48c],
  [0x4e00, 0x9fff],
] as const;
const WIDE = [[0xf0000, 0x10fffd]] as const;

/** Characters that stand for others of the same length. */
class StandIns {
  readonly #standIns = new Map<string, string>();
  readonly #originals = new Map<string, string>();
  readonly #free: Readonly<Record<1 | 2, Generator<string>>>;

  constructor(source: string, tokens: Iterable<string>) {
    const used = new Set(source);
    for (const token of tokens) for (const character of token) used.add(character);
    this.#free = { 1: unused(used, NARROW), 2: unused(used, WIDE) };
  }

  for(character: string): string {
    const known = this.#standIns.get(character);
    if (known !== undefined) return known;
    const { value, done } = this.#free[character.length === 1 ? 1 : 2].next();
    if (done)
      throw new TemplateError("The chat has too many different characters to keep its contents apart.");
    this.#standIns.set(character, value);
    this.#originals.set(value, character);
    return value;
  }

  restore(part: string): string {
    const pattern = new RegExp(`[${[...this.#originals.keys()].join("")}]`, "gu");
    return part.replace(pattern, (standIn) => this.#originals.get(standIn)!);
  }
}

function* unused(used: ReadonlySet<string>, ranges: Iterable<readonly [number, number]>): Generator<string> {
  for (const [from, to] of ranges) {
    for (let code = from; code <= to; code++) {
      const character = String.fromCodePoint(code);
      if (!used.has(character)) yield character;
    }
  }
}
