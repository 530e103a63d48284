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
  const eventOf = (message: object) => {
    const name = nameOf ? `event: ${nameOf(message)}\n` : "";
    return encoder.encode(`${name}data: ${JSON.stringify(message)}\n\n`);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          pending ??= messages.next();
          const result = await withinQuiet(pending);
          if (!result) return controller.enqueue(encoder.encode(": waiting\n\n"));
          pending = undefined;
          if (!result.done) return controller.enqueue(eventOf(result.value));
          if (last !== undefined) controller.enqueue(encoder.encode(`data: ${last}\n\n`));
        } catch (error) {
          controller.enqueue(eventOf(onError(error)));
        }
        controller.close();
      },
      cancel: onCancel,
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
