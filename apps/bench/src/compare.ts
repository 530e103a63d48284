/** One contender: a name and the work to time, which answers when it is done. */
export interface Contender {
  name: string;
  run: () => unknown;
}

/**
 * Times contenders in turn (A B C, A B C, ..) so that a drift of the machine meets all alike, and prints the median of
 * each with its ratio to the first. `amount` is the work of one run in `unit`s, for the rate. With `inARow` over 1 each
 * turn is so many runs, timed together, after one that is not: what one leaves to the garbage collector is then its own.
 * Answers with the medians, in seconds.
 */
export async function compare(
  title: string,
  amount: number,
  unit: string,
  contenders: Contender[],
  rounds = 5,
  inARow = 1,
): Promise<number[]> {
  const seconds = contenders.map((): number[] => []);
  for (const { run } of contenders) await run();
  for (let round = 0; round < rounds; round++) {
    for (const [i, { run }] of contenders.entries()) {
      if (inARow > 1) await run();
      const start = performance.now();
      for (let n = 0; n < inARow; n++) await run();
      seconds[i]!.push((performance.now() - start) / 1000 / inARow);
    }
  }
  const medians = seconds.map((times) => times.sort((a, b) => a - b)[times.length >> 1]!);
  console.log(`\n${title}`);
  for (const [i, { name }] of contenders.entries()) {
    const rate = (amount / medians[i]!).toFixed(1).padStart(9);
    const ratio = (medians[i]! / medians[0]!).toFixed(2);
    console.log(`  ${name.padEnd(28)} ${rate} ${unit}/s   ours is ${i === 0 ? "this" : `${ratio}x as fast`}`);
  }
  return medians;
}
