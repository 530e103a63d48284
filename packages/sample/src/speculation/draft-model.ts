import { type Constrained, ConstrainedDraws } from "../constrained-draws.js";
import { History } from "../history.js";
import { NothingLeft, Sampler } from "../sampler.js";
import type { Settings } from "../settings.js";
import type { LogitsModel, Session } from "../types.js";
import type { Drafter } from "./drafter.js";

/** How the row that is drafted for draws. */
export interface Drawing {
  settings: Settings;
  /** What the text must be. */
  constrained: Constrained | undefined;
  stopIds: ReadonlySet<number>;
  vocabSize: number;
  seed: number;
  row: number;
}

/**
 * Lets a smaller model write ahead. It draws with the numbers, the settings and the constraint of the row itself, so the more its
 * distributions are those of the large model, the more often both draw the same token.
 */
export class DraftModel implements Drafter {
  readonly #blockSize: number;
  readonly #session: Session;
  readonly #row: number;
  readonly #signal: AbortSignal | undefined;
  /** The row's text as it is. */
  readonly #text: readonly number[];
  /** Its beginning, and what this model drafted behind it. */
  readonly #own: History;
  readonly #sampler: Sampler;
  readonly #stopIds: ReadonlySet<number>;
  readonly #constrained: ConstrainedDraws | undefined;
  /** What that has taken: output of the row, and what was drafted behind it. */
  #taken: number[] = [];
  readonly #promptLength: number;
  /** How much of its own text was the row's when it drafted last. */
  #known: number;
  /** Where in the text the session's row begins. */
  #start = 0;

  /** @param history of the row, which grows */
  constructor(model: LogitsModel, history: History, drawing: Drawing, signal: AbortSignal | undefined) {
    const { vocabSize, seed, row } = drawing;
    this.#constrained = drawing.constrained && new ConstrainedDraws(drawing.constrained);
    this.#stopIds = drawing.stopIds;
    const settings = this.#constrained?.settings ?? drawing.settings;
    this.#blockSize = model.blockSize;
    this.#session = model.session(1);
    this.#row = this.#session.rows[0]!;
    this.#signal = signal;
    this.#text = history.ids;
    this.#known = history.ids.length;
    this.#promptLength = history.ids.length;
    this.#own = new History(history.ids, settings.chain.penaltyWindow);
    this.#sampler = new Sampler(settings, this.#own, vocabSize, seed, row);
  }

  async draft(most: number, from: number): Promise<number[]> {
    this.#catchUp(from);
    this.#constrain();
    const room = this.#blockSize - (this.#text.length - this.#start);
    const count = Math.min(most, room + 1); // the last one is drawn, and not read
    const draft: number[] = [];
    let ids = this.#text.slice(this.#start + this.#session.length(this.#row));
    while (draft.length < count) {
      const entry = { row: this.#row, ids };
      const [logits] = await this.#session.step([entry], this.#signal && { signal: this.#signal });
      const next = this.#next(logits!);
      if (!next) break;
      draft.push(next.id);
      if (next.isEnd) break;
      ids = [next.id];
    }
    return draft;
  }

  /** Draws a token, and tells whether the text ends with it; nothing where none can be drawn. */
  #next(logits: Float32Array): { id: number; isEnd: boolean } | undefined {
    this.#constrained?.prepare();
    try {
      const { id } = this.#sampler.next(logits);
      if (this.#stopIds.has(id)) return { id, isEnd: true };
      if (!this.#constrained) return { id, isEnd: false };
      this.#taken.push(id);
      return { id, isEnd: this.#constrained.take(id) };
    } catch (error) {
      if (error instanceof NothingLeft) return undefined; // the row may go another way
      throw error;
    }
  }

  /** Lets the constraint take what the row has written: anew where that is not what it took. */
  #constrain(): void {
    if (!this.#constrained) return;
    const output = this.#text.slice(this.#promptLength);
    if (this.#taken.some((id, i) => output[i] !== id)) {
      this.#constrained.begin();
      this.#taken = [];
    }
    for (const id of output.slice(this.#taken.length)) this.#constrained.take(id);
    this.#taken = output;
  }

  dispose(): void {
    this.#session.dispose();
  }

  /** Drops what the row did not take of the last draft, and makes room for what it has since. */
  #catchUp(from: number): void {
    const text = this.#text;
    const own = this.#own;
    let same = this.#known;
    while (same < own.ids.length && own.ids[same] === text[same]) same++;
    while (own.ids.length > same) own.pop();
    while (own.ids.length < text.length) own.push(text[own.ids.length]!);
    this.#known = text.length;
    let held = Math.min(this.#session.length(this.#row), same - this.#start);
    let start = Math.max(this.#start, from);
    if (text.length - start > this.#blockSize) start = text.length - Math.ceil(this.#blockSize / 2);
    if (start > this.#start) {
      this.#start = start;
      held = 0;
    }
    this.#session.truncate(this.#row, held);
  }
}
