import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const known = new Map<string, readonly string[]>();

function sentencesOf(data: string, language: string): readonly string[] {
  let sentences = known.get(language);
  if (!sentences) {
    sentences = readFileSync(join(data, "langid", `${language}.txt`), "utf8")
      .split("\n")
      .map((line) => line.trim().replace(/[<>&]/g, ""))
      .filter((line) => line.length > 20);
    known.set(language, sentences);
  }
  return sentences;
}

/** Sentences of a language: first each of the known ones, then beginnings of some with ends of others. */
export class Prose {
  readonly #sentences: readonly string[];
  readonly #random: () => number;
  readonly #left: string[];

  constructor(data: string, language: string, random: () => number) {
    this.#sentences = sentencesOf(data, language);
    this.#random = random;
    this.#left = [...this.#sentences];
  }

  #any(): string {
    return this.#sentences[Math.floor(this.#random() * this.#sentences.length)]!;
  }

  sentence(): string {
    const [first] = this.#left.splice(Math.floor(this.#random() * this.#left.length), 1);
    if (first) return first;
    const [a, b] = [this.#any(), this.#any()];
    const isSpaced = a.includes(" ");
    const [x, y] = isSpaced ? [a.split(" "), b.split(" ")] : [[...a], [...b]];
    return [...x.slice(0, Math.ceil(x.length / 2)), ...y.slice(Math.floor(y.length / 2))].join(
      isSpaced ? " " : "",
    );
  }

  paragraph(sentences: number): string {
    const isSpaced = this.#any().includes(" ");
    return Array.from({ length: sentences }, () => this.sentence()).join(isSpaced ? " " : "");
  }

  /** A few words without an end, as a headline has. */
  words(count: number): string {
    const sentence = this.sentence().replace(/[.!?…。"„“]/g, "");
    return sentence.includes(" ")
      ? sentence.split(" ").slice(0, count).join(" ")
      : sentence.slice(0, 3 * count);
  }
}
