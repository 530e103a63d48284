import { hasWorkers } from "@llm/platform/worker";
import type { Document } from "../document.js";
import type { DropVerdict, Inspection, Step } from "../step.js";
import { type Ahead, inOrder } from "./in-order.js";
import { type ExtractTextOptions, extractText } from "./page.js";
import type { PageOutcome, PageWorker } from "./page-worker.js";
import { borrowWorkers, returnWorkers } from "./worker-pool.js";

/** Options of `extract`. */
export interface ExtractOptions {
  /** As in `extractText`. */
  readonly favor?: ExtractTextOptions["favor"];
  /**
   * Milliseconds that a page may take in its worker, where there are workers. Pages take one or two, and in Node the time must
   * be the processor's too (or ten times as much by the clock), so that the limit meets only what is hostile, whatever else
   * the machine does. `false` extracts in this thread, without a limit. Default 1,000.
   */
  readonly timeout?: number | false | undefined;
  /** Workers besides this thread, which goes on with the other steps. Default 1. */
  readonly workers?: number | undefined;
  /** Longer pages are dropped, in UTF-16 units. Default 50 million. */
  readonly maxCharacters?: number | undefined;
}

/** Pages under way at a time for each worker. */
const AHEAD: Ahead = { count: 16, size: 1 << 23 };

/**
 * A step that turns documents whose `meta.mediaType` is HTML into their main content, adding what the page says of
 * itself to `meta` (`title`, `author`, `language`, and its date as `published`) where the document does not say it already.
 * Other documents pass; the order stays. Dropped are pages without content (`no_content`), over the size
 * (`page_too_long`) or the time (`extraction_timeout`), and those that break their worker (`extraction_crash`).
 *
 * @throws ExtractionWorkerError while running, where workers are offered but none starts
 */
export function extract(options: ExtractOptions = {}): Step {
  const { workers = 1 } = options;
  return {
    name: "extract",
    async *transform(documents, context) {
      const extraction = new Extraction(options);
      const run = (document: Document) => extraction.run(document);
      const ahead = { count: AHEAD.count * workers, size: AHEAD.size * workers };
      const results = extraction.isInline
        ? oneByOne(documents, run)
        : inOrder(documents, ahead, ({ text }) => text.length, run);
      try {
        for await (const { document, verdict } of results) {
          if (verdict) context.drop(document, verdict);
          else yield document;
        }
      } finally {
        await extraction.stop();
      }
    },
    async inspect(document): Promise<Inspection> {
      const extraction = new Extraction(options);
      try {
        const result = await extraction.run(document);
        return { verdicts: result.verdict ? [result.verdict] : [], document: result.document };
      } finally {
        await extraction.stop();
      }
    },
  };
}

/** The document to pass on, or the one that is dropped and why. */
interface Result {
  document: Document;
  verdict?: DropVerdict;
}

async function* oneByOne(
  documents: AsyncIterable<Document>,
  run: (document: Document) => Promise<Result>,
): AsyncGenerator<Result> {
  for await (const document of documents) yield await run(document);
}

/** One run of the step: its workers, there from the first page on, or none where pages are extracted in this thread. */
class Extraction {
  readonly isInline: boolean;
  readonly #options: ExtractOptions;
  #workers: Promise<readonly PageWorker[]> | undefined;

  constructor(options: ExtractOptions) {
    this.#options = options;
    this.isInline = options.timeout === false || !hasWorkers();
  }

  async run(document: Document): Promise<Result> {
    const { mediaType } = document.meta;
    if (mediaType !== "text/html" && mediaType !== "application/xhtml+xml") return { document };
    const { maxCharacters = 50e6, timeout } = this.#options;
    const { length } = document.text;
    if (length > maxCharacters) {
      const limits = { value: length, threshold: maxCharacters, bound: "max" } as const;
      return { document, verdict: { keep: false, reason: "page_too_long", metric: "characters", ...limits } };
    }
    return conclude(document, await this.#extract(document), timeout || 1000);
  }

  async #extract({ text: html, meta: { url } }: Document): Promise<PageOutcome> {
    const { favor, timeout } = this.#options;
    const options = { favor, ...(typeof url === "string" && { url }) };
    if (this.isInline) return { page: extractText(html, options) };
    this.#workers ??= borrowWorkers(this.#options.workers ?? 1);
    const worker = (await this.#workers).reduce((a, b) => (b.load < a.load ? b : a));
    return worker.extract({ html, options }, timeout || 1000);
  }

  async stop(): Promise<void> {
    if (this.#workers) returnWorkers(await this.#workers);
  }
}

function conclude(document: Document, outcome: PageOutcome, timeout: number): Result {
  if ("milliseconds" in outcome) {
    const limits = { value: outcome.milliseconds, threshold: timeout, bound: "max" } as const;
    return {
      document,
      verdict: { keep: false, reason: "extraction_timeout", metric: "milliseconds", ...limits },
    };
  }
  if ("crash" in outcome) {
    const seen = { metric: "worker", value: outcome.crash, threshold: "an answer" };
    return { document, verdict: { keep: false, reason: "extraction_crash", ...seen } };
  }
  const { text, date, ...metadata } = outcome.page;
  if (text === "") {
    const limits = { value: 0, threshold: 1, bound: "min" } as const;
    return { document, verdict: { keep: false, reason: "no_content", metric: "characters", ...limits } };
  }
  const meta = { ...metadata, ...(date && { published: date }), ...document.meta, mediaType: "text/plain" };
  return { document: { id: document.id, text, meta } };
}
