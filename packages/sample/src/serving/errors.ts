/** More texts wait than may. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
  /** How many wait already. */
  readonly waiting: number;

  constructor(waiting: number, limit: number) {
    super(`${waiting} texts wait already, and at most ${limit} may: try again later`);
    this.waiting = waiting;
  }
}

/** The server is about to end, or has ended. */
export class ShutDownError extends Error {
  override readonly name = "ShutDownError";

  constructor() {
    super("the server is shutting down");
  }
}

/** Nobody read what was written for too long. */
export class ReadTimeoutError extends Error {
  override readonly name = "ReadTimeoutError";

  constructor(timeout: number) {
    super(`nothing was read for ${timeout} ms, so that the text was ended: read faster, or ask for less`);
  }
}
