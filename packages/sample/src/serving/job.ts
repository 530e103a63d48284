import type { TokenEvent } from "../text-row.js";
import { ReadTimeoutError } from "./errors.js";
import { Feed } from "./feed.js";
import type { ServedText } from "./served-text.js";

/** A token of one of a job's texts. */
export interface JobEvent {
  text: ServedText;
  event: TokenEvent;
}

/** Tokens that wait for a job's reader, before its texts pause. */
const FEED = 64;
/** The longest time that a timer can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * Texts that one request asked for. To be read as they are written: where nobody reads, they pause, and end where that lasts
 * too long. A reader who leaves the loop ends them.
 */
export class Job implements AsyncIterable<JobEvent> {
  readonly texts: readonly ServedText[];
  readonly #feed: Feed<JobEvent>;
  readonly #onChange: () => void;
  readonly #readTimeout: number;
  #left: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param onChange called when there may be something else to do: it was read from, or cancelled
   * @param readTimeout milliseconds that a pause may last without anything being read
   */
  constructor(texts: readonly ServedText[], onChange: () => void, readTimeout = Number.POSITIVE_INFINITY) {
    this.texts = texts;
    this.#left = texts.length;
    this.#onChange = onChange;
    this.#readTimeout = readTimeout;
    this.#feed = new Feed(() => {
      this.#watch(true);
      onChange();
    });
  }

  /** Whether nothing more will be written. */
  get isEnded(): boolean {
    return this.#feed.isEnded;
  }

  /** Whether its reader is far behind. */
  get isPaused(): boolean {
    return this.#feed.size >= FEED;
  }

  /** Tells its reader of a token. */
  tell(text: ServedText, event: TokenEvent): void {
    this.#feed.push({ text, event });
    if (event.finishReason && --this.#left === 0) this.#feed.end();
    this.#watch();
  }

  /** Nothing more is written; its reader gets the error behind what was. */
  fail(error: unknown): void {
    this.#feed.end(error);
    this.#watch();
    this.#onChange();
  }

  /** Nothing more is written: nobody wants to read it. */
  cancel(): void {
    this.#feed.end();
    this.#watch();
    this.#onChange();
  }

  /** Waits for the reader of a pause, anew where it has just read. */
  #watch(hasRead = false): void {
    const isWaiting = this.isPaused && !this.isEnded;
    if (hasRead || !isWaiting) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    if (!isWaiting || this.#timer || this.#readTimeout > LONGEST) return;
    this.#timer = setTimeout(() => this.fail(new ReadTimeoutError(this.#readTimeout)), this.#readTimeout);
  }

  [Symbol.asyncIterator](): AsyncIterator<JobEvent, undefined> {
    return {
      next: () => this.#feed.next(),
      return: async () => {
        this.cancel();
        return { value: undefined, done: true };
      },
    };
  }
}
