import { length } from "../text/python.js";

/** How many of the parts have come before, and how many characters those have. */
export function duplicates(parts: readonly string[]): { count: number; characters: number } {
  const seen = new Set<string>();
  let count = 0;
  let characters = 0;
  for (const part of parts) {
    if (seen.has(part)) {
      count++;
      characters += length(part);
    } else seen.add(part);
  }
  return { count, characters };
}
