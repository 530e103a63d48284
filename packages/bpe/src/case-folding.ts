/** What ignoring case makes of characters. */
interface Folding {
  /** All characters that have a case. */
  cased: string;
  /** Characters that fold to several, such as ß, by what they fold to (Unicode's full case folding). */
  long: ReadonlyMap<string, string>;
}

let folding: Folding | undefined;

function table(): Folding {
  if (folding) return folding;
  const long = new Map<string, string>();
  let cased = "";
  // No character behind this has a case.
  for (let code = 0x41; code < 0x1f000; code++) {
    if (code === 0x2e80) code = 0xa640;
    if (code === 0xac00) code = 0xfb00;
    const char = String.fromCodePoint(code);
    if (char.toLowerCase() === char && char.toUpperCase() === char) continue;
    cased += char;
    const folded = foldedTwice(char);
    if (Array.from(folded).length > 1) long.set(folded, (long.get(folded) ?? "") + char);
  }
  folding = { cased, long };
  return folding;
}

// Twice, because the capital ß has a small letter, but no long form.
function foldedTwice(char: string): string {
  return char.toLowerCase().toUpperCase().toLowerCase();
}

/** The characters with a case that a JavaScript expression of one character matches. */
export function casedIn(expression: string, flags: string): string {
  return (table().cased.match(new RegExp(expression, `g${flags}`)) ?? []).join("");
}

/** What ignoring case adds to a class; `body` is in the syntax of the flag `v` and not negated. */
export function caseAdds(body: string): string {
  const inside = casedIn(`[${body}]`, "v");
  if (inside === "") return "";
  const has = new Set(inside);
  return Array.from(casedIn(`[${inside}]`, "iu"))
    .filter((char) => !has.has(char))
    .join("");
}

/** All forms of one character that differ in case only. */
export function caseForms(char: string): string {
  return casedIn(char.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&"), "iu") || char;
}

/** What characters of a class fold to where that is more than one character. */
export function longFolds(characters: string): string[] {
  const set = new Set(characters);
  return [...table().long]
    .filter(([, chars]) => Array.from(chars).some((c) => set.has(c)))
    .map(([folded]) => folded);
}

/**
 * A run of literal characters in parts that ignore case: single characters, and where some fold to one (ss and ß), those
 * together with what stands for them. From the left, the longest first.
 */
export function foldRun(run: readonly string[]): { chars: string[]; as: string }[] {
  const { long } = table();
  const folded = run.flatMap((char) => {
    const whole = Array.from(foldedTwice(char));
    return whole.length > 1 ? whole : [char];
  });
  const parts: { chars: string[]; as: string }[] = [];
  for (let at = 0; at < folded.length; ) {
    let length = 3;
    let as = "";
    for (; length > 1; length--) {
      const chars = folded.slice(at, at + length);
      if (chars.length < length) continue;
      as =
        long.get(
          chars
            .map((char) => (caseForms(char).includes(foldedTwice(char)) ? foldedTwice(char) : char))
            .join(""),
        ) ?? "";
      if (as !== "") break;
    }
    parts.push({ chars: folded.slice(at, at + length), as });
    at += length;
  }
  return parts;
}
