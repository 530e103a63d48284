// What runs in a worker. scripts/worker.mjs bundles it into worker.generated.ts, so that a worker starts from a string in
// every runtime, with and without a bundler.
import { type ExtractedPage, type ExtractTextOptions, extractText } from "./page.js";
import { workerThreads } from "./platform.js";

/** A page to extract. */
export interface PageRequest {
  html: string;
  options: ExtractTextOptions;
}

/** Answers come in the order of the requests; `"ready"` is the first. */
export type PageAnswer = "ready" | { page: ExtractedPage } | { error: string };

interface Port {
  postMessage(answer: PageAnswer): void;
}

function answer(port: Port, { html, options }: PageRequest): void {
  try {
    port.postMessage({ page: extractText(html, options) });
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
}

const nodePort = workerThreads()?.parentPort;
if (nodePort) nodePort.on("message", (request: PageRequest) => answer(nodePort, request));
else {
  addEventListener("message", (event: MessageEvent<PageRequest>) =>
    answer(globalThis as unknown as Port, event.data),
  );
}
(nodePort ?? (globalThis as unknown as Port)).postMessage("ready");
