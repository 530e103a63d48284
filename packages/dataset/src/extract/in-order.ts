/** What may be under way at a time: so many, and together of this size unless one alone is larger. */
export interface Ahead {
  readonly count: number;
  readonly size: number;
}

/**
 * The results of some work on items, in the items' order. Items are read ahead of what is asked for, so that work goes on
 * while the reader is busy with results; a result that is there does not wait for an item that is not.
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  ahead: Ahead,
  sizeOf: (item: T) => number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const iterator = items[Symbol.asyncIterator]();
  const underWay: { size: number; result: Promise<R> }[] = [];
  let size = 0;
  let reading: Promise<IteratorResult<T>> | undefined;
  let ended = false;
  try {
    for (;;) {
      const hasRoom = underWay.length === 0 || (underWay.length < ahead.count && size < ahead.size);
      if (hasRoom && !ended) reading ??= iterator.next();
      const first = underWay[0];
      if (!first && !reading) return;
      const read = reading?.then((next) => ({ next }));
      const done = first?.result.then((result) => ({ result }));
      const event = await Promise.race([...(read ? [read] : []), ...(done ? [done] : [])]);
      if ("result" in event) {
        size -= underWay.shift()!.size;
        yield event.result;
        continue;
      }
      reading = undefined;
      if (event.next.done) ended = true;
      else {
        const item = event.next.value;
        const result = work(item);
        result.catch(() => {}); // it is looked at in its turn
        underWay.push({ size: sizeOf(item), result });
        size += underWay.at(-1)!.size;
      }
    }
  } finally {
    await iterator.return?.();
  }
}
