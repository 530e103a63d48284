import { checkArgument } from "./check.js";
import { UnknownTokenError } from "./errors.js";
import type { Vocabulary } from "./vocabulary.js";

/** Ids to text as they come. Text is given out once its characters are whole. */
export interface StreamDecoder {
  /** The text that this id, or these, completes: "" while a character is still missing bytes. @throws UnknownTokenError */
  write(ids: number | ArrayLike<number>): string;
  /** What is left: U+FFFD where a character was cut short. The decoder can then be used again. */
  end(): string;
}

/** Decodes ids whose bytes, one after the other, are UTF-8. */
export class ByteDecoder implements StreamDecoder {
  readonly #vocabulary: Vocabulary;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  write(ids: number | ArrayLike<number>): string {
    const vocabulary = this.#vocabulary;
    const bytes = typeof ids === "number" ? vocabulary.bytes(ids) : bytesOf(vocabulary, ids);
    return this.#decoder.decode(bytes, { stream: true });
  }

  end(): string {
    return this.#decoder.decode();
  }
}

/** The bytes of all these ids, one after the other. @throws UnknownTokenError */
export function bytesOf({ arena, offsets, size }: Vocabulary, ids: ArrayLike<number>): Uint8Array {
  checkArgument("ids of decode", ids, "list");
  let length = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (typeof id !== "number") checkArgument(`id ${i} of decode`, id, "number");
    const bytes = offsets[id + 1]! - offsets[id]!;
    if (!(bytes > 0)) throw new UnknownTokenError(id, size);
    length += bytes;
  }
  const out = new Uint8Array(length);
  let written = 0;
  for (let i = 0; i < ids.length; i++) {
    const end = offsets[ids[i]! + 1]!;
    for (let at = offsets[ids[i]!]!; at < end; at++) out[written++] = arena[at]!;
  }
  return out;
}
