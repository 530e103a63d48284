/** Work between two rests, in milliseconds: so that abort, progress and other work get their turn. */
const STRETCH = 40;

/**
 * Gives a function that throws once the signal is aborted, and otherwise waits a turn if it was long since the last:
 * then it first calls `onRest`.
 */
export function takingTurns(
  signal: AbortSignal | undefined,
  onRest?: () => void,
): () => Promise<void> | undefined {
  signal?.throwIfAborted();
  let rested = performance.now();
  return () => {
    signal?.throwIfAborted();
    if (performance.now() - rested < STRETCH) return undefined;
    onRest?.();
    return new Promise<void>((resolve) => setTimeout(resolve)).then(() => {
      signal?.throwIfAborted();
      rested = performance.now();
    });
  };
}
