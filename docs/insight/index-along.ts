import type { Index } from "@llm/gpt/inspect";

/** An index along an axis of what a cell reads, from the cell's own index; undefined where the value of another cell has it. */
export function indexAlong(along: Exclude<Index, "each">, index: readonly number[]): number | undefined {
  if (typeof along === "number") return along;
  if ("value" in along) return undefined;
  const { axis, over = 1, modulo = Infinity, times = 1, plus = 0 } = along;
  const offset = plus === "each" ? undefined : indexAlong(plus, index);
  return offset === undefined ? undefined : (Math.floor(index[axis]! / over) % modulo) * times + offset;
}
