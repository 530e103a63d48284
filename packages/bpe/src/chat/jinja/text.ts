// Strings as a template sees them: counted in characters as Python counts, and aware of what came in with the chat.

/**
 * A string that knows which stretches of it came in with the chat: what is joined, cut or replaced keeps that. Nothing a
 * template can ask depends on it.
 */
export class Text {
  static readonly empty = new Text("", []);

  readonly text: string;
  /** Borders in UTF-16 units, in pairs: from the first up to but without the second is from outside. In order, none empty. */
  readonly outside: readonly number[];
  /** Declared safe in HTML (Jinja's Markup). */
  readonly markup: boolean;
  #length = -1;

  private constructor(text: string, outside: readonly number[], markup = false) {
    this.text = text;
    this.outside = outside;
    this.markup = markup;
  }

  /** What the template itself says. */
  static own(text: string): Text {
    return text === "" ? Text.empty : new Text(text, []);
  }

  /** What came in with the chat. */
  static fromOutside(text: string): Text {
    return text === "" ? Text.empty : new Text(text, [0, text.length]);
  }

  static concat(parts: readonly Text[]): Text {
    if (parts.length === 1 && !parts[0]!.markup) return parts[0]!;
    const outside: number[] = [];
    let at = 0;
    for (const part of parts) {
      for (let i = 0; i < part.outside.length; i += 2) {
        const start = at + part.outside[i]!;
        const end = at + part.outside[i + 1]!;
        if (outside.length > 0 && outside.at(-1) === start) outside[outside.length - 1] = end;
        else outside.push(start, end);
      }
      at += part.text.length;
    }
    return new Text(parts.map(({ text }) => text).join(""), outside);
  }

  /** The same string, declared safe or not. */
  marked(markup: boolean): Text {
    return markup === this.markup ? this : new Text(this.text, this.outside, markup);
  }

  /** In UTF-16 units, which `start` and `end` are too. */
  slice(start: number, end = this.text.length): Text {
    if (start === 0 && end >= this.text.length) return this;
    const outside: number[] = [];
    for (let i = 0; i < this.outside.length; i += 2) {
      const from = Math.max(this.outside[i]!, start);
      const to = Math.min(this.outside[i + 1]!, end);
      if (from < to) outside.push(from - start, to - start);
    }
    return new Text(this.text.slice(start, end), outside, this.markup);
  }

  /** Cuts at the given borders (UTF-16 units, in order): one part more than there are borders. */
  cut(borders: readonly number[]): Text[] {
    const parts: Text[] = [];
    let pair = 0;
    for (let i = 0; i <= borders.length; i++) {
      const start = i === 0 ? 0 : borders[i - 1]!;
      const end = i === borders.length ? this.text.length : borders[i]!;
      while (pair < this.outside.length && this.outside[pair + 1]! <= start) pair += 2;
      const outside: number[] = [];
      for (let k = pair; k < this.outside.length && this.outside[k]! < end; k += 2) {
        outside.push(Math.max(this.outside[k]!, start) - start, Math.min(this.outside[k + 1]!, end) - start);
      }
      parts.push(new Text(this.text.slice(start, end), outside, this.markup));
    }
    return parts;
  }

  /** Changes each stretch of one origin by itself. */
  map(change: (stretch: string) => string): Text {
    if (this.outside.length === 0) return Text.own(change(this.text)).marked(this.markup);
    const parts: Text[] = [];
    let done = 0;
    for (let i = 0; i < this.outside.length; i += 2) {
      const [start, end] = [this.outside[i]!, this.outside[i + 1]!];
      if (done < start) parts.push(Text.own(change(this.text.slice(done, start))));
      parts.push(Text.fromOutside(change(this.text.slice(start, end))));
      done = end;
    }
    if (done < this.text.length) parts.push(Text.own(change(this.text.slice(done))));
    return Text.concat(parts).marked(this.markup);
  }

  /** Whether the unit at this place came in with the chat. */
  isOutside(unit: number): boolean {
    let low = 0;
    let high = this.outside.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.outside[middle * 2 + 1]! <= unit) low = middle + 1;
      else high = middle;
    }
    return low * 2 < this.outside.length && this.outside[low * 2]! <= unit;
  }

  /** In characters (code points), as Python counts. */
  get length(): number {
    if (this.#length < 0) this.#length = countCharacters(this.text);
    return this.#length;
  }

  /** Where a character starts, in UTF-16 units; the end for one past the last. */
  unitAt(character: number): number {
    if (this.length === this.text.length) return character;
    let unit = 0;
    for (let i = 0; i < character && unit < this.text.length; i++) unit += isPair(this.text, unit) ? 2 : 1;
    return unit;
  }

  /** How many characters stand before a UTF-16 unit. */
  characterAt(unit: number): number {
    return this.length === this.text.length ? unit : countCharacters(this.text.slice(0, unit));
  }

  /** The characters, each a string of its own. */
  characters(): Text[] {
    const borders: number[] = [];
    for (let unit = 0; unit < this.text.length; ) {
      unit += isPair(this.text, unit) ? 2 : 1;
      borders.push(unit);
    }
    borders.pop();
    return this.text === "" ? [] : this.cut(borders);
  }
}

function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    if (isPair(text, i)) {
      count--;
      i++;
    }
  }
  return count;
}

function isPair(text: string, unit: number): boolean {
  return (text.charCodeAt(unit) & 0xfc00) === 0xd800 && (text.charCodeAt(unit + 1) & 0xfc00) === 0xdc00;
}
