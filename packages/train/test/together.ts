import type { Processes } from "../src/index.js";

/** Processes that wait for each other at every sum. */
export function together(world: number): Processes[] {
  let waiting: { numbers: Float32Array | Float64Array; go: () => void; fail: (error: Error) => void }[] = [];
  return Array.from({ length: world }, (_, rank) => ({
    rank,
    world,
    sum: (numbers) =>
      new Promise<void>((go, fail) => {
        waiting.push({ numbers, go, fail });
        if (waiting.length < world) return;
        const all = waiting;
        waiting = [];
        const lengths = new Set(all.map((each) => each.numbers.length));
        if (lengths.size > 1) {
          for (const each of all) each.fail(new Error(`sums of ${[...lengths]} numbers at once`));
          return;
        }
        const sums = numbers.map((_, i) => all.reduce((sum, each) => sum + each.numbers[i]!, 0));
        for (const each of all) {
          each.numbers.set(sums);
          each.go();
        }
      }),
  }));
}
