import { ConstraintError } from "./errors.js";

/** What may be spent on compiling: 0.1 to 0.2 s in a new process, a third of it where the code is warm. */
const MAX_WORK = 250_000;

/** How many parts of terms were looked at: a measure of the time of compiling that is the same on every machine. */
export class Work {
  #spent = 0;
  #limit = MAX_WORK;
  #subject: string;

  /** @param subject what is compiled, for errors */
  constructor(subject = "this") {
    this.#subject = subject;
  }

  /** What is made of a part of it. */
  on<T>(subject: string, make: () => T): T {
    const whole = this.#subject;
    this.#subject = subject;
    try {
      return make();
    } finally {
      this.#subject = whole;
    }
  }

  /** Says that all is compiled: no more is too much. */
  finish(): void {
    this.#limit = Number.POSITIVE_INFINITY;
  }

  /** What is made within a part of what may be spent on compiling. Undefined where that is not enough. */
  tried<T>(most: number, make: () => T): T | undefined {
    const limit = this.#limit;
    this.#limit = Math.min(limit, this.#spent + most);
    try {
      return make();
    } catch (error) {
      if (error instanceof ConstraintError && this.#spent > this.#limit && this.#spent <= limit)
        return undefined;
      throw error;
    } finally {
      this.#limit = limit;
    }
  }

  /** @throws ConstraintError where it is too much */
  spend(parts: number): void {
    this.#spent += parts;
    if (this.#spent <= this.#limit) return;
    const wayOut = "shorten its repetitions and lists";
    throw new ConstraintError(`${this.#subject} is too large to be compiled in 0.2 s: ${wayOut}`);
  }
}
