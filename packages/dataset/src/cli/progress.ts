import type { Io } from "./io.js";

/** A line on stderr that is rewritten as work goes on; none where stderr is no terminal. */
export class Progress {
  readonly #io: Io;
  readonly #shown: boolean;
  #last = Number.NEGATIVE_INFINITY;
  #live = false;

  constructor(io: Io) {
    this.#io = io;
    // What rewrites a line is as unwelcome as colour where escape codes are.
    this.#shown = Boolean(io.stderr.isTTY) && !io.env["NO_COLOR"] && io.env["TERM"] !== "dumb";
  }

  /** Shows what is going on, at most ten times a second. */
  show(text: () => string): void {
    const now = performance.now();
    if (!this.#shown || now - this.#last < 100) return;
    this.#last = now;
    this.#live = true;
    const width = Math.max(20, (this.#io.stderr.columns ?? 80) - 1);
    this.#io.stderr.write(`\r\u001b[2K${text().slice(0, width)}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#live) this.#io.stderr.write("\r\u001b[2K");
    this.#live = false;
  }
}
