/** A seeded generator of numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sentences in many scripts, code, emoji, odd white space and broken UTF-16. */
export const MIXED: readonly string[] = [
  "The quick brown fox jumps over the lazy dog. It's, they've, I'LL, we'd, 'twas; don’t!",
  "Größe, naïve façade, Øresund, Łódź, İstanbul'da 1234567 ışık",
  "Привет, мир! Сколько будет 12345 разделить на 678?",
  "Γειά σου Κόσμε, τι κάνεις σήμερα;",
  "こんにちは、世界！お元気ですか？東京タワーへ行きました。",
  "我能吞下玻璃而不伤身体。２０２４年１２月",
  "안녕하세요, 세상! 오늘 기분이 어때요?",
  "مرحبا بالعالم! كيف حالك اليوم؟ ١٢٣٤٥",
  "שָׁלוֹם עוֹלָם, מה שלומך?",
  "नमस्ते दुनिया, आप कैसे हैं? १२३४",
  "สวัสดีชาวโลก วันนี้อากาศดีมาก",
  "வணக்கம் உலகம் · తెలుగు · ಕನ್ನಡ · മലയാളം · ગુજરાતી · বাংলা · ਪੰਜਾਬੀ · සිංහල",
  "გამარჯობა მსოფლიო · Բարեւ աշխարհ · ሰላም ልዑል · ᠮᠣᠩᠭᠣᠯ · བོད་ཡིག · ភាសាខ្មែរ · မြန်မာ · ລາວ",
  "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇪🇸🇰🇷 1️⃣ ☃️ 🌍🌎🌏",
  "for (let i = 0; i < n; i++) {\n\t\tconsole.log(items[i]?.name ?? 'none', `$`, {i});\n\t}\r\n",
  "def f(x):\n    return  x ** 2   # squares\n\n\n\nprint(f(3))\n",
  '<div class="a  b">\u00a0&nbsp;</div>\n<!-- x -->\r\n\r\n  \t <p>',
  "a\u0301e\u0300 \u0301\u0301x ZWJ\u200d \ufeffBOM\ufeff \u0085NEL\u2028LS\u2029PS\u3000wide\u1680ogham",
  "lone \ud800 high, \udc00 low, \ud83d\ud83d\ude00 doubled, end \udbff",
  "HTTPServer getURLFromID camelCase PascalCase SCREAMING_SNAKE ǅ ǈ ʰ ª º",
  "constructor hasOwnProperty __proto__ toString valueOf",
  "   leading\n \n  blank lines \n\n\n   trailing   ",
  "'s'S'ſ'll'LL'rE ' s ''re '\u017f'k x'd'v've",
  "//path/to/file//\n/next\r\n\\\\server\\share ...!!!???\n\n\n---===---",
  "½ ⅷ ² ³ 〇 Ⅻ 𝟘𝟙𝟚 𝔘𝔫𝔦 𐐷𐐨 𒀀 1,234.5678e-90",
  "",
  " ",
  "\n",
  "\0\u0001\x7f\x80\x9f",
];

// One character or string of every class the patterns tell apart, and of their borders.
const ATOMS = [
  ..."aAzZsStT'dmrRevlL09 \n\r\t/!-_.",
  ..."éßÀſKǅʰª日本のकि\u0301\u093f½²٣Ⅷ",
  "\u00a0",
  "\u0085",
  "\ufeff",
  "\u2028",
  "\u3000",
  "\u200d",
  "\u180e",
  "\u001c",
  "\0",
  "😀",
  "👍🏽",
  "𝔘",
  "𐐷",
  "𐐨",
  "𝟘",
  "\ud800",
  "\udc00",
  "'s",
  "'LL",
  "'ſ",
  "  ",
  "\r\n",
  " the",
  "ing",
  "    ",
  "<|",
  "|>",
]; // prettier-ignore

/** A random string made of borders and classes rather than of words. */
export function fuzz(random: () => number, most = 24): string {
  let text = "";
  const length = 1 + Math.floor(random() * most);
  for (let i = 0; i < length; i++) {
    const choice = random();
    if (choice < 0.94) text += ATOMS[Math.floor(random() * ATOMS.length)];
    else if (choice < 0.97) text += String.fromCharCode(random() * 0x10000);
    else text += String.fromCodePoint(Math.floor(random() * 0x20000));
    if (random() < 0.1) text += text.slice(-2);
  }
  return text;
}
