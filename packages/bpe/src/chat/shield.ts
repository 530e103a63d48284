/**
 * Hides characters of a chat's contents behind private-use characters while a template is rendered, so that what the
 * template itself wrote can be told from what came in. One character stands for one, and none of them is a blank: a
 * template trims, measures and cuts the contents as it would have otherwise.
 */
export class Shield {
  readonly #standIns = new Map<string, string>();
  readonly #originals = new Map<string, string>();
  readonly #hidden: RegExp;

  /**
   * @param characters what may have to be hidden.
   * @param taken every text that is rendered: a stand-in must not occur in it.
   */
  constructor(characters: Iterable<string>, taken: string) {
    const used = new Set(taken);
    const free = privateUse();
    for (const character of characters) {
      let standIn = free.next().value!;
      while (used.has(standIn)) standIn = free.next().value!;
      this.#standIns.set(character, standIn);
      this.#originals.set(standIn, character);
    }
    this.#hidden = new RegExp(`[${[...this.#originals.keys()].join("")}]`, "gu");
  }

  /** Hides those characters of every string in `value` that `where` matches, one by one. */
  hide(value: unknown, where: RegExp): unknown {
    return mapStrings(value, (text) => text.replace(where, (char) => this.#standIns.get(char) ?? char));
  }

  restore(text: string): string {
    return text.replace(this.#hidden, (standIn) => this.#originals.get(standIn)!);
  }
}

/** All the strings in a value, one after the other. */
export function stringsIn(value: unknown): string {
  const found: string[] = [];
  mapStrings(value, (text) => {
    found.push(text);
    return text;
  });
  return found.join("\n");
}

/** Matches any of the texts, longer ones first. */
export function anyOf(texts: Iterable<string>): string {
  const escaped = Array.from(texts)
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  return escaped.length > 0 ? escaped.join("|") : "(?!)";
}

/** A copy of the value with every string in it, keys too, changed. */
function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), mapStrings(item, change)]),
  );
}

function* privateUse(): Generator<string, never> {
  for (let code = 0xe000; code <= 0xf8ff; code++) yield String.fromCharCode(code);
  for (let code = 0xf0000; ; code++) yield String.fromCodePoint(code);
}
