import { type AnyWorker, startWorker } from "@llm/platform/worker";
import type { ExtractedPage } from "./page.js";
import type { PageAnswer, PageRequest } from "./worker.js";

/** The most that a worker may hold, in MiB. */
const MEMORY = 2048;
/** Milliseconds for an answer that came in time but was not seen yet, since this thread was busy. */
const GRACE = 100;
/** Times the limit that a page may take by the clock, however busy the machine. */
const PATIENCE = 10;

/** What became of a page. */
export type PageOutcome =
  | { readonly page: ExtractedPage }
  /** It took too long, and how long. */
  | { readonly milliseconds: number }
  /** The worker broke over it. */
  | { readonly crash: string };

/** A worker that cannot be started here. */
export class ExtractionWorkerError extends Error {
  override readonly name = "ExtractionWorkerError";

  constructor(reason: string) {
    super(
      `No worker to extract pages in: ${reason}. Pass \`timeout: false\` to extract in this thread, without a limit.`,
    );
  }
}

interface Job {
  readonly request: PageRequest;
  /** In milliseconds, from when the worker turns to it: of the clock, and of the processor where it can be told. */
  readonly timeout: number;
  resolve(outcome: PageOutcome): void;
  reject(error: ExtractionWorkerError): void;
}

/** Extracts pages one after the other in a worker, which is ended and started anew when a page hangs it or breaks it. */
export class PageWorker {
  readonly #code: string;
  readonly #memory: number;
  readonly #jobs: Job[] = [];
  #worker: AnyWorker<PageRequest>;
  /** Nothing is sent before: a worker that breaks over a page may take its word that it was ready with it. */
  #isReady = false;
  #fault: ExtractionWorkerError | undefined;
  /** Whether only the first job was sent: when a worker breaks, answers that it gave to those before may be lost with it. */
  #isAlone = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #began = 0;
  #used = 0;

  constructor(code: string, memory = MEMORY) {
    this.#code = code;
    this.#memory = memory;
    this.#worker = this.#start();
  }

  /** Pages that wait for their outcome. */
  get load(): number {
    return this.#jobs.length;
  }

  /** Whether it has nothing to do and can do more. */
  get isIdle(): boolean {
    return this.#jobs.length === 0 && !this.#fault;
  }

  /** @throws ExtractionWorkerError where no worker can run */
  extract(request: PageRequest, timeout: number): Promise<PageOutcome> {
    if (this.#fault) return Promise.reject(this.#fault);
    return new Promise((resolve, reject) => {
      this.#jobs.push({ request, timeout, resolve, reject });
      if (this.#isReady && !this.#isAlone) this.#worker.post(request);
      if (this.#jobs.length > 1) return;
      this.#worker.keepAlive(true);
      this.#watch();
    });
  }

  /** Ends the worker; what waits is not answered any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#jobs.length = 0;
    this.#worker.stop();
  }

  #start(): AnyWorker<PageRequest> {
    this.#isReady = false;
    const events = {
      onAnswer: (answer: PageAnswer) => this.#settle(answer),
      onFault: (reason: string) => this.#fail(reason),
    };
    return startWorker<PageRequest, PageAnswer>(this.#code, events, { memory: this.#memory });
  }

  #settle(answer: PageAnswer): void {
    if (answer === "ready") {
      this.#isReady = true;
      this.#post();
    } else {
      this.#jobs.shift()?.resolve("page" in answer ? answer : { crash: answer.error });
      if (this.#isAlone) {
        this.#isAlone = false;
        this.#post();
      }
    }
    this.#watch();
  }

  /** Starts the clock of the page that the worker is at. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (!this.#isReady) return;
    const job = this.#jobs[0];
    if (!job) {
      this.#worker.keepAlive(false);
      return;
    }
    this.#began = performance.now();
    this.#used = processorTime();
    this.#timer = setTimeout(() => this.#check(job.timeout), job.timeout);
  }

  /** A machine that is busy with other things makes pages slow, so that the clock alone does not tell. */
  #check(timeout: number): void {
    const elapsed = performance.now() - this.#began;
    const left = elapsed < PATIENCE * timeout ? timeout - (processorTime() - this.#used) : 0;
    this.#timer = setTimeout(
      // By the time a second timer fires, answers that were here when the first did have been taken.
      () => (left > 0 ? this.#check(timeout) : this.#timeOut()),
      Math.max(left, GRACE),
    );
  }

  #timeOut(): void {
    this.#jobs.shift()!.resolve({ milliseconds: Math.round(performance.now() - this.#began) });
    this.#restart(false);
  }

  #fail(reason: string): void {
    if (this.#isReady) {
      const isUnclear = this.#jobs.length > 1 && !this.#isAlone;
      if (!isUnclear) this.#jobs.shift()?.resolve({ crash: reason });
      this.#restart(isUnclear);
      return;
    }
    this.#fault = new ExtractionWorkerError(reason);
    for (const job of this.#jobs.splice(0)) job.reject(this.#fault);
  }

  /** `alone` says that the first page is to show whether it was the one that broke the worker. */
  #restart(alone: boolean): void {
    clearTimeout(this.#timer);
    this.#isAlone = alone;
    this.#worker.stop();
    this.#worker = this.#start();
    this.#worker.keepAlive(this.#jobs.length > 0);
  }

  /** Sends what waits, or only the first of it. */
  #post(): void {
    for (const { request } of this.#isAlone ? this.#jobs.slice(0, 1) : this.#jobs) this.#worker.post(request);
  }
}

/** Milliseconds of the processor that this whole program has used, more than its worker has; the clock's where none can say. */
function processorTime(): number {
  const { process } = globalThis as { process?: { cpuUsage?: () => { user: number; system: number } } };
  const used = process?.cpuUsage?.();
  return used ? (used.user + used.system) / 1000 : performance.now();
}
