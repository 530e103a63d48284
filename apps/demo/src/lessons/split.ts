import { createHash } from "node:crypto";

/** What a thing is for: to learn from, to choose settings by, or to be asked once, at the end. */
export type Part = "train" | "validation" | "test";

/**
 * Puts a thing into one of three parts by a hash of its name: 80%, 10%, 10%. It is in the same part in every run,
 * whatever else there is.
 */
export function partOf(name: string): Part {
  const place = createHash("sha256").update(name).digest().readUInt32LE(0) / 2 ** 32;
  return place < 0.8 ? "train" : place < 0.9 ? "validation" : "test";
}
