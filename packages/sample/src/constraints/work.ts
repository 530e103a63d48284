import { ConstraintError } from "./errors.js";

/** What may be spent on compiling: 0.1 to 0.2 s. */
const MAX_WORK = 500_000;

/** What may be spent on making an automaton of an expression that could do without. */
const MAX_TRIED = 30_000;

/** How many parts of terms were looked at: a measure of the time of compiling that is the same on every machine. */
export class Work {
  #spent = 0;
  #limit = MAX_WORK;

  /** Says that all is compiled: no more is too much. */
  finish(): void {
    this.#limit = Number.POSITIVE_INFINITY;
  }

  /** What is made within a small part of what may be spent on compiling. Undefined where that is not enough. */
  tried<T>(make: () => T): T | undefined {
    const limit = this.#limit;
    this.#limit = Math.min(limit, this.#spent + MAX_TRIED);
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
    throw new ConstraintError("this is too large to be compiled in 0.2 s: shorten its repetitions and lists");
  }
}
