/** Finds where a JSON object or list ends that comes in pieces. */
export class JsonEnd {
  #depth = 0;
  #isString = false;
  #isEscaped = false;

  /** How much of this piece belongs to it, where it ends here. */
  find(piece: string): number | undefined {
    for (let at = 0; at < piece.length; at++) {
      const character = piece[at]!;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#isString) {
        if (character === "\\") this.#isEscaped = true;
        else if (character === '"') this.#isString = false;
      } else if (character === '"') this.#isString = true;
      else if (character === "{" || character === "[") this.#depth++;
      else if ((character === "}" || character === "]") && --this.#depth === 0) return at + 1;
    }
    return undefined;
  }
}
