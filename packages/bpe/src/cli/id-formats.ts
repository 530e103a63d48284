import { Option } from "@llm/platform/command";
import { type BpeError, TokenizerFormatError } from "../errors.js";

/** Ids as text (blanks between them, a line for each input), as JSON (an array a line), or as little-endian numbers. */
export type IdFormat = "text" | "json" | "u16" | "u32";

const ID_FORMATS = ["text", "json", "bin", "u16", "u32"] as const;

/** The option of every command that reads or writes ids. */
export const formatOption = new Option(
  "--format <name>",
  "how ids are written (text: blanks between them, a line for each input; bin: little-endian, u16 where the vocabulary fits, else u32)",
)
  .choices(ID_FORMATS)
  .default("text" as const);

/** "bin" is u16 where the vocabulary fits. @throws TokenizerFormatError where ids do not fit u16. */
export function idFormat(name: (typeof ID_FORMATS)[number], vocabSize: number): IdFormat {
  const fits = vocabSize <= 0x10000;
  if (name === "bin") return fits ? "u16" : "u32";
  if (name === "u16" && !fits) {
    throw new TokenizerFormatError(
      `Ids up to ${vocabSize - 1} do not fit 16 bits: use --format u32, or bin, which takes what fits.`,
    );
  }
  return name;
}

/** Writes the ids of one input, a part at a time. */
export class IdWriter {
  readonly #format: IdFormat;
  #any = false;

  constructor(format: IdFormat) {
    this.#format = format;
  }

  start(): string {
    this.#any = false;
    return this.#format === "json" ? "[" : "";
  }

  part(ids: Uint32Array): string | Uint8Array {
    if (ids.length === 0) return "";
    if (this.#format === "u16" || this.#format === "u32") return bytesOf(ids, this.#format);
    const separator = this.#format === "json" ? "," : " ";
    const joined = (this.#any ? separator : "") + ids.join(separator);
    this.#any = true;
    return joined;
  }

  end(): string {
    return { text: "\n", json: "]\n", u16: "", u32: "" }[this.#format];
  }
}

function bytesOf(ids: Uint32Array, format: "u16" | "u32"): Uint8Array {
  const width = format === "u16" ? 2 : 4;
  const view = new DataView(new ArrayBuffer(ids.length * width));
  for (let i = 0; i < ids.length; i++) {
    if (width === 2) view.setUint16(i * 2, ids[i]!, true);
    else view.setUint32(i * 4, ids[i]!, true);
  }
  return new Uint8Array(view.buffer);
}

/** Reads ids as they come. @throws TokenizerFormatError */
export async function* readIds(
  bytes: AsyncIterable<Uint8Array>,
  format: IdFormat,
): AsyncGenerator<Uint32Array> {
  yield* format === "u16" || format === "u32" ? readNumbers(bytes, format) : readText(bytes);
}

async function* readNumbers(
  bytes: AsyncIterable<Uint8Array>,
  format: "u16" | "u32",
): AsyncGenerator<Uint32Array> {
  const width = format === "u16" ? 2 : 4;
  let rest = new Uint8Array(0);
  for await (const chunk of bytes) {
    const all = new Uint8Array(rest.length + chunk.length);
    all.set(rest);
    all.set(chunk, rest.length);
    const view = new DataView(all.buffer);
    const count = Math.floor(all.length / width);
    yield Uint32Array.from({ length: count }, (_, i) =>
      width === 2 ? view.getUint16(i * 2, true) : view.getUint32(i * 4, true),
    );
    rest = all.slice(count * width);
  }
  if (rest.length > 0) {
    throw new TokenizerFormatError(
      `The ids end within a number: ${rest.length} bytes are left of ${width}. Were they written as ${format}?`,
    );
  }
}

/** Numbers with blanks, commas and brackets between them: the text format and JSON alike. */
async function* readText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint32Array> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const words = (rest + decoder.decode(chunk, { stream: true })).split(/[\s,[\]]+/);
    // The last number may go on in the next chunk.
    rest = words.pop()!;
    if (rest.length > 20) throw noId(rest);
    yield idsOf(words);
  }
  yield idsOf([rest]);
}

function idsOf(words: readonly string[]): Uint32Array {
  return Uint32Array.from(
    words.filter((word) => word !== ""),
    (word) => {
      if (!/^\d{1,9}$/.test(word)) throw noId(word);
      return Number(word);
    },
  );
}

function noId(word: string): BpeError {
  return new TokenizerFormatError(
    `${JSON.stringify(word.slice(0, 40))} is no id: ids are whole numbers. For binary ids say --format u16 or u32.`,
  );
}
