// Where a tokenizer's texts may be cut: special tokens have their say too.
import { type Cuts, cutsOf } from "../borders.js";
import { expressions } from "../expressions.js";
import { patternOf, stepsIn } from "../hf-steps.js";
import type { Json } from "../json.js";
import type { Tokenizer } from "../tokenizer.js";

/** White space that a token with lstrip or rstrip is looked for behind, in UTF-16 units. */
const REACH = 1024;

/** Where all of a text still encodes to the same ids if it is cut; undefined: nowhere. */
export function cutsOfTokenizer(tokenizer: Tokenizer): Cuts | undefined {
  const cuts = cutsOf(tokenizer.pattern, tokenizer.normalizer);
  if (!cuts) return undefined;
  let rules: { local: boolean; risky: string[] } | undefined;
  return (text, at) => {
    if (!cuts(text, at)) return false;
    rules ??= rulesOf(tokenizer);
    return rules.local && rules.risky.every((token) => standsClear(token, text, at));
  };
}

function rulesOf(tokenizer: Tokenizer): { local: boolean; risky: string[] } {
  const { added_tokens, pre_tokenizer } = tokenizer.toHF({ expressions });
  return {
    local: stepsIn({ pre_tokenizer }, "pre_tokenizer").every(isLocal),
    // Cuts are beside white space, so that other tokens never lie across them.
    risky: added_tokens
      .filter(({ content, lstrip, rstrip }) => lstrip || rstrip || /\s/.test(content))
      .map(({ content }) => content),
  };
}

/** Whether a step looks no further than to the next white space, and puts nothing in front. */
function isLocal(step: Json): boolean {
  if (step["type"] === "ByteLevel") return step["add_prefix_space"] !== true;
  return step["type"] === "Split"
    ? patternOf(step) !== undefined
    : /^(?:Digits|Punctuation)$/.test(String(step["type"]));
}

/** Whether no such token lies across the place or, with the white space it takes along, reaches up to it. */
function standsClear(token: string, text: string, at: number): boolean {
  if (
    text
      .slice(Math.max(0, at - REACH), at)
      .trimEnd()
      .endsWith(token)
  )
    return false;
  // What the text does not show yet may still become the token.
  const after = text.slice(at, at + REACH).trimStart();
  if (token.startsWith(after.slice(0, token.length))) return false;
  for (let start = Math.max(0, at - token.length + 1); start < at; start++) {
    if (token.startsWith(text.slice(start, start + token.length))) return false;
  }
  return true;
}
