import type { Kinds } from "@llm/platform/options";
import { check } from "../check.js";
import { atLeast, atMost, rewrite, type Step } from "../step.js";
import { length, splitLines, splitSpace, trim } from "../text/python.js";
import { sentences } from "../text/words.js";

/** Options of `c4Quality`. */
export interface C4QualityOptions {
  /** Sentences in the lines that are left. Default 5. */
  minSentences?: number;
  /** A line with fewer words is removed. Default 3. */
  minLineWords?: number;
  /** A line with a longer word is removed. Default 1,000. */
  maxWordLength?: number;
  /** Whether to remove lines that do not end in `. ? ! " '`, or end in `...`. Default false: FineWeb keeps them. */
  terminalPunctuation?: boolean;
  /** Whether to remove Wikipedia's [1], [edit] and [citation needed]. Default true. */
  citations?: boolean;
  /** Whether to remove lines about JavaScript. Default true. */
  javascript?: boolean;
  /** Whether to remove lines about cookies and terms of use. Default true. */
  policies?: boolean;
  /** Whether to drop texts with "lorem ipsum". Default true. */
  loremIpsum?: boolean;
  /** Whether to drop texts with a `{`. Default true. */
  curlyBrackets?: boolean;
  /** How a line is cut into sentences. Default: as spaCy does; see `punktSentences`. */
  cutSentences?: (text: string) => readonly string[];
}

const CITATION = /\[\p{Nd}*\]|\[edit\]|\[citation needed\]/gu;
const POLICIES = [
  "terms of use",
  "privacy policy",
  "cookie policy",
  "uses cookies",
  "use of cookies",
  "use cookies",
];

const C4_QUALITY: Kinds<C4QualityOptions> = {
  minSentences: "number",
  minLineWords: "number",
  maxWordLength: "number",
  terminalPunctuation: "boolean",
  citations: "boolean",
  javascript: "boolean",
  policies: "boolean",
  loremIpsum: "boolean",
  curlyBrackets: "boolean",
  cutSentences: "function",
};

/** Removes lines that are not text, and drops texts with too little left (Raffel et al. 2020), deciding as datatrove 0.10 does. */
export function c4Quality(options: C4QualityOptions = {}): Step {
  check("c4Quality", options, C4_QUALITY);
  const {
    minSentences = 5,
    minLineWords = 3,
    maxWordLength = 1000,
    terminalPunctuation = false,
    citations = true,
    javascript = true,
    policies = true,
    loremIpsum = true,
    curlyBrackets = true,
    cutSentences = sentences,
  } = options;
  return rewrite("c4Quality", function* (document) {
    const kept: string[] = [];
    const removed = { longWord: 0, terminalPunctuation: 0, fewWords: 0, javascript: 0, policy: 0 };
    const found = { sentences: 0, loremIpsum: 0, curlyBrackets: 0 };
    for (const raw of splitLines(document.text)) {
      let line = trim(raw);
      const words = splitSpace(line);
      if (words.some((word) => word.length > maxWordLength && length(word) > maxWordLength)) {
        removed.longWord++;
        continue;
      }
      if (citations) line = line.replace(CITATION, "");
      if (terminalPunctuation && (!/[.?!"']$/.test(line) || line.endsWith("..."))) {
        removed.terminalPunctuation++;
        continue;
      }
      if (words.length < minLineWords) {
        removed.fewWords++;
        continue;
      }
      const lower = line.toLowerCase();
      if (loremIpsum && lower.includes("lorem ipsum")) {
        yield atMost("lorem_ipsum", "loremIpsum", ++found.loremIpsum, 0);
      }
      if (javascript && lower.includes("javascript")) {
        removed.javascript++;
        continue;
      }
      if (curlyBrackets && line.includes("{")) {
        yield atMost("curly_bracket", "curlyBrackets", ++found.curlyBrackets, 0);
      }
      if (policies && POLICIES.some((policy) => lower.includes(policy))) {
        removed.policy++;
        continue;
      }
      found.sentences += cutSentences(line).length;
      kept.push(line);
    }
    if (found.loremIpsum === 0) yield atMost("lorem_ipsum", "loremIpsum", 0, 0);
    if (found.curlyBrackets === 0) yield atMost("curly_bracket", "curlyBrackets", 0, 0);
    for (const [reason, lines] of Object.entries(removed)) {
      if (lines > 0) yield { keep: true, metric: `removedLines.${reason}`, value: lines };
    }
    yield atLeast("too_few_sentences", "sentences", found.sentences, minSentences);
    return { ...document, text: trim(kept.join("\n")) };
  });
}
