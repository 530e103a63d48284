import { expect, test } from "vitest";
import { decodeText } from "../../src/warc/charset.js";
import singleByte from "../golden/single-byte.json" with { type: "json" };

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
/** The high half of a single-byte encoding, as the bytes that mean a text. */
function encode(text: string, encoding: string): Uint8Array {
  const table = (singleByte as Record<string, string>)[encoding]!;
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x80 ? code : 128 + [...table].indexOf(character);
  });
}

test("the 27 characters of windows-1252 that Latin-1 lacks, under each of its names", () => {
  const bytes = Uint8Array.of(
    ...[0x80, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8e, 0x91, 0x92, 0x93, 0x94],
    ...[0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9e, 0x9f],
  );
  const text = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";
  expect(text).toHaveLength(27);
  const labels = "windows-1252 iso-8859-1 ISO8859-1 latin1 l1 ascii us-ascii cp1252 x-cp1252 ansi_x3.4-1968";
  for (const label of labels.split(" ")) {
    for (const page of [`<meta charset="${label}">`, `<?xml version="1.0" encoding="${label}"?>`]) {
      expect(decodeText(joined(ascii(page), bytes))).toEqual({ text: page + text, charset: "windows-1252" });
    }
    expect(decodeText(bytes, `text/html; charset=${label}`)).toEqual({ text, charset: "windows-1252" });
  }
  const words = "plain words without any declaration, ".repeat(4);
  expect(decodeText(joined(ascii(words), bytes))!.text).toBe(words + text);
});

test.each(Object.entries(singleByte))("%s as in the Encoding Standard's index", (encoding, text) => {
  for (let i = 0; i < 128; i++) {
    const bytes = joined(ascii("x".repeat(200)), Uint8Array.of(128 + i));
    const decoded = decodeText(bytes, `text/html; charset=${encoding}`)!;
    expect([i, decoded.text.at(-1), decoded.charset]).toEqual([i, text[i], encoding]);
  }
});

test("Korean and Chinese characters that old tables lack", () => {
  const korean = [
    0x8c, 0x63, 0xb9, 0xe6, 0xb0, 0xa2, 0xc7, 0xcf, 0x81, 0x41, 0xc6, 0x52, 0xa0, 0xfe, 0xa1, 0x41,
  ];
  expect(decodeText(Uint8Array.from(korean), "charset=ks_c_5601-1987")).toEqual({
    text: "똠방각하갂힣좤좥",
    charset: "euc-kr",
  });
  expect(decodeText(ascii("\x41\xb0\x41\xff"), "charset=euc-kr")).not.toMatchObject({ charset: "euc-kr" });
  expect(decodeText(ascii("\xa2\xe3\xa8\xbf\xb9\xfa"), "charset=gb2312")).toEqual({
    text: "€ǹ国",
    charset: "gbk",
  });
});

test("ISO-2022-JP, declared by the page or the header or by its escape sequences alone", () => {
  const body = ascii("<p>\x1b$B$3$s$K$A$O\x1b(B</p>");
  const meta = '<meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp">';
  const expected = { text: "<p>こんにちは</p>", charset: "iso-2022-jp" };
  expect(decodeText(joined(ascii(meta), body))).toEqual({ ...expected, text: meta + expected.text });
  expect(decodeText(body, "text/html; charset=ISO-2022-JP")).toEqual(expected);
  expect(decodeText(body)).toEqual(expected);
  expect(decodeText(ascii("<p>\x1b(J\\100\x1b(B</p>"), "charset=csiso2022jp")!.text).toBe("<p>¥100</p>");
  // Cut inside a character.
  expect(decodeText(body.subarray(0, 9), "charset=iso-2022-jp")!.text).toBe("<p>こ");
  // Declared and not used, and escape sequences of a terminal.
  expect(decodeText(ascii("<p>plain"), "charset=iso-2022-jp")).toMatchObject({ text: "<p>plain" });
  expect(decodeText(ascii("\x1b[1mbold\x1b(B"))!.charset).toBe("utf-8");
  expect(decodeText(ascii("~{<:Ky2;VV~}"), "charset=hz-gb-2312")).toBeUndefined();
});

test.each([
  ["a comment", "<!-- <meta charset=koi8-r> --><meta charset=windows-1251>"],
  ["a comment that ends at once", "<!--><meta charset=windows-1251><!-- --><meta charset=koi8-r>"],
  ["an attribute", '<a title="<meta charset=koi8-r>"><meta charset=windows-1251>'],
  [
    "content without http-equiv",
    '<meta name=x content="text/html; charset=koi8-r"><meta charset=windows-1251>',
  ],
  ["a conditional comment", "<!--[if IE]><meta charset=koi8-r><![endif]--><meta charset=windows-1251>"],
  ["an XML declaration in a comment", '<!-- <?xml encoding="koi8-r"?> --><meta charset = "windows-1251" >'],
  [
    "an end tag",
    "</p title='<meta charset=koi8-r>'><META HTTP-EQUIV='content-type' CONTENT='a; CHARSET = windows-1251'>",
  ],
  [
    "a doctype and a name that begins with meta",
    "<!doctype html><metadata charset=koi8-r><meta/charset=windows-1251>",
  ],
])("a declaration in %s does not count", (_, page) => {
  expect(decodeText(joined(ascii(page), ascii("\xcf\xf0\xe8")))).toEqual({
    text: `${page}При`,
    charset: "windows-1251",
  });
});

test("a comment without end hides all declarations after it, and the header's is left", () => {
  const bytes = joined(ascii("<!-- <meta charset=koi8-r> "), ascii("\xcf\xf0\xe8"));
  expect(decodeText(bytes, "charset=windows-1251")!.text).toMatch(/При$/);
});

test("a few NUL characters are left out, in UTF-8 and in others; many are no text", () => {
  const utf8 = new TextEncoder().encode(`<p>Grü\0ße</p>${" word".repeat(60)}`);
  expect(decodeText(utf8)!.text).toMatch(/^<p>Grüße<\/p>/);
  const latin = ascii(`<p>Gr\xfc\0\xdfe</p>${" word".repeat(60)}`);
  expect(decodeText(latin)).toMatchObject({
    text: expect.stringMatching(/^<p>Grüße/),
    charset: "windows-1252",
  });
  expect(decodeText(latin, "charset=iso-8859-1")!.text).toMatch(/^<p>Grüße/);
  expect(decodeText(Uint8Array.from({ length: 400 }, (_, i) => (i * i) % 7))).toBeUndefined();
});

test("UTF-16 by its mark, by the header, and by its zeros", () => {
  const wide = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0)).length * 2;
  const text = "<html><p>Grüße, 世界 and so on</p>";
  const little = new Uint8Array(wide(text));
  for (let i = 0; i < text.length; i++)
    new DataView(little.buffer).setUint16(2 * i, text.charCodeAt(i), true);
  const big = little.map((_, i) => little[i ^ 1]!);
  expect(decodeText(little)).toEqual({ text, charset: "utf-16le" });
  expect(decodeText(big)).toEqual({ text, charset: "utf-16be" });
  expect(decodeText(little, "charset=utf-16")).toEqual({ text, charset: "utf-16le" });
  expect(decodeText(joined(Uint8Array.of(0xfe, 0xff), big))).toEqual({ text, charset: "utf-16be" });
  // Cut inside a character.
  expect(decodeText(joined(Uint8Array.of(0xff, 0xfe), little.subarray(0, -1)))!.text).toMatch(/so on<\/p/);
});

test("UTF-8 that is cut inside a character or holds a few bad bytes", () => {
  const bytes = new TextEncoder().encode("<p>Viele Grüße, 世界".repeat(20));
  for (const cut of [1, 2]) expect(decodeText(bytes.subarray(0, -cut))!.charset).toBe("utf-8");
  const bad = bytes.slice();
  bad[20] = 0xff;
  expect(decodeText(bad)!.charset).toBe("utf-8");
  expect(decodeText(ascii("d\xe9j\xe0 vu, \xe9t\xe9"))).toEqual({
    text: "déjà vu, été",
    charset: "windows-1252",
  });
});

test("what a page declares, and UTF-8, count for more than its letters", () => {
  const czech = "Příliš žluťoučký kůň úpěl ďábelské ódy";
  const bytes = encode(czech, "windows-1250");
  expect(decodeText(bytes, "text/html; charset=windows-1252")!.charset).toBe("windows-1252");
  const meta = ascii("<meta charset=iso-8859-1>");
  expect(decodeText(joined(meta, bytes))!.charset).toBe("windows-1252");
  expect(decodeText(new TextEncoder().encode(czech))).toEqual({ text: czech, charset: "utf-8" });
});

test.each([
  ["windows-1253", "Αποφασίζει ένας τύπος να μονάσει και μετά από λίγες ημέρες"],
  ["iso-8859-7", "Προσθήκη για σύγκριση: η καινοτομία έχει αντικαταστήσει το νερό. Ά"],
  ["windows-1255", "זהו מבחן קצר של עמוד בעברית שאינו מצהיר על הקידוד שלו"],
  ["windows-1251", "Это короткая проверка страницы, которая не объявляет кодировку"],
  ["windows-1251", "ПОГОДА В МОСКВЕ НА ЗАВТРА"],
  ["koi8-u", "Это короткая проверка страницы, которая не объявляет кодировку"],
  ["iso-8859-5", "Это короткая проверка страницы, которая не объявляет кодировку"],
  ["windows-1256", "هذا اختبار قصير لصفحة لا تعلن عن ترميزها في الترويسة"],
  ["windows-874", "นี่คือการทดสอบหน้าเว็บที่ไม่ได้ประกาศรหัสอักขระ"],
  ["windows-1252", "Ça va très bien: « l’été » est déjà là — même à Orléans"],
  ["windows-1252", "Rødgrød med fløde på en ø i Østersøen, sagde hun – og så gik de hjem"],
  ["windows-1252", "Perché è così: la città è già più bella, però non c’è più nessuno lì"],
  ["windows-1252", "El niño comió jamón en el jardín. ¿Qué pasó después? ¡Nada más!"],
  ["windows-1252", "Það er ekki hægt að fá öðruvísi þýðingu á þessum síðum"],
  ["windows-1252", "As não-ficções são muito boas: três irmãos põem à mesa pães e maçãs"],
  ["windows-1252", "“Well,” said Zoë, “it’s 20° in the café – naïve, isn’t it?” It was £5 or ½ of that"],
  ["windows-1252", "Hyvää päivää! Tämä on lyhyt sivu, jossa ei ole määritelty merkistöä"],
  ["windows-1250", "Příliš žluťoučký kůň úpěl ďábelské ódy, a nikdo ho neslyšel"],
  ["windows-1250", "Zażółć gęślą jaźń: ta strona nie mówi, jak jest zapisana"],
  ["windows-1250", "Az öt hűtőházból kértünk színhúst, és egy őrült író tűnt fel"],
  [
    "windows-1250",
    "Această pagină nu spune în ce fel a fost scrisă, şi totuşi se citeşte uşor în toată ţara",
  ],
  ["windows-1250", "Čučoriedky, ktoré dozrievajú v našich lesoch, sú ľahko dostupné aj v meste"],
  ["windows-1250", "Šuma je tiha, a njezini će žitelji čekati da netko dođe na večeru"],
  ["iso-8859-2", "Příliš žluťoučký kůň úpěl ďábelské ódy, a nikdo ho neslyšel"],
  ["iso-8859-2", "Zażółć gęślą jaźń: ta strona nie mówi, jak jest zapisana"],
  ["windows-1254", "Bu sayfa hangi kodlamayla yazıldığını söylemiyor; şimdi İstanbul’da yağmur yağıyor"],
  ["windows-1257", "Šis puslapis nesako, kokia koduote jis parašytas, bet žmonės jį skaito"],
  ["windows-1257", "Šī lapa nesaka, kādā kodējumā tā ir rakstīta, bet cilvēki to lasa"],
])("an undeclared page in %s", (encoding, text) => {
  const page = `<html><head><title>Some page</title></head><body class="wide"><p>${text}</p></body></html>`;
  expect(decodeText(encode(page, encoding))).toEqual({ text: page, charset: encoding });
});
