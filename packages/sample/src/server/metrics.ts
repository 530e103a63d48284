import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Job, JobEvent } from "../serving/job.js";
import type { Scheduler } from "../serving/scheduler.js";

/** What the server tells Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<"route" | "status">;
  readonly #promptTokens: Counter;
  readonly #cachedTokens: Counter;
  readonly #outputTokens: Counter;
  readonly #firstToken: Histogram;
  readonly #nextToken: Histogram;

  constructor(scheduler: Scheduler) {
    const registers = [this.#registry];
    const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
      new Counter({ name, help, labelNames, registers });
    const histogram = (name: string, help: string, buckets: number[]) =>
      new Histogram({ name, help, buckets, registers });
    this.#requests = counter("llm_requests_total", "Requests that were answered", ["route", "status"]);
    this.#promptTokens = counter("llm_prompt_tokens_total", "Tokens of prompts");
    this.#cachedTokens = counter("llm_cached_tokens_total", "Tokens of prompts that a row held already");
    this.#outputTokens = counter("llm_output_tokens_total", "Tokens that were written");
    this.#firstToken = histogram(
      "llm_time_to_first_token_seconds",
      "From a request to its first token",
      [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100],
    );
    this.#nextToken = histogram(
      "llm_time_between_tokens_seconds",
      "From a token of a text to the next one",
      [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
    );
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value());
        },
      });
    gauge("llm_texts_waiting", "Texts that wait for a row", () => scheduler.state.waiting);
    gauge("llm_texts_open", "Texts that are being written", () => scheduler.state.open);
    gauge("llm_rows_kept", "Rows kept of finished texts", () => scheduler.state.kept);
  }

  /** A request was answered. */
  count(route: string, status: number): void {
    this.#requests.inc({ route, status: `${status}` });
  }

  /** The events of a job, measured. */
  async *watch(job: Job): AsyncGenerator<JobEvent, void, undefined> {
    const begun = performance.now();
    const last = new Map<number, number>();
    const seconds = (from: number) => (performance.now() - from) / 1000;
    for await (const each of job) {
      const { text } = each;
      const before = last.get(text.index);
      if (before === undefined) {
        this.#firstToken.observe(seconds(begun));
        this.#promptTokens.inc(text.promptLength);
        this.#cachedTokens.inc(text.cached);
      } else this.#nextToken.observe(seconds(before));
      last.set(text.index, performance.now());
      this.#outputTokens.inc();
      yield each;
    }
  }

  async toResponse(): Promise<Response> {
    const text = await this.#registry.metrics();
    return new Response(text, { headers: { "content-type": this.#registry.contentType } });
  }
}
