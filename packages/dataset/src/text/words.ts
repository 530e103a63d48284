import { isSpace } from "./python.js";
import { type Tokens, tokenize } from "./tokenize.js";

let latest: { text: string; tokens: Tokens } = { text: "", tokens: { texts: [], starts: [] } };

/** Steps in a row ask for the words of the same text. */
function tokensOf(text: string): Tokens {
  if (latest.text !== text) latest = { text, tokens: tokenize(text) };
  return latest.tokens;
}

/** Cuts a text into words, punctuation marks among them. */
export type CutWords = (text: string) => readonly string[];

/** The words of an English text, punctuation marks among them, as spaCy's blank `en` pipeline cuts them. */
export function words(text: string): string[] {
  return tokensOf(text).texts.filter((token) => !isSpace(token.charCodeAt(0)));
}

/**
 * The sentences of a text, which together are all of it. One ends before the first word after a terminal mark (and after the
 * punctuation that follows it); whitespace counts as a word, if it is more than one space.
 */
export function sentences(text: string): string[] {
  const { texts, starts } = tokensOf(text);
  const found: string[] = [];
  let from = 0;
  let ended = false;
  for (const [i, token] of texts.entries()) {
    const terminal = TERMINALS.has(token);
    if (ended && !terminal && !MARKS.test(token)) {
      const end = starts[i - 1]! + texts[i - 1]!.length;
      found.push(text.slice(from, end));
      from = end;
      ended = false;
    } else if (terminal) ended = true;
  }
  found.push(text.slice(from));
  return found;
}

const MARKS = /^\p{P}*$/u;

/** What ends a sentence (spaCy's `sentencizer`, 3.8). */
const TERMINALS: ReadonlySet<string> = new Set(
  "!.?։؟۔܀܁܂߹।॥၊။።፧፨᙮᜵᜶᠃᠉᥄᥅᪨᪩᪪᪫᭚᭛᭞᭟᰻᰼᱾᱿‼‽⁇⁈⁉⸮⸼꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫﹒﹖﹗！．？𐩖𐩗𑁇" +
    "𑁈𑂾𑂿𑃀𑃁𑅁𑅂𑅃𑇅𑇆𑇍𑇞𑇟𑈸𑈹𑈻𑈼𑊩𑑋𑑌𑗂𑗃𑗉𑗊𑗋𑗌𑗍𑗎𑗏𑗐𑗑𑗒𑗓𑗔𑗕𑗖𑗗𑙁𑙂𑜼𑜽𑜾𑩂𑩃𑪛𑪜𑱁𑱂𖩮𖩯𖫵𖬷𖬸𖭄𛲟𝪈｡。",
);
