// What runs in a worker. scripts/worker.mjs bundles it into worker.generated.ts, so that a worker starts from a string in
// every runtime, with and without a bundler.
import { onRequest, type Reply } from "@llm/platform/worker";
import { type ExtractedPage, type ExtractTextOptions, extractText } from "./page.js";

/** A page to extract. */
export interface PageRequest {
  html: string;
  options: ExtractTextOptions;
}

/** Answers come in the order of the requests; `"ready"` is the first. */
export type PageAnswer = "ready" | { page: ExtractedPage } | { error: string };

function answer({ html, options }: PageRequest, reply: Reply<PageAnswer>): void {
  try {
    reply({ page: extractText(html, options) });
  } catch (error) {
    reply({ error: String(error) });
  }
}

const reply = onRequest(answer);
reply("ready");
