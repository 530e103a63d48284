/** Runs the engine away from the page's thread. */
import type { Answer, Request } from "./protocol.js";

// Not in this file: where parts that are loaded later import from the worker's own file, WebKit loads that file a second time.
const loading = import("./engine/engine.js").then(({ Engine }) => new Engine());
const running = new Map<number, AbortController>();

self.onmessage = async ({ data }: MessageEvent<Request>) => {
  if ("abort" in data) {
    running.get(data.abort)?.abort();
    return;
  }
  const { id, method, argument } = data;
  const controller = new AbortController();
  running.set(id, controller);
  const send = (answer: Answer) => self.postMessage(answer);
  try {
    const engine = await loading;
    const call = engine[method] as (argument: unknown, signal: AbortSignal) => Promise<unknown>;
    send({ id, value: await call.call(engine, argument, controller.signal) });
  } catch (error) {
    send({ id, error: error instanceof Error ? error.message : String(error) });
  } finally {
    running.delete(id);
  }
};
