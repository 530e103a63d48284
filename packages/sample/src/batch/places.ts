import type { Session } from "../types.js";

/** A text that is written beside others. */
export interface BatchText {
  /** What the model reads first. Texts with the same list (the same object) share its reading. */
  readonly prompt: readonly number[];
  /** How many it has so far. */
  readonly tokens: number;
  /**
   * Goes on from the logits that follow all that was read.
   * @param held positions that the model holds of this text
   * @returns what to read next, `anew` after forgetting the rest; nothing where the text is finished
   */
  next(logits: Float32Array, held: number): Reading | undefined | Promise<Reading | undefined>;
}

/** What a model is to read next of a text. */
export interface Reading {
  readonly ids: readonly number[];
  readonly anew?: boolean;
}

/** A text that has a row. */
export interface Open<T> {
  readonly text: T;
  readonly group: Group<T>;
  readonly row: number;
  /** What the model reads next of it. */
  ids: readonly number[];
  /** Whether the row begins with the prompt still. */
  holdsPrompt: boolean;
}

/** Texts with one prompt. */
interface Group<T> {
  readonly prompt: readonly number[];
  /** Those that have not begun. */
  readonly waiting: T[];
  /** What follows the prompt, where it has been read and texts wait. */
  logits: Float32Array | undefined;
  /** Rows that hold the prompt and nothing else, for those that wait. */
  readonly ready: number[];
}

/** New prompts are read in one step as long as their ids are no more than these. One alone may be longer. */
const PROMPT_IDS = 1024;

/** Gives the rows of a session to texts, as many at a time as there are rows. */
export class Places<T extends BatchText> {
  /** The texts that have something to read. */
  readonly open: Open<T>[] = [];
  readonly #session: Session;
  readonly #groups: Group<T>[];
  /** Empty rows. They stay open, so that a model's cache keeps their places. */
  readonly #free: number[];

  constructor(session: Session, texts: readonly T[]) {
    this.#session = session;
    this.#free = [...session.rows].reverse();
    const groups = new Map<readonly number[], Group<T>>();
    for (const text of texts) {
      const { prompt } = text;
      const group = groups.get(prompt) ?? { prompt, waiting: [], logits: undefined, ready: [] };
      groups.set(prompt, group);
      group.waiting.push(text);
    }
    this.#groups = [...groups.values()];
  }

  /** How many texts have not begun. */
  get waiting(): number {
    return this.#groups.reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  /** The next text whose prompt has been read, in a row that holds it; nothing where there is none, or no row. */
  fork(): Open<T> | undefined {
    for (const group of this.#groups) {
      if (!group.logits || group.waiting.length === 0) continue;
      if (group.ready.length === 0) this.#forkInto(group);
      const row = group.ready.pop();
      if (row === undefined) continue;
      const text = group.waiting.shift()!;
      return { text, group, row, ids: [], holdsPrompt: true };
    }
    return undefined;
  }

  /** Makes rows ready for the texts of a prompt that wait, as far as there are any. */
  #forkInto(group: Group<T>): void {
    const count = Math.min(this.#free.length, group.waiting.length);
    if (count === 0) return;
    const source = this.open.find((each) => each.group === group && each.holdsPrompt);
    if (!source) {
      group.logits = undefined; // every row has slid past it: it is read again
      return;
    }
    const session = this.#session;
    for (const row of this.#free.splice(-count)) session.free(row);
    const rows =
      session.forks?.(source.row, count) ?? Array.from({ length: count }, () => session.fork(source.row));
    for (const row of rows) session.truncate(row, group.prompt.length);
    group.ready.push(...rows);
  }

  /** Opens the first texts of prompts that have not been read, as far as there are rows for those before. */
  readPrompts(): void {
    let room = this.#free.length;
    let count = 0;
    for (const group of this.#groups) {
      if (room <= 0) return;
      if (group.waiting.length === 0 || group.logits) continue;
      const { prompt } = group;
      if (count > 0 && count + prompt.length > PROMPT_IDS) return;
      count += prompt.length;
      room -= group.waiting.length;
      const text = group.waiting.shift()!;
      this.open.push({ text, group, row: this.#free.pop()!, ids: prompt, holdsPrompt: true });
    }
  }

  /** Keeps the logits that a text has just got, where they follow a prompt that others wait for. */
  noteLogits({ ids, group }: Open<T>, logits: Float32Array): void {
    if (ids === group.prompt && group.waiting.length > 0) group.logits = logits.slice();
  }

  /** What becomes of a text and its row: it reads on, or it is finished. */
  settle(each: Open<T>, next: Reading | undefined): void {
    const { group, row } = each;
    if (next) {
      if (next.anew) {
        this.#session.truncate(row, 0);
        each.holdsPrompt = false;
      }
      each.ids = next.ids;
      this.open.push(each);
      return;
    }
    if (group.waiting.length === 0) group.logits = undefined;
    if (each.holdsPrompt && group.waiting.length > group.ready.length) {
      this.#session.truncate(row, group.prompt.length);
      group.ready.push(row);
    } else if (this.waiting > 0) {
      this.#session.truncate(row, 0);
      this.#free.push(row);
    } else this.#session.free(row);
  }
}
