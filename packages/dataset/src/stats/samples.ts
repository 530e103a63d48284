import type { Document } from "../document.js";
import { sha1 } from "../hash/sha1.js";
import type { DropVerdict } from "../step.js";
import type { DropSample } from "./details.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const digest = new Int32Array(5);

interface Ranked {
  readonly rank: number;
  readonly sample: DropSample;
}

/**
 * A bounded choice of documents that depends on their ids only: the ones with the smallest hashes. A choice made of the
 * choices of parts is the choice made of the whole.
 */
export class SampleChoice {
  readonly #most: number;
  #chosen: Ranked[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Adds a document if it is among the chosen so far; `sample` is called only then. */
  add(id: string, sample: () => DropSample): void {
    const rank = rankOf(id);
    if (this.#chosen.length === this.#most && !(rank <= (this.#chosen.at(-1)?.rank ?? -1))) return;
    this.#chosen.push({ rank, sample: sample() });
    this.#chosen.sort(compare);
    this.#chosen.length = Math.min(this.#chosen.length, this.#most);
  }

  samples(): readonly DropSample[] {
    return this.#chosen.map(({ sample }) => sample);
  }
}

/** What there is to see of a dropped document. */
export function sampleOf(
  { id, text, meta }: Document,
  { metric, value, threshold, bound }: DropVerdict,
  length: number,
  excerpt: number,
): DropSample {
  const { url } = meta;
  return {
    id,
    ...(typeof url === "string" && { url }),
    length,
    excerpt: start(text, excerpt),
    metric,
    value: plain(value),
    threshold: plain(threshold),
    ...(bound && { bound }),
  };
}

/** A copy, since a slice would hold on to the whole text. */
function start(text: string, characters: number): string {
  const cut = text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, "");
  return decoder.decode(encoder.encode(cut));
}

/** JSON has no infinity. */
function plain(value: number | string): number | string {
  return typeof value === "string" || Number.isFinite(value) ? value : `${value}`;
}

function rankOf(id: string): number {
  const bytes = encoder.encode(id);
  sha1(bytes, 0, bytes.length, digest);
  return digest[0]! >>> 0;
}

function compare(a: Ranked, b: Ranked): number {
  return a.rank - b.rank || order(a.sample.id, b.sample.id) || order(text(a.sample), text(b.sample));
}

function text({ url, length, excerpt, metric, value, threshold, bound }: DropSample): string {
  return JSON.stringify([url, length, excerpt, metric, value, threshold, bound]);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
