/** How often a timer of so many milliseconds is heard while something is awaited. */
export async function ticksDuring(work: () => Promise<unknown>, every = 10): Promise<number> {
  let ticks = 0;
  const timer = setInterval(() => ticks++, every);
  try {
    await work();
    return ticks;
  } finally {
    clearInterval(timer);
  }
}
