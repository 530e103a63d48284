import { ALPHA, CURRENCY, classOf, DIGIT, ICON, LOWER, PUNCTUATION, QUOTE, UPPER } from "./characters.js";

/**
 * The rules by which spaCy's English tokenizer (3.8) cuts a string without whitespace. There they are regular expressions
 * with look-behinds over hundreds of ranges; here they are scanners over a table of classes, which cut alike and faster.
 */

const AFFIX = PUNCTUATION | QUOTE | ICON;
const CURRENCY_PREFIXES = ["US$", "C$", "A$"];
const POSSESSIVES = ["'s", "'S", "’s", "’S"];
const HYPHENS = ["-", "–", "—", "--", "---", "——", "~"];

/** Cut off when they follow a digit. Two of them are run together with a missing space, as they are there. */
const UNITS = `
  km km² km³ m m² m³ dm dm² dm³ cm cm² cm³ mm mm² mm³ ha µm nm yd in ft kg g mg µg t lb oz m/s km/h kmh mph hPa Pa mbar mb MB
  kb KB gb GB tb TB T G M K % км км² км³ м м² м³ дм дм² дм³ см см² см³ мм мм² мм³ нм кг г мг м/с км/ч кПа Па мбар Кб КБ кб
  Мб МБ мб Гб ГБ гб Тб ТБ тбكم كم² كم³ م م² م³ سم سم² سم³ مم مم² مم³ كم غرام جرام جم كغ ملغ كوب اكواب`;
const unitsByLast = new Map<string, string[]>();

/** How many UTF-16 units the rules cut off at the start. */
export function prefixLength(text: string): number {
  const point = text.codePointAt(0);
  if (point === undefined) return 0;
  const first = text[0]!;
  if (first === ".") return dots(text, 0) > 1 ? dots(text, 0) : 0;
  if (first === "+") return is(text.codePointAt(1), DIGIT) ? 0 : 1;
  if (is(point, AFFIX | CURRENCY) || "§%=—–".includes(first)) return width(point);
  return CURRENCY_PREFIXES.find((prefix) => text.startsWith(prefix))?.length ?? 0;
}

/** How many UTF-16 units the rules cut off at the end: the longest that any of them takes. */
export function suffixLength(text: string): number {
  const point = pointBefore(text, text.length);
  if (point === undefined) return 0;
  const last = text.at(-1)!;
  if (last === ".") return periodSuffix(text);
  if (last === "…") return text.endsWith("……") ? 2 : 1;
  if (POSSESSIVES.some((suffix) => text.endsWith(suffix))) return 2;
  const measured = Math.max(unitSuffix(text, last), currencySuffix(text, point));
  if (measured > 0) return measured;
  if (is(point, AFFIX) || last === "—" || last === "–") return width(point);
  return last === "+" && digitBefore(text, text.length - 1) ? 1 : 0;
}

function periodSuffix(text: string): number {
  let run = 1;
  while (text[text.length - 1 - run] === ".") run++;
  if (run > 1) return run;
  const end = text.length - 1;
  const before = pointBefore(text, end);
  if (before === undefined) return 0;
  const at = end - width(before);
  if (is(before, DIGIT | LOWER | PUNCTUATION | QUOTE) || "%²-+|".includes(text[at]!)) return 1;
  const second = pointBefore(text, at);
  if (is(before, UPPER) && is(second, UPPER)) return 1;
  return second === 0xb0 && "FCK".includes(text[at]!) ? 1 : 0; // °F.
}

function unitSuffix(text: string, last: string): number {
  if (unitsByLast.size === 0) {
    for (const unit of UNITS.trim().split(/\s+/)) {
      const end = unit.at(-1)!;
      unitsByLast.set(end, [...(unitsByLast.get(end) ?? []), unit]);
    }
    for (const units of unitsByLast.values()) units.sort((a, b) => b.length - a.length);
  }
  const fits = (unit: string) => digitBefore(text, text.length - unit.length) && text.endsWith(unit);
  return unitsByLast.get(last)?.find(fits)?.length ?? 0;
}

function currencySuffix(text: string, last: number): number {
  if (!is(last, CURRENCY)) return 0;
  const long = CURRENCY_PREFIXES.find(
    (money) => text.endsWith(money) && digitBefore(text, text.length - money.length),
  );
  return long?.length ?? (digitBefore(text, text.length - 1) ? 1 : 0);
}

/** Where the rules cut inside: pairs of start and end, as one flat list. */
export function infixes(text: string): number[] {
  const cuts: number[] = [];
  for (let i = 0; i < text.length; ) {
    const size = infixLength(text, i);
    if (size > 0) cuts.push(i, i + size);
    i += size > 0 ? size : width(text.codePointAt(i)!);
  }
  return cuts;
}

function infixLength(text: string, i: number): number {
  const point = text.codePointAt(i)!;
  if (isLetterOrDigit(point)) return is(point, ICON) ? width(point) : 0;
  if (point === 0x2e) {
    if (dots(text, i) > 1) return dots(text, i);
    return is(pointBefore(text, i), LOWER | QUOTE) && is(text.codePointAt(i + 1), UPPER | QUOTE) ? 1 : 0;
  }
  if (point === 0x2026 || is(point, ICON)) return width(point);
  const character = text[i]!;
  const before = pointBefore(text, i);
  if ("+-*^".includes(character) && is(before, DIGIT)) {
    if (text[i + 1] === "-" || is(text.codePointAt(i + 1), DIGIT)) return 1;
  }
  if (character === ",") return is(before, ALPHA) && is(text.codePointAt(i + 1), ALPHA) ? 1 : 0;
  if (!is(before, ALPHA | DIGIT)) return 0;
  if (":<>=/".includes(character)) return is(text.codePointAt(i + 1), ALPHA) ? 1 : 0;
  for (const hyphen of HYPHENS) {
    if (text.startsWith(hyphen, i) && is(text.codePointAt(i + hyphen.length), ALPHA)) return hyphen.length;
  }
  return 0;
}

/** Most characters are letters or digits, and of those only an icon that passes for a letter is an infix. */
function isLetterOrDigit(point: number): boolean {
  return is(point, ALPHA | DIGIT) && point !== 0x2026;
}

function is(point: number | undefined, classes: number): boolean {
  return point !== undefined && (classOf(point) & classes) !== 0;
}

function width(point: number): number {
  return point > 0xffff ? 2 : 1;
}

function dots(text: string, from: number): number {
  let end = from;
  while (text[end] === ".") end++;
  return end - from;
}

function digitBefore(text: string, end: number): boolean {
  const unit = text.charCodeAt(end - 1);
  return unit >= 48 && unit <= 57;
}

function pointBefore(text: string, end: number): number | undefined {
  const low = text.charCodeAt(end - 1);
  const paired = (low & 0xfc00) === 0xdc00 && (text.charCodeAt(end - 2) & 0xfc00) === 0xd800;
  return end > 0 ? text.codePointAt(paired ? end - 2 : end - 1) : undefined;
}
