/** Finds where a JSON value ends that comes in pieces. */
export class JsonEnd {
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #hasBegun = false;

  /** How much of this piece belongs to it, where it ends here. A number and a word end before what is no part of them. */
  find(piece: string): number | undefined {
    for (let at = 0; at < piece.length; at++) {
      const character = piece[at]!;
      const isLast = this.#read(character);
      if (isLast) return at + 1;
      const isWithin = this.#isString || this.#depth > 0 || /[-+.\w]/.test(character);
      if (this.#hasBegun && !isWithin) return at;
      this.#hasBegun = true;
    }
    return undefined;
  }

  /** Whether a text, an object or a list ends with this character. */
  #read(character: string): boolean {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#isString) {
      if (character === "\\") this.#isEscaped = true;
      else if (character === '"') {
        this.#isString = false;
        return this.#depth === 0;
      }
    } else if (character === '"') this.#isString = true;
    else if (character === "{" || character === "[") this.#depth++;
    else if (character === "}" || character === "]") return --this.#depth === 0;
    return false;
  }
}
