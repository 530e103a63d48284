import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tensor } from "@llm/tensor";
import { expect } from "vitest";
import type { Gpt } from "../../src/index.js";

/** What golden/formats.py made. */
export const goldenPath = (name: string) =>
  fileURLToPath(new URL(`../golden/formats/${name}`, import.meta.url));

export const golden = (name: string) => JSON.parse(readFileSync(goldenPath(`${name}.json`), "utf8"));

export async function logitsOf(model: Gpt, ids: readonly number[]): Promise<number[]> {
  return [...(await model.forward(tensor([...ids], [1, ids.length], "int32")).data())];
}

/** The largest difference as a share of the largest value is at most `tolerance`. */
export function expectClose(ours: readonly number[], theirs: readonly number[], tolerance: number): void {
  expect(ours.length).toBe(theirs.length);
  const size = Math.max(...theirs.map(Math.abs));
  const difference = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i]!)));
  expect(difference / size).toBeLessThanOrEqual(tolerance);
}
