import { cast, linear, quantize, quantizedLinear, randomUniform, scope, type Tensor } from "@llm/tensor";

/** The median CPU time in seconds of each of these, by turns: what else the machine does falls on all of them. */
function byTurns<Name extends string>(tasks: Record<Name, () => void>): Record<Name, number> {
  const names = Object.keys(tasks) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let turn = 0; turn < 25; turn++) {
    for (const name of names) {
      const start = process.cpuUsage();
      scope(tasks[name]);
      const { user, system } = process.cpuUsage(start);
      if (turn >= 4) times[name].push((user + system) / 1e6);
    }
  }
  const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1]!;
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}

/** One row, as in decoding, and few, times weights beyond the caches, stored in 4 bytes, 2 and 1: how fast they are read. */
export function benchStorage(): void {
  console.log(
    "\nrows times a weight in float32, bfloat16 and int8: CPU time, GB/s, and times as fast as float32",
  );
  for (const [n, k] of [
    [4096, 4096],
    [50257, 768],
  ] as const) {
    scope(() => {
      const weight = randomUniform([n, k], { low: -1, seed: 1 });
      const [half, quarter] = [cast(weight, "bfloat16"), quantize(weight)];
      for (const rows of [1, 3]) {
        const x = randomUniform([rows, k], { low: -1, seed: 2 });
        const wide = randomUniform([rows, n], { low: -1, seed: 3 });
        const rowsOf = (w: Tensor) => () => void linear(x, w, null, { transposed: true });
        const columnsOf = (w: Tensor) => () => void linear(wide, w);
        for (const [name, tasks] of Object.entries<Record<string, () => void>>({
          [`${rows} x ${k} times ${n} rows`]: {
            float32: rowsOf(weight),
            bfloat16: rowsOf(half),
            int8: () => void quantizedLinear(x, quarter),
          },
          [`${rows} x ${n} times ${k} columns`]: { float32: columnsOf(weight), bfloat16: columnsOf(half) },
        })) {
          const seconds = Object.entries(byTurns(tasks));
          const float32 = seconds[0]![1];
          const cells = seconds.map(([type, each], i) => {
            const rate = ((4 >> i) * n * k) / each / 1e9;
            return `${type} ${(each * 1000).toFixed(2)} ms ${rate.toFixed(1)} GB/s ${(float32 / each).toFixed(2)}x`;
          });
          console.log(name.padEnd(32) + cells.map((cell) => cell.padStart(40)).join(""));
        }
      }
    });
  }
}
