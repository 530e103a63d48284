import { guessLatinCharset } from "./latin-charset.js";

/** Decodes without error, or not at all. */
type Decode = (label: string, bytes: Uint8Array, isStrict: boolean) => string | undefined;

/** Multi-byte encodings, characters that are frequent in them, and the least share of these in a text. */
const multiByte = [
  ["shift_jis", /[\u3041-\u30fe]/g, 0.2],
  ["euc-jp", /[\u3041-\u30fe]/g, 0.2],
  ["euc-kr", /[\uac00-\ud7a3]/g, 0.8],
  ["gb18030", /[的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去]/g, 0.08],
  ["big5", /[的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去]/g, 0.08],
] as const;

const russian = "оеаинтсрвлкмпдуьяыбзгчйжшхщцюэфіїєўґё";
/** Single-byte encodings, and the letters of the languages written in them, the most frequent first. */
const singleByte = [
  ["windows-1251", russian],
  ["koi8-u", russian],
  ["iso-8859-5", russian],
  ["ibm866", russian],
  ["windows-1253", "ατοιενσκρπμηςυλίόέάγδωχήύθώφβξζψϊϋΐΰ"],
  ["iso-8859-7", "ατοιενσκρπμηςυλίόέάγδωχήύθώφβξζψϊϋΐΰ"],
  ["windows-1255", "ויהתלבמרשאנםעדקחפכסגטצןזךףץ"],
  ["windows-1256", "اليمونرتدبهعسقفكحشجصطخزأىإذضثءپغچئآؤظگژ"],
  ["windows-874", "ารนกัม่ยอเงวีทสลิ้ดบคปะตหพชจแุ์ศืูโำขไผธภใษณึ็ซฟถญฎฐฝฯ๊ฤๆฏฒฉฮฆ"],
] as const;

/**
 * Encoding of legacy text that declares none: a multi-byte one that fits without error and uses its common rows, one of
 * another script if its frequent letters are frequent, else the one of those for Latin script that its letters speak for.
 */
export function guessCharset(bytes: Uint8Array, decode: Decode): string {
  const prose = withoutTags(bytes);
  let high = 0;
  let pairs = 0;
  let runs = 0;
  let letters = 0;
  for (let i = 0; i < prose.length; i++) {
    const byte = prose[i]!;
    if (byte >= 0x80) {
      high++;
      if (prose[i - 1]! < 0x80) runs++;
      if (prose[i + 1]! >= 0x80 || prose[i - 1]! >= 0x80) pairs++;
    } else if ((byte | 32) >= 97 && (byte | 32) <= 122) letters++;
  }
  const latin = () => guessLatinCharset(prose, (label, part) => decode(label, part, false));
  // In Latin scripts accented letters are few, and seldom more than two follow each other; where they do, the script is
  // another one.
  const share = high / (high + letters);
  if (share < 0.05 || pairs < 0.5 * high || (share < 0.3 && high < 3 * runs)) return latin();
  const single = singleByte
    .map(([label, frequent]) => ({ label, score: familiarity(decode(label, prose, false) ?? "", frequent) }))
    .reduce((a, b) => (b.score > a.score ? b : a));
  if (single.score > 0.65) return single.label;
  const multi = multiByte
    .map(([label, frequent, share]) => {
      const text = decode(label, prose, true)?.replace(asciiOnly, "") ?? "";
      return { label, score: (text.match(frequent)?.length ?? 0) / (share * text.length || 1) };
    })
    .reduce((a, b) => (b.score > a.score ? b : a));
  if (multi.score > 1) return multi.label;
  return single.score > 0.5 ? single.label : latin();
}

const asciiOnly = /[^\x80-\u{10ffff}]+/gu;

/** Mean place of the characters beyond ASCII among the letters: 1 where all are the most frequent, below 0 for what is no text. */
function familiarity(text: string, letters: string): number {
  let sum = 0;
  let count = 0;
  for (const character of text) {
    if (character < "\x80" || character === "\xa0") continue;
    const small = character.toLowerCase();
    const rank = letters.indexOf(small);
    count++;
    // Text in capitals alone is rare, and the wrong reading of another script's small letters.
    if (rank >= 0) sum += (1 - rank / letters.length) * (small === character ? 1 : 0.85);
    else if (!/[\p{P}\p{S}]/u.test(character)) sum--;
  }
  return count === 0 ? 0 : sum / count;
}

/** Bytes outside of tags: a page of much markup has few letters of its own. */
function withoutTags(bytes: Uint8Array): Uint8Array {
  const prose = new Uint8Array(bytes.length);
  let length = 0;
  let isTag = false;
  for (const byte of bytes) {
    if (byte === 0x3c) isTag = true;
    if (!isTag) prose[length++] = byte;
    if (byte === 0x3e && isTag) isTag = false;
  }
  return prose.subarray(0, length);
}
