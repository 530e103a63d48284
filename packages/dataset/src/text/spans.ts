// Cutting a text at its whitespace, and a span between at its affixes: what both passes of the tokenizer do.
import { infixes, prefixLength, suffixLength } from "./affixes.js";
import { isSpace } from "./python.js";
import { isUrl } from "./url.js";

/** A text cut into tokens: what they are and at which UTF-16 unit each starts. Runs of whitespace are tokens too, but for single spaces after a token. */
export interface Tokens {
  texts: string[];
  starts: number[];
}

/** Cuts at whitespace, and the spans between with `cut`. */
export function cutSpans(text: string, cut: (span: string) => readonly string[]): Tokens {
  const tokens: Tokens = { texts: [], starts: [] };
  const push = (start: number, end: number) => {
    let at = start;
    for (const token of cut(text.slice(start, end))) {
      tokens.texts.push(token);
      tokens.starts.push(at);
      at += token.length;
    }
  };
  let start = 0;
  let inSpace = isSpace(text.charCodeAt(0));
  for (let i = 0; i < text.length; i++) {
    if (isSpace(text.charCodeAt(i)) === inSpace) continue;
    if (start < i) push(start, i);
    start = text[i] === " " ? i + 1 : i; // one space after a token belongs to it
    inSpace = !inSpace;
  }
  if (start < text.length) push(start, text.length);
  return tokens;
}

/** Takes prefixes and suffixes off until none is left or what remains is exceptional, then cuts that at its infixes. */
export function cutAffixes(span: string, special: ReadonlyMap<string, readonly string[]>): string[] {
  const prefixes: string[] = [];
  const suffixes: string[] = [];
  let rest = span;
  let size = -1;
  while (rest && rest.length !== size && !special.has(rest)) {
    size = rest.length;
    const prefix = prefixLength(rest);
    const withoutPrefix = rest.slice(prefix);
    if (prefix > 0 && special.has(withoutPrefix)) {
      prefixes.push(rest.slice(0, prefix));
      rest = withoutPrefix;
      break;
    }
    const suffix = suffixLength(withoutPrefix);
    const end = rest.length - suffix;
    if (suffix > 0 && special.has(rest.slice(0, end))) {
      suffixes.push(rest.slice(end));
      rest = rest.slice(0, end);
      break;
    }
    if (prefix > 0) prefixes.push(rest.slice(0, prefix));
    if (suffix > 0) suffixes.push(rest.slice(end));
    rest = rest.slice(prefix, end);
  }
  if (rest) prefixes.push(...(special.get(rest) ?? (isUrl(rest) ? [rest] : cutInfixes(rest))));
  return prefixes.concat(suffixes.reverse());
}

function cutInfixes(text: string): string[] {
  const cuts = infixes(text);
  const tokens: string[] = [];
  let start = 0;
  for (let i = 0; i < cuts.length; i += 2) {
    const [from, to] = [cuts[i]!, cuts[i + 1]!];
    if (from === 0) continue;
    if (from > start) tokens.push(text.slice(start, from));
    tokens.push(text.slice(from, to));
    start = to;
  }
  if (start < text.length) tokens.push(text.slice(start));
  return tokens;
}
