// Workers that start from a string, and so with and without a bundler: Node's threads, elsewhere web workers.
import { builtin } from "./builtin.js";

/** A worker of either kind. */
export interface AnyWorker<Request> {
  /** Sends a request, and gives these buffers away with it. */
  post(request: Request, transfer?: ArrayBuffer[]): void;
  /** Whether a program may not end before this worker does: at first it may. Without effect in browsers. */
  keepAlive(on: boolean): void;
  /** Ends it at once, whatever it does. Nothing more is heard from it. */
  stop(): void;
}

/** What to do with what a worker says. */
export interface WorkerEvents<Answer> {
  onAnswer(answer: Answer): void;
  /** Called once, when the worker broke or ended and nothing more will come of it. */
  onFault(reason: string): void;
}

/** Whether workers can be had here at all. */
export function hasWorkers(): boolean {
  return builtin("node:worker_threads") !== undefined || typeof Worker === "function";
}

/** Starts a worker on this code. `memory`, in MiB, is the most it may use, where that can be said. */
export function startWorker<Request, Answer>(
  code: string,
  events: WorkerEvents<Answer>,
  { memory }: { memory?: number } = {},
): AnyWorker<Request> {
  let isHeard = true;
  const onAnswer = (answer: Answer) => {
    if (isHeard) events.onAnswer(answer);
  };
  const onFault = (reason: string) => {
    if (!isHeard) return;
    isHeard = false;
    events.onFault(reason);
  };
  const threads = builtin("node:worker_threads");
  if (threads) {
    const resourceLimits = memory === undefined ? {} : { maxOldGenerationSizeMb: memory };
    const worker = new threads.Worker(code, { eval: true, resourceLimits });
    worker.on("message", onAnswer);
    worker.on("error", (error) => onFault(String(error)));
    worker.on("exit", (status) => onFault(`it ended with status ${status}`));
    worker.unref(); // after on("message"), which would hold the program again
    return {
      post: (request, transfer = []) => worker.postMessage(request, transfer),
      keepAlive: (on) => (on ? worker.ref() : worker.unref()),
      stop: () => {
        isHeard = false;
        void worker.terminate();
      },
    };
  }
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = (event) => onAnswer(event.data);
  worker.onerror = (event) => onFault(event.message || "its code was refused");
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  return {
    post: (request, transfer = []) => worker.postMessage(request, transfer),
    keepAlive: () => {},
    stop: () => {
      isHeard = false;
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

/** Sends an answer from a worker, and gives these buffers away with it. */
export type Reply<Answer> = (answer: Answer, transfer?: ArrayBuffer[]) => void;

/** In a worker: hands it the requests that come. Answers what it can reply with meanwhile. */
export function onRequest<Request, Answer>(
  handle: (request: Request, reply: Reply<Answer>) => void,
): Reply<Answer> {
  const port = builtin("node:worker_threads")?.parentPort;
  if (port) {
    const reply: Reply<Answer> = (answer, transfer) => port.postMessage(answer, transfer);
    port.on("message", (request: Request) => handle(request, reply));
    return reply;
  }
  const scope = globalThis as unknown as { postMessage(answer: Answer, transfer: ArrayBuffer[]): void };
  const reply: Reply<Answer> = (answer, transfer = []) => scope.postMessage(answer, transfer);
  addEventListener("message", (event: MessageEvent<Request>) => handle(event.data, reply));
  return reply;
}
