// Punkt (Kiss and Strunk 2006, "Unsupervised Multilingual Sentence Boundary Detection"), as NLTK 3.8 applies a trained model.
import { SPACE, trim, trimEnd } from "./python.js";

/** What Punkt has learned of a language. `readPunkt` of `@llm/dataset/node` reads it. */
export interface PunktParameters {
  /** Words that end in a period in the middle of a sentence, without it, in lower case. */
  readonly abbreviations: ReadonlySet<string>;
  /** Pairs of words around a period that ends no sentence, with a tab between them. */
  readonly collocations: ReadonlySet<string>;
  /** Words that often start a sentence, in lower case. */
  readonly sentenceStarters: ReadonlySet<string>;
  /** How a word, in lower case, was seen to be written: the sum of the values of `Seen`. */
  readonly orthography: ReadonlyMap<string, number>;
}

/** Where a word was seen, with a first letter of upper or lower case. */
const Seen = { upperInside: 4, upper: 2 + 4 + 8, lowerAtStart: 16, lower: 16 + 32 + 64 } as const;

const OTHER_MARKS = `[)";}\\]*:@'({[?!]`;
const LONG_MARKS = `(?:-{2,}|\\.{2,}|(?:\\.[${SPACE}]){2,}\\.)`;
const WORD_END = `(?=[${SPACE}]|$|${OTHER_MARKS}|${LONG_MARKS}|,(?=$|[${SPACE}]|${OTHER_MARKS}|${LONG_MARKS}))`;
const WORD = new RegExp(
  `${LONG_MARKS}|(?=[^("\`{[:;&#*@)}\\]\\-,])[^${SPACE}]+?${WORD_END}|[^${SPACE}]`,
  "gu",
);
/** A mark that may end a sentence, and what follows it: another mark, or the next word. */
const POSSIBLE_END = new RegExp(`[.?!](?=(${OTHER_MARKS}|[${SPACE}]+([^${SPACE}]+)))`, "gu");
/** Quotes and brackets that close what ended before them. */
const CLOSING = new RegExp(`["')\\]}]+?(?:[${SPACE}]+|(?=--)|$)`, "uy");
const NUMBER = /^-?[.,]?\p{Nd}[\p{Nd},.-]*\.?$/u;
const INITIAL = /^(?!\p{Nd})[\p{L}\p{N}_]\.$/u;

/** The sentences of a text, without the whitespace between them, as NLTK's `sent_tokenize` finds them with these parameters. */
export function punktSentences(parameters: PunktParameters): (text: string) => string[] {
  return (text) => {
    const sentences: string[] = [];
    let from = 0;
    const pieces = cut(text, parameters);
    for (const [i, [start, end]] of pieces.entries()) {
      const next = pieces[i + 1];
      let to = end;
      const begin = Math.max(start, from);
      if (next) {
        CLOSING.lastIndex = 0;
        const closing = CLOSING.exec(text.slice(...next))?.[0];
        if (closing !== undefined) {
          to = next[0] + trimEnd(closing).length;
          from = next[0] + closing.length;
        }
      }
      if (to > begin) sentences.push(text.slice(begin, to));
    }
    return sentences;
  };
}

/** From where to where each sentence goes, before closing quotes are given to the one they close. */
function cut(text: string, parameters: PunktParameters): [number, number][] {
  const pieces: [number, number][] = [];
  let start = 0;
  for (const { end, next, context } of possibleEnds(text)) {
    if (!holdsEnd(context, parameters)) continue;
    pieces.push([start, end]);
    start = next;
  }
  pieces.push([start, trimEnd(text).length]);
  return pieces;
}

interface PossibleEnd {
  /** Behind the mark. */
  readonly end: number;
  /** Where the next sentence would start. */
  readonly next: number;
  /** The word before, the mark, and what follows. */
  readonly context: string;
}

/** Of several marks in one word, only the last. */
function* possibleEnds(text: string): Generator<PossibleEnd> {
  let found: PossibleEnd | undefined;
  let [wordStart, wordEnd] = [0, 0];
  for (const match of text.matchAll(POSSIBLE_END)) {
    const [mark, after, nextWord] = match as unknown as [string, string, string | undefined];
    const at = match.index;
    const space = lastSpace(text, wordEnd, at);
    const from = space > wordEnd ? space + 1 : wordStart;
    if (found && wordEnd <= from) yield found;
    [wordStart, wordEnd] = [from, at];
    const end = at + mark.length;
    const next = nextWord === undefined ? end : end + after.length - nextWord.length;
    found = { end, next, context: text.slice(from, end) + after };
  }
  if (found) yield found;
}

/** Where the last of ASCII's whitespace stands; `from` if there is none behind it. */
function lastSpace(text: string, from: number, to: number): number {
  let at = to - 1;
  while (at > from && !" \t\n\v\f\r".includes(text[at]!)) at--;
  return Math.max(at, from);
}

interface Token {
  readonly text: string;
  /** In lower case; `##number##` for numbers. */
  readonly type: string;
  endsSentence: boolean;
  isAbbreviation: boolean;
  readonly isEllipsis: boolean;
}

/** Whether a sentence ends before the last word. */
function holdsEnd(context: string, parameters: PunktParameters): boolean {
  const tokens = tokensOf(context, parameters);
  for (let i = 0; i + 1 < tokens.length; i++) {
    reconsider(tokens[i]!, tokens[i + 1]!, parameters);
    if (tokens[i]!.endsSentence) return true;
  }
  return false;
}

function tokensOf(context: string, { abbreviations }: PunktParameters): Token[] {
  const tokens: Token[] = [];
  for (const line of context.split("\n")) {
    if (trim(line) === "") continue;
    for (const [text] of line.matchAll(WORD)) {
      const lower = text.toLowerCase();
      const isMark = text === "." || text === "?" || text === "!";
      const isEllipsis = !isMark && /^\.\.+$/.test(text);
      const hasPeriod = !isMark && !isEllipsis && text.endsWith(".") && !text.endsWith("..");
      const word = lower.slice(0, -1);
      const isAbbreviation =
        hasPeriod && (abbreviations.has(word) || abbreviations.has(word.slice(word.lastIndexOf("-") + 1)));
      tokens.push({
        text,
        type: NUMBER.test(lower) ? "##number##" : lower,
        endsSentence: isMark || (hasPeriod && !isAbbreviation),
        isAbbreviation,
        isEllipsis,
      });
    }
  }
  return tokens;
}

/** Judges a word that ends in a period by the one that follows. */
function reconsider(
  token: Token,
  next: Token,
  { collocations, sentenceStarters, orthography }: PunktParameters,
) {
  if (!token.text.endsWith(".")) return;
  const type = withoutPeriod(token.type);
  const nextType = next.endsSentence ? withoutPeriod(next.type) : next.type;
  const mayStart = startsSentence(next, orthography.get(nextType) ?? 0);
  const isInitial = INITIAL.test(token.text);
  const deny = () => {
    token.endsSentence = false;
    token.isAbbreviation = true;
  };
  if (collocations.has(`${type}\t${nextType}`)) return deny();
  if ((token.isAbbreviation || token.isEllipsis) && !isInitial) {
    if (mayStart === true || (isUpper(next) && sentenceStarters.has(nextType))) {
      token.endsSentence = true;
      return;
    }
  }
  if (isInitial || type === "##number##") {
    const isName =
      mayStart === undefined &&
      isInitial &&
      isUpper(next) &&
      !((orthography.get(nextType) ?? 0) & Seen.lower);
    if (mayStart === false || isName) deny();
  }
}

/** Whether a word starts a sentence, by how it is written here and was elsewhere; undefined where that does not tell. */
function startsSentence(token: Token, seen: number): boolean | undefined {
  if (/^[;:,.!?]$/.test(token.text)) return false;
  if (isUpper(token) && seen & Seen.lower && !(seen & Seen.upperInside)) return true;
  if (/^\p{Lowercase}/u.test(token.text) && (seen & Seen.upper || !(seen & Seen.lowerAtStart))) return false;
  return undefined;
}

function isUpper({ text }: Token): boolean {
  return /^\p{Uppercase}/u.test(text);
}

function withoutPeriod(type: string): string {
  return type.length > 1 && type.endsWith(".") ? type.slice(0, -1) : type;
}
