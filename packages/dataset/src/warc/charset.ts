import { latin1 } from "./bytes.js";

/** A text and the encoding it was read in, as the Encoding Standard names it. */
export interface DecodedText {
  readonly text: string;
  readonly charset: string;
}

/**
 * Text of a web page's bytes: strict UTF-8 where that fits; else by byte order mark, by the page's own declaration, by
 * the HTTP header's, and last windows-1252. Undefined where none gives text.
 */
export function decodeText(bytes: Uint8Array, httpContentType = ""): DecodedText | undefined {
  const mark =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? "utf-16le"
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? "utf-16be"
        : undefined;
  if (mark) return decodeAs(mark, bytes, true);
  const utf8 = decodeAs("utf-8", bytes, true);
  if (utf8) return utf8;
  for (const label of [declaredCharset(bytes), /charset\s*=\s*["']?([\w:.-]+)/i.exec(httpContentType)?.[1]]) {
    // Pages say UTF-8 and hold a few bad bytes; that they say so is still the best hint.
    const decoded = label && (decodeAs(label, bytes, true) ?? (isMostlyText(label, bytes) || undefined));
    if (decoded) return decoded;
  }
  const guess = guessCharset(bytes);
  return decodeAs(guess, bytes, true);
}

function declaredCharset(bytes: Uint8Array): string | undefined {
  const head = latin1(bytes.subarray(0, 4096));
  const label = /<(?:meta\b[^>]{0,300}?charset|\?xml\b[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w:.-]+)/i.exec(
    head,
  )?.[1];
  // Such a declaration was read as ASCII, so the page cannot be in UTF-16.
  return label && /^utf-?16/i.test(label) ? "utf-8" : label;
}

function decodeAs(label: string, bytes: Uint8Array, fatal: boolean): DecodedText | undefined {
  try {
    const decoder = new TextDecoder(label, { fatal });
    const text = decoder.decode(bytes);
    return text.includes("\0") ? undefined : { text, charset: decoder.encoding };
  } catch {
    return undefined;
  }
}

/** The lenient decoding, where at most one character in a hundred is lost. */
function isMostlyText(label: string, bytes: Uint8Array): DecodedText | undefined {
  const decoded = decodeAs(label, bytes, false);
  if (!decoded) return undefined;
  let bad = 0;
  for (let at = decoded.text.indexOf("\ufffd"); at >= 0; at = decoded.text.indexOf("\ufffd", at + 1)) bad++;
  return bad * 100 <= decoded.text.length ? decoded : undefined;
}

/** Undeclared legacy text: a multi-byte encoding that fits without error and uses its common rows, else windows-1252. */
function guessCharset(bytes: Uint8Array): string {
  let high = 0;
  let letters = 0;
  for (const byte of bytes) {
    if (byte >= 0x80) high++;
    else if ((byte | 32) >= 97 && (byte | 32) <= 122) letters++;
  }
  // In Latin scripts accented letters are few; where they are not, the script is another one.
  if (high < 0.2 * (high + letters)) return "windows-1252";
  for (const [label, common] of [
    ["shift_jis", /[\u3041-\u30fe]/g],
    ["euc-jp", /[\u3041-\u30fe]/g],
    ["euc-kr", /[\uac00-\ud7a3]/g],
    ["gb18030", /[\u4e00-\u9fff]/g],
    ["big5", /[\u4e00-\u9fff]/g],
    ["windows-1251", /[\u0430-\u044f]/g],
  ] as const) {
    const text = decodeAs(label, bytes, true)?.text;
    if (text && (text.match(common)?.length ?? 0) * (label === "windows-1251" ? 1 : 2) > 0.5 * high)
      return label;
  }
  return "windows-1252";
}
