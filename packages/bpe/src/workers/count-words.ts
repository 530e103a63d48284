import { borderNear } from "../borders.js";
import { classTable } from "../classes.js";
import type { Pattern } from "../patterns.js";
import { trainingModule } from "../training-module.js";
import type { WordCounter } from "../word-counts.js";
import { WorkerPool } from "./pool.js";

/** Characters in a job: so much that most of its words are common ones, and adding up its counts is little work. */
const JOB = 2 ** 22;

/** Counts words on workers, which send their counts job by job; adding them up gives the same whatever their order. */
export class WorkerCounter {
  readonly #total: WordCounter;
  readonly #pattern: Pattern;
  readonly #pool: WorkerPool;
  readonly #running = new Set<Promise<void>>();
  #fault: { error: unknown } | undefined;
  #texts: string[] = [];
  #size = 0;

  /** @param total what all counts are added to. @throws BpeError where there are no workers */
  constructor(total: WordCounter, pattern: Pattern, workers: number) {
    this.#total = total;
    this.#pattern = pattern;
    this.#pool = new WorkerPool(workers, {
      kind: "startCounting",
      module: trainingModule.get(),
      pattern,
      classes: classTable(),
    });
  }

  /** Counts a text, which is cut by itself. A promise: wait until there is room for more. */
  add(text: string): Promise<void> | undefined {
    if (this.#size + text.length < JOB) {
      this.#texts.push(text);
      this.#size += text.length;
      return undefined;
    }
    return this.#addLong(text);
  }

  /** Counts lines of UTF-8. */
  addLines(lines: Uint8Array): Promise<void> {
    return this.#send({ lines });
  }

  /** Waits until all is counted. */
  async finish(): Promise<void> {
    if (this.#texts.length > 0) await this.#sendTexts();
    while (this.#running.size > 0) await Promise.all(this.#running);
    if (this.#fault) throw this.#fault.error;
  }

  /** Ends the workers. */
  stop(): void {
    this.#pool.stop();
  }

  async #addLong(text: string): Promise<void> {
    for (let at = 0; at < text.length; ) {
      const room = Math.max(JOB - this.#size, 1);
      const whole = this.#pattern instanceof RegExp || text.length - at <= room;
      const to = whole ? text.length : borderNear(classTable(), text, at, room);
      this.#texts.push(at === 0 && to === text.length ? text : text.slice(at, to));
      this.#size += to - at;
      at = to;
      if (this.#size >= JOB) await this.#sendTexts();
    }
  }

  #sendTexts(): Promise<void> {
    const texts = this.#texts;
    this.#texts = [];
    this.#size = 0;
    return this.#send({ texts });
  }

  async #send(input: { texts: string[] } | { lines: Uint8Array }): Promise<void> {
    if (this.#fault) throw this.#fault.error;
    const { answer } = await this.#pool.submit({ kind: "count", ...input });
    const done = answer
      .then((counts) => this.#total.addCounts(counts))
      .catch((error: unknown) => {
        this.#fault ??= { error };
      })
      .finally(() => this.#running.delete(done));
    this.#running.add(done);
  }
}
