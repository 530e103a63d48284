import { declaredCharset } from "./declared-charset.js";
import { guessCharset } from "./guess-charset.js";
import { decodeKorean } from "./korean.js";
import { decodeSingleByte, singleByteTable } from "./single-byte.js";

/** A text and the encoding it was read in, as the Encoding Standard names it. */
export interface DecodedText {
  readonly text: string;
  readonly charset: string;
}

/** Labels of encodings that browsers refuse to read, and that look like ASCII. */
const refused = new Set(["csiso2022kr", "hz-gb-2312", "iso-2022-cn", "iso-2022-cn-ext", "iso-2022-kr"]);

/**
 * Text of a web page's bytes: by byte order mark; as strict UTF-8 where that fits; else by the page's own declaration, by
 * the HTTP header's, as UTF-8 with few errors, and last by a guess. A character that is cut off at the end does not count,
 * and a few NUL characters are left out, as browsers do. Undefined where none gives text.
 */
export function decodeText(bytes: Uint8Array, httpContentType = ""): DecodedText | undefined {
  const mark = markOf(bytes);
  if (mark) return strict(mark, bytes) ?? lenient(mark, bytes);
  const utf8 = strict("utf-8", bytes);
  if (utf8 && !shifts.test(utf8.text)) return utf8;
  const header = /charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(httpContentType)?.[1];
  const labels = [declaredCharset(bytes), header].filter((label) => label !== undefined);
  if (utf8) return readShifts(utf8, labels, bytes);
  for (const label of labels) {
    // Pages say UTF-8 and hold a few bad bytes; that they say so is still the best hint.
    const declared = strict(label, bytes) ?? lenient(label, bytes);
    if (declared) return declared;
  }
  const guess =
    wideCharset(bytes) ?? guessCharset(bytes, (label, part, isStrict) => decode(label, part, isStrict)?.text);
  return lenient("utf-8", bytes, foreign) ?? strict(guess, bytes) ?? strict("windows-1252", bytes);
}

function markOf([a, b, c]: Uint8Array): string | undefined {
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return a === 0xfe && b === 0xff ? "utf-16be" : undefined;
}

const ESCAPE = "\x1b";
/** What shifts an encoding of 7 bits, which is UTF-8 for its bytes, to other characters. */
const shifts = new RegExp(String.raw`${ESCAPE}[$(]|~\{`);
const japanese = new RegExp(String.raw`${ESCAPE}\$[@B]`);

function readShifts(
  utf8: DecodedText,
  labels: readonly string[],
  bytes: Uint8Array,
): DecodedText | undefined {
  if (labels.some((label) => refused.has(label.toLowerCase()))) return undefined;
  if (labels.some((label) => encodingOf(label) === "iso-2022-jp"))
    return strict("iso-2022-jp", bytes) ?? lenient("iso-2022-jp", bytes) ?? utf8;
  return (japanese.test(utf8.text) && strict("iso-2022-jp", bytes)) || utf8;
}

/** UTF-16 without a mark, which the zeros beside its ASCII characters give away. */
function wideCharset(bytes: Uint8Array): string | undefined {
  const zeros = [0, 0];
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) zeros[i & 1]!++;
  const [even, odd] = zeros as [number, number];
  if ((even + odd) * 20 < bytes.length) return undefined;
  return even > 20 * odd ? "utf-16be" : odd > 20 * even ? "utf-16le" : undefined;
}

function strict(label: string, bytes: Uint8Array): DecodedText | undefined {
  return withoutZeros(decode(label, bytes, true));
}

/** The decoding with U+FFFD for what is wrong, where that is at most one character in a hundred of those that count. */
function lenient(
  label: string,
  bytes: Uint8Array,
  counted = (text: string) => text.length,
): DecodedText | undefined {
  const decoded = withoutZeros(decode(label, bytes, false));
  if (!decoded) return undefined;
  const bad = decoded.text.split("\ufffd").length - 1;
  return bad * 100 <= counted(decoded.text) ? decoded : undefined;
}

/** Characters beyond ASCII. In a Latin encoding read as UTF-8 most of them are wrong; in UTF-8 with faults, few. */
function foreign(text: string): number {
  return 5 * (text.match(/[\x80-\uffff]/g)?.length ?? 0);
}

/** The text without the NUL characters in it; undefined where they are more than one in a hundred. */
function withoutZeros(decoded: DecodedText | undefined): DecodedText | undefined {
  if (!decoded?.text.includes("\0")) return decoded;
  const text = decoded.text.replaceAll("\0", "");
  return (decoded.text.length - text.length) * 100 <= decoded.text.length ? { ...decoded, text } : undefined;
}

function encodingOf(label: string): string | undefined {
  const name = label.trim().toLowerCase();
  if (name === "iso-8859-16") return name;
  // In a page, as the HTML Standard has it.
  if (name === "x-user-defined") return "windows-1252";
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}

function decode(label: string, bytes: Uint8Array, isStrict: boolean): DecodedText | undefined {
  const charset = encodingOf(label);
  if (charset === undefined) return undefined;
  const table = singleByteTable(charset);
  if (table || charset === "euc-kr") {
    const text = table ? decodeSingleByte(bytes, table) : decodeKorean(bytes);
    return isStrict && text.includes("\ufffd") ? undefined : { text, charset };
  }
  // gbk is read as gb18030, of which Node has the newer table.
  const decoder = new TextDecoder(charset === "gbk" ? "gb18030" : charset, { fatal: isStrict });
  try {
    return { text: decoder.decode(bytes), charset };
  } catch {
    return withoutEnd(decoder, bytes, charset);
  }
}

/** A body that is cut off may end inside a character, which is no fault of those before, if there are any beyond ASCII. */
function withoutEnd(decoder: TextDecoder, bytes: Uint8Array, charset: string): DecodedText | undefined {
  try {
    const text = decoder.decode(bytes, { stream: true });
    return foreign(text) > 0 ? { text, charset } : undefined;
  } catch {
    return undefined;
  }
}
