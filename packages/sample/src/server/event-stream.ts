/** A comment this often, so that nothing on the way takes a long prompt for a broken connection. */
const QUIET_MS = 15_000;

/** How messages become a stream of events. */
export interface EventStreamOptions {
  /** Ends the stream, behind the last message. */
  last?: string;
  /** The event's name of each message. */
  nameOf?: (message: object) => string;
  /** Called when nobody reads any more. */
  onCancel: () => void;
  /** Called with an error that ends the stream: what the client hears of it. */
  onError: (error: unknown) => object;
}

/** Server-sent events. The next message is asked for when the reader has taken the one before. */
export function eventStream(messages: AsyncIterator<object>, options: EventStreamOptions): Response {
  const { last, nameOf, onCancel, onError } = options;
  const encoder = new TextEncoder();
  let pending: Promise<IteratorResult<object>> | undefined;
  let isCancelled = false;
  const eventOf = (message: object) => {
    const name = nameOf ? `event: ${nameOf(message)}\n` : "";
    return `${name}data: ${JSON.stringify(message)}\n\n`;
  };
  /** The next piece of the stream, and whether it is the last one. */
  const nextPiece = async (): Promise<{ text: string; isLast?: boolean }> => {
    try {
      pending ??= messages.next();
      const result = await withinQuiet(pending);
      if (!result) return { text: ": waiting\n\n" };
      pending = undefined;
      if (!result.done) return { text: eventOf(result.value) };
      return { text: last === undefined ? "" : `data: ${last}\n\n`, isLast: true };
    } catch (error) {
      return { text: eventOf(onError(error)), isLast: true };
    }
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { text, isLast } = await nextPiece();
        if (isCancelled) return;
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (isLast) controller.close();
      },
      cancel() {
        isCancelled = true;
        onCancel();
      },
    },
    { highWaterMark: 0 },
  );
  const headers = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
  };
  return new Response(body, { headers });
}

/** Nothing, where it takes too long. */
async function withinQuiet<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const quiet = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), QUIET_MS);
  });
  try {
    return await Promise.race([promise, quiet]);
  } finally {
    clearTimeout(timer);
  }
}
