import { checkArgument } from "./check.js";
import { UnknownTokenError } from "./errors.js";
import type { Vocabulary } from "./vocabulary.js";

/** What is taken off the start of a decoded text. */
export interface Leading {
  /** Blanks, at most so many. */
  blanks: number;
  /** All blanks of the first token instead. */
  firstToken: boolean;
}

/**
 * Ids over characters to text, as they come. A run of tokens for bytes is given out as a whole: it is text only if all of
 * it is UTF-8, and U+FFFD for each byte otherwise, as in Hugging Face's decoder.
 */
export class CharacterDecoder {
  readonly #vocabulary: Vocabulary;
  readonly #bytes: ReadonlySet<number>;
  readonly #leading: Leading;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
  #run: number[] = [];
  #first = true;
  #blanks: number;

  constructor(vocabulary: Vocabulary, bytes: ReadonlySet<number>, leading: Leading) {
    this.#vocabulary = vocabulary;
    this.#bytes = bytes;
    this.#leading = leading;
    this.#blanks = leading.blanks;
  }

  /** The text that this id, or these, completes. @throws UnknownTokenError */
  write(ids: number | ArrayLike<number>): string {
    if (typeof ids === "number") return this.#add(ids);
    checkArgument("ids of decode", ids, "list");
    let text = "";
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      if (typeof id !== "number") checkArgument(`id ${i} of decode`, id, "number");
      text += this.#add(id);
    }
    return text;
  }

  /** What is left. The decoder can then be used again. */
  end(): string {
    const text = this.#strip(this.#flush());
    this.#first = true;
    this.#blanks = this.#leading.blanks;
    return text;
  }

  #add(id: number): string {
    if (!this.#vocabulary.has(id)) throw new UnknownTokenError(id, this.#vocabulary.size);
    const bytes = this.#vocabulary.bytes(id);
    const first = this.#first;
    this.#first = false;
    if (this.#bytes.has(id)) {
      this.#run.push(bytes[0]!);
      return "";
    }
    const text = this.#decoder.decode(bytes);
    return this.#strip(this.#flush() + (first && this.#leading.firstToken ? text.replaceAll(" ", "") : text));
  }

  #flush(): string {
    const run = this.#run;
    if (run.length === 0) return "";
    this.#run = [];
    try {
      return this.#decoder.decode(Uint8Array.from(run));
    } catch {
      return "\ufffd".repeat(run.length);
    }
  }

  #strip(text: string): string {
    if (this.#blanks === 0 || text === "") return text;
    let start = 0;
    while (start < this.#blanks && text[start] === " ") start++;
    this.#blanks = start === text.length ? this.#blanks - start : 0;
    return text.slice(start);
  }
}
