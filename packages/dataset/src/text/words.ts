import { latest } from "./latest.js";
import { isSpace } from "./python.js";
import { tokenize } from "./tokenize.js";

/** Cuts a text into words, punctuation marks among them. */
export type CutWords = (text: string) => readonly string[];

/**
 * The words of an English text, punctuation marks among them, as spaCy's blank `en` pipeline cuts them. Those of the latest
 * text are kept, since steps in a row ask for the same.
 */
export const words: CutWords = latest((text) =>
  tokenize(text).texts.filter((token) => !isSpace(token.charCodeAt(0))),
);

/**
 * The sentences of a text, which together are all of it. One ends before the first word after a terminal mark (and after the
 * punctuation that follows it); whitespace counts as a word, if it is more than one space.
 */
export function sentences(text: string): string[] {
  const { texts, starts } = tokenize(text);
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
