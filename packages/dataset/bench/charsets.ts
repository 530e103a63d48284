/**
 * Undeclared encodings: sentences of many languages in the encodings of their pages, one a page and ten a page, and how many
 * are read as they were written: `npx tsx bench/charsets.ts [learned]`. The rules were tuned on every second sentence; the
 * report is of the others.
 */
import { decodeText } from "../src/warc/charset.js";
import singleByte from "../test/golden/single-byte.json" with { type: "json" };
import { readSentences } from "./sentences.js";

/** Encodings of two bytes a character, by the code that they have in what is read. */
function doubleByte(encoding: string): Map<string, readonly number[]> {
  const table = new Map<string, readonly number[]>();
  const decoder = new TextDecoder(encoding);
  for (let lead = 0x81; lead < 0xff; lead++) {
    for (let trail = 0x40; trail < 0xff; trail++) {
      const text = decoder.decode(Uint8Array.of(lead, trail));
      if (text.length === 1 && text !== "\ufffd" && !table.has(text)) table.set(text, [lead, trail]);
    }
  }
  return table;
}

/** Bytes of each character beyond ASCII. */
function bytesOf(encoding: string): Map<string, readonly number[]> {
  const high = (singleByte as Record<string, string>)[encoding];
  return high ? new Map(Array.from(high, (c, i) => [c, [128 + i]])) : doubleByte(encoding);
}

const written: Readonly<Record<string, string>> = {
  "windows-1250": "cs pl hu ro",
  "iso-8859-2": "cs pl hu",
  "windows-1254": "tr",
  "windows-1252": "de fr fi sv pt nl en es it id",
  "windows-1251": "ru uk bg",
  "koi8-u": "ru uk",
  "iso-8859-5": "ru bg",
  "windows-1253": "el",
  "windows-1255": "he",
  "windows-1256": "ar",
  "windows-874": "th",
  shift_jis: "ja",
  "euc-jp": "ja",
  "euc-kr": "ko",
  gbk: "zh",
};
const half = process.argv[2] === "learned" ? "learned" : "unseen";

for (const [encoding, languages] of Object.entries(written)) {
  const table = bytesOf(encoding);
  for (const language of languages.split(" ")) {
    // As pages of then wrote them, and without what they could not write.
    const sentences = readSentences(language)
      [half].map((text) =>
        text
          .normalize("NFC")
          .replaceAll("ș", "ş")
          .replaceAll("ț", "ţ")
          .replace(/[^\S\n]/g, " "),
      )
      .map((text) => Array.from(text, (c) => (c < "\x80" || table.has(c) ? c : "")).join(""));
    const wrong: string[] = [];
    const share = (size: number) => {
      let [right, all] = [0, 0];
      for (let at = 0; at + size <= sentences.length; at += size) {
        const text = `<html><body><p>${sentences.slice(at, at + size).join("</p><p>")}</p></body></html>`;
        if (/^\p{ASCII}*$/u.test(text)) continue;
        const bytes = Uint8Array.from(
          Array.from(text, (c) => (c < "\x80" ? [c.charCodeAt(0)] : table.get(c)!)).flat(),
        );
        const decoded = decodeText(bytes);
        all++;
        if (decoded?.text === text) right++;
        else if (size === 1) wrong.push(decoded?.charset ?? "none");
      }
      return `${right} of ${all}`;
    };
    console.log(
      `${encoding} ${language}: ${share(1)} sentences, ${share(10)} pages`,
      [...new Set(wrong)].join(" "),
    );
  }
}
