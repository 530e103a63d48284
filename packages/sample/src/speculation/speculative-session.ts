import type { Session, SessionEntry } from "../types.js";
import type { Drafter } from "./drafter.js";
import { Patience } from "./patience.js";

/** What speculation did for a text. */
export interface Speculation {
  /** Tokens that were drafted. */
  drafted: number;
  /** Those of them that the model drew too: each one is a token without a step of its own. */
  accepted: number;
  /** Steps of the model, that of the prompt included. */
  steps: number;
}

/** What a text can become. */
export interface Limits {
  /** Ids of the row so far, prompt and output. */
  readonly ids: readonly number[];
  /** And at most. */
  readonly maxLength: number;
  /** Positions of the model. */
  readonly blockSize: number;
  /** Tokens of a draft. */
  readonly maxDraft: number;
}

/** What `generate` asks of a session. */
interface OneRow extends Pick<Session, "rows" | "length" | "truncate" | "dispose"> {
  step(entries: readonly SessionEntry[], options?: { signal?: AbortSignal }): Promise<Float32Array[]>;
}

/**
 * A session of one row that reads ahead: a step takes a draft in behind the id that it is given, and the steps for ids as drafted
 * then answer from what is known. At the first other id the rest of the draft is forgotten. To its caller the session is as the
 * one below: the same ids give the same logits, as far as those do not depend on how many positions a step has.
 */
export class SpeculativeSession implements OneRow {
  readonly speculation: Speculation = { drafted: 0, accepted: 0, steps: 0 };
  readonly #session: Session;
  readonly #drafter: Drafter;
  readonly #limits: Limits;
  readonly #patience: Patience;
  /** Positions that the caller knows of. The session below has those of the draft too. */
  #length = 0;
  #draft: readonly number[] = [];
  #accepted = 0;
  /** What follows each id of the draft, (draft, vocabSize). */
  #logits: Float32Array = new Float32Array(0);

  constructor(session: Session, drafter: Drafter, limits: Limits) {
    this.#session = session;
    this.#drafter = drafter;
    this.#limits = limits;
    this.#patience = new Patience(limits.maxDraft);
  }

  get rows() {
    return this.#session.rows;
  }

  length(): number {
    return this.#length;
  }

  async step(entries: readonly SessionEntry[], options?: { signal?: AbortSignal }): Promise<Float32Array[]> {
    const { row, ids } = entries[0]!;
    if (this.#accepted < this.#draft.length && ids.length === 1 && ids[0] === this.#draft[this.#accepted]) {
      const size = this.#logits.length / this.#draft.length;
      const at = this.#accepted++ * size;
      this.#length++;
      this.speculation.accepted++;
      return [this.#logits.subarray(at, at + size)];
    }
    this.#endRound(row);
    const most = ids.length === 1 ? this.#room(row) : 0;
    const draft = most > 0 ? await this.#drafter.draft(most, this.#limits.ids.length - this.#length - 1) : [];
    const [logits] = await (draft.length === 0
      ? this.#session.step([{ row, ids }], options)
      : this.#session.step([{ row, ids: [ids[0]!, ...draft] }], { ...options, logits: "all" }));
    this.speculation.steps++;
    this.speculation.drafted += draft.length;
    this.#length += ids.length;
    this.#draft = draft;
    const size = logits!.length / (draft.length + 1);
    this.#logits = logits!.subarray(size);
    return [logits!.subarray(0, size)];
  }

  truncate(row: number, length: number): void {
    this.#endRound(row);
    this.#session.truncate(row, length);
    this.#length = length;
  }

  dispose(): void {
    this.#session.dispose();
    this.#drafter.dispose();
  }

  /** How long a draft can be behind one more id. The last token of the text is drawn, and never read. */
  #room(row: number): number {
    const { ids, maxLength, blockSize } = this.#limits;
    const wanted = this.#patience.lengthAt(ids.length);
    const limit = this.#session.stepLimit?.(row) ?? wanted + 1;
    return Math.min(wanted, limit - 1, blockSize - this.#length - 1, maxLength - ids.length - 1);
  }

  /** Forgets what is left of the draft. */
  #endRound(row: number): void {
    if (this.#draft.length === 0) return;
    this.#patience.record(this.#draft.length, this.#accepted, this.#limits.ids.length);
    this.#draft = [];
    this.#accepted = 0;
    if (this.#session.length(row) > this.#length) this.#session.truncate(row, this.#length);
  }
}
