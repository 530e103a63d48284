import type { TokenEvent } from "../text-row.js";
import { Feed } from "./feed.js";
import type { ServedText } from "./served-text.js";

/** A token of one of a job's texts. */
export interface JobEvent {
  text: ServedText;
  event: TokenEvent;
}

/** Tokens that wait for a job's reader, before its texts pause. */
const FEED = 64;

/**
 * Texts that one request asked for. To be read as they are written: where nobody reads, they pause. A reader who leaves the loop
 * ends them.
 */
export class Job implements AsyncIterable<JobEvent> {
  readonly texts: readonly ServedText[];
  readonly #feed: Feed<JobEvent>;
  readonly #onChange: () => void;
  #left: number;

  /** @param onChange called when there may be something else to do: it was read from, or cancelled */
  constructor(texts: readonly ServedText[], onChange: () => void) {
    this.texts = texts;
    this.#left = texts.length;
    this.#onChange = onChange;
    this.#feed = new Feed(onChange);
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
  }

  /** Nothing more is written; its reader gets the error behind what was. */
  fail(error: unknown): void {
    this.#feed.end(error);
    this.#onChange();
  }

  /** Nothing more is written: nobody wants to read it. */
  cancel(): void {
    this.#feed.end();
    this.#onChange();
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
