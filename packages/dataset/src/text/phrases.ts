import { infixes, prefixLength, suffixLength } from "./affixes.js";
import { exceptions } from "./exceptions.js";
import { cutAffixes, cutSpans, type Tokens } from "./spans.js";

/** Sequences of tokens, as a tree. */
interface Node {
  next: Map<string, Node>;
  /** Whether an exception ends here. */
  ends: boolean;
}

let root: Node | undefined;

/**
 * The last pass of spaCy's tokenizer: an exception that the affix rules cut apart (":)" or "a.m.") is put together again
 * wherever its tokens follow each other. Of overlapping finds the longest counts, then the first.
 */
export function joinPhrases(text: string, tokens: Tokens): Tokens {
  root ??= build();
  const finds = find(tokens, root);
  if (finds.length === 0) return tokens;
  const { texts, starts } = tokens;
  const joined: Tokens = { texts: [], starts: [] };
  let i = 0;
  for (const [from, to] of choose(finds)) {
    const found = text.slice(starts[from]!, starts[to - 1]! + texts[to - 1]!.length);
    const special = exceptions().get(found); // none if there is a space in between
    if (!special) continue;
    for (; i < from; i++) push(joined, texts[i]!, starts[i]!);
    let at = starts[from]!;
    for (const token of special) {
      push(joined, token, at);
      at += token.length;
    }
    i = to;
  }
  for (; i < texts.length; i++) push(joined, texts[i]!, starts[i]!);
  return joined;
}

function push(tokens: Tokens, text: string, start: number): void {
  tokens.texts.push(text);
  tokens.starts.push(start);
}

function find({ texts }: Tokens, tree: Node): [from: number, to: number][] {
  const finds: [number, number][] = [];
  for (let from = 0; from < texts.length; from++) {
    let node = tree.next.get(texts[from]!);
    for (let to = from + 1; node; to++) {
      if (node.ends) finds.push([from, to]);
      node = to < texts.length ? node.next.get(texts[to]!) : undefined;
    }
  }
  return finds;
}

function choose(finds: [number, number][]): [number, number][] {
  const taken = new Set<number>();
  const chosen: [number, number][] = [];
  finds.sort((a, b) => b[1] - b[0] - (a[1] - a[0]) || a[0] - b[0]);
  for (const [from, to] of finds) {
    if (!taken.has(from) && !taken.has(to - 1)) chosen.push([from, to]);
    for (let i = from; i < to; i++) taken.add(i); // what loses to a longer find still stands in the way of a shorter one
  }
  return chosen.sort((a, b) => a[0] - b[0]);
}

/** Only what an affix rule applies to can have been cut apart. */
function build(): Node {
  const tree: Node = { next: new Map(), ends: false };
  for (const word of exceptions().keys()) {
    if (prefixLength(word) + suffixLength(word) + infixes(word).length === 0) continue;
    let node = tree;
    for (const token of cutSpans(word, (span) => cutAffixes(span, new Map())).texts) {
      let next = node.next.get(token);
      if (!next) {
        next = { next: new Map(), ends: false };
        node.next.set(token, next);
      }
      node = next;
    }
    node.ends = true;
  }
  return tree;
}
