import { exceptions } from "./exceptions.js";
import { joinPhrases } from "./phrases.js";
import { cutAffixes, cutSpans, type Tokens } from "./spans.js";

const CACHE_SIZE = 1 << 16;
const cache = new Map<string, readonly string[]>();

/** Cuts a text as spaCy's blank English pipeline (3.8) does. */
export function tokenize(text: string): Tokens {
  return joinPhrases(text, cutSpans(text, cutCached));
}

function cutCached(span: string): readonly string[] {
  const known = cache.get(span);
  if (known) return known;
  const tokens = exceptions().get(span) ?? cutAffixes(span, exceptions());
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(span, tokens);
  return tokens;
}
