/**
 * Does work that takes a while, again and again: of what is asked for meanwhile only the last is next. The work is told by
 * `isStale` that there is something next.
 */
export function latest(
  work: (isStale: () => boolean) => Promise<void>,
  failed: (error: unknown) => void,
): () => Promise<void> {
  let isBusy = false;
  let isAsked = false;
  return async () => {
    isAsked = true;
    if (isBusy) return;
    isBusy = true;
    try {
      while (isAsked) {
        isAsked = false;
        await work(() => isAsked);
      }
    } catch (error) {
      failed(error);
    } finally {
      isBusy = false;
    }
  };
}
