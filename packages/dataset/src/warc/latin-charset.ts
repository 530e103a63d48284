/** Decodes a text, with U+FFFD for what is wrong. */
type Decode = (label: string, bytes: Uint8Array) => string | undefined;

/**
 * Languages in Latin script by the encoding that their pages declare least: letters beyond ASCII inside words, those at the
 * ends of words, and those that are words, each with the most frequent first.
 */
const languages = [
  ["windows-1252", "üäöß", "ßüäö", ""],
  ["windows-1252", "éèêçâîôûïœëàüù", "éàùèêôûîâ", "àôÿ"],
  ["windows-1252", "óíáéñúü", "óáéíúñ", "óáé"],
  ["windows-1252", "", "àèùòéì", "èéàò"],
  ["windows-1252", "ãçáéíêóõâúôàü", "áéàãêíóúâôç", "éàáóê"],
  ["windows-1252", "äöåéëïüèêóíá", "äöåéëèê", "åöé"],
  ["windows-1252", "øåæéöäü", "åøæé", "åøæ"],
  ["windows-1252", "áíðéóöúþýæ", "áðéíóöúýæ", "áíó"],
  ["windows-1250", "íáěéřčšžýůúňóďť", "íéáěůýžčšřťňúďó", ""],
  ["windows-1250", "áíéčšžúýľťôňóďäĺŕ", "éíáýúťľňčšžďó", ""],
  ["windows-1250", "łśżóąęćńź", "ąęćłżńśźó", ""],
  ["windows-1250", "áéöóőüíúű", "óőúéűáíöü", "őé"],
  ["windows-1250", "ăîşţâ", "ăşţîâ", ""],
  ["windows-1250", "čšžćđ", "čćšžđ", ""],
  ["windows-1254", "ıüşöğçâ", "ıüşçöğ", ""],
  ["windows-1257", "ėšųžįūčąę", "ąųėįęūšž", "įą"],
  ["windows-1257", "āīēšņļūčžķģ", "āīūēšņļ", ""],
  ["windows-1257", "äõüöšž", "äõüöšž", ""],
] as const;

/** How encodings that share their letters, though not all of their bytes, are tried. */
const alternatives: Readonly<Record<string, readonly string[]>> = {
  "windows-1250": ["windows-1250", "iso-8859-2"],
};

/** Punctuation that any language has. */
const punctuation = new Set("\xa0„“”‘’‚–—…«»€§°·©®™•");
/** Logarithms of how probable is what no language has: a control character, a sign inside a word, beside one, or alone. */
const CONTROL = -14;
const INSIDE = -9;
const BESIDE = -7;
const SIGN = -5;
const PUNCTUATION = -1.5;
/** A letter that a language does not have, and one in the wrong case. */
const FOREIGN = -7;
const CASE = -3;
/** By how much another encoding must be more probable than windows-1252, which is by far the most frequent. */
const MARGIN = 4;
/** Characters that are looked at. */
const LENGTH = 200_000;

/**
 * Encoding of a text in Latin script that declares none, by the places of its letters beyond ASCII: windows-1252 unless the
 * letters are more probable in a language of Central Europe, the Baltic states or Turkey.
 */
export function guessLatinCharset(prose: Uint8Array, decode: Decode): string {
  const bytes = prose.subarray(0, LENGTH);
  const scores = new Map<string, number>();
  const texts = new Map<string, string>();
  for (const [family, inner, final, alone] of languages) {
    const ranks = [inner, final, alone].map(probabilities);
    for (const encoding of alternatives[family] ?? [family]) {
      const text = texts.get(encoding) ?? decode(encoding, bytes) ?? "";
      texts.set(encoding, text);
      const score = probability(text, ranks);
      if (score > (scores.get(encoding) ?? Number.NEGATIVE_INFINITY)) scores.set(encoding, score);
    }
  }
  let best = "windows-1252";
  let bestScore = scores.get(best)! + MARGIN;
  for (const [encoding, score] of scores) if (score > bestScore) [best, bestScore] = [encoding, score];
  return best;
}

/** Logarithms of the probabilities of letters by their rank: about as in Zipf's law. */
function probabilities(letters: string): Map<string, number> {
  const weights = Array.from(letters, (_, rank) => 1 / (rank + 1.5));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return new Map(Array.from(letters, (letter, i) => [letter, Math.log(weights[i]! / total)]));
}

/** Logarithm of how probable the characters beyond ASCII are, each by itself and its place in its word. */
function probability(text: string, [inner, final, alone]: readonly Map<string, number>[]): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x80) continue;
    const character = text[i]!;
    const before = isLetter(text[i - 1]);
    const after = isLetter(text[i + 1]);
    if (!isLetter(character)) {
      if (punctuation.has(character) && (character === "’" || !(before && after))) sum += PUNCTUATION;
      else if (character < "\xa0" || character === "\ufffd") sum += CONTROL;
      else sum += before && after ? INSIDE : before || after ? BESIDE : SIGN;
      continue;
    }
    // Turkish has an i with a dot as a capital.
    const small = character === "İ" ? "ı" : character.toLowerCase();
    const place = after ? inner! : before ? final! : alone!;
    sum += place.get(small) ?? FOREIGN;
    if (small !== character && before && isSmall(text[i - 1]!)) sum += CASE;
  }
  return sum;
}

function isLetter(character: string | undefined): boolean {
  return (
    character !== undefined && (character.toLowerCase() !== character.toUpperCase() || character === "ß")
  );
}

function isSmall(letter: string): boolean {
  return letter !== letter.toUpperCase();
}
