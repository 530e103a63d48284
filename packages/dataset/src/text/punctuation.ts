/** Marks that end a sentence, in many scripts: what FineWeb's line check (datatrove 0.10) accepts. Quotation marks are not among them. */
export const TERMINAL_PUNCTUATION: ReadonlySet<string> = new Set(
  "!.?։؝؞؟۔܀܁܂߹࠷࠹࠽࠾।॥၊။።፧፨᙮᜵᜶។៕៖៙៚᠃᠉᥄᥅᪨᪩᪪᪫᭚᭛᭞᭟᭽᭾᰻᰼᱾᱿‼‽⁇⁈⁉⸮⸼⹓⹔。꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫﹒﹖﹗！．？｡𐩖𐩗𐽕𐽖𐽗𐽘𐽙𐾆𐾇𐾈𐾉𑁇𑁈𑂾𑂿𑃀" +
    "𑃁𑅁𑅂𑅃𑇅𑇆𑇍𑇞𑇟𑈸𑈹𑈻𑈼𑊩𑑋𑑌𑗂𑗃𑗉𑗊𑗋𑗌𑗍𑗎𑗏𑗐𑗑𑗒𑗓𑗔𑗕𑗖𑗗𑙁𑙂𑜼𑜽𑜾𑥄𑥆𑩂𑩃𑪛𑪜𑱁𑱂𑻷𑻸\u{11f43}\u{11f44}𖩮𖩯𖫵𖬷𖬸𖭄𖺘𛲟𝪈",
);

const MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~«´»–—’“”„…∶━►、。〈〉《》「」【】！％（），．１：；？～";

/** What a word may not wholly consist of, to count as one in Gopher's rules (datatrove 0.10). */
export const PUNCTUATION: ReadonlySet<string> = new Set([
  ...MARKS,
  ...TERMINAL_PUNCTUATION,
  ...controls(0, 8),
  ...controls(11, 31),
  ...controls(127, 159),
]);

/** The same in datatrove 0.2: fewer marks. */
export const PUNCTUATION_2024: ReadonlySet<string> = new Set([
  ..."!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»",
  ...controls(0, 8),
  ...controls(11, 31),
  ...controls(127, 159),
]);

function controls(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => String.fromCharCode(first + i));
}
