import type { Alternative } from "../alternatives.js";
import { logSumExp } from "../logits.js";
import type { TextRow, TokenEvent } from "../text-row.js";

/** A token of a prompt. */
export interface PromptToken {
  id: number;
  /** The model's own log-probability of the token (natural); null for the first one, which follows nothing. */
  logprob: number | null;
  /** The most probable tokens here, best first; null for the first one. */
  alternatives: Alternative[] | null;
}

/** One text of a job: where it stands. */
export class ServedText {
  /** Its place in the job. */
  readonly index: number;
  /** Index of its prompt, and which of the texts of that it is. */
  readonly prompt: number;
  readonly sample: number;
  readonly writing: TextRow;
  /** How many ids its prompt has. */
  readonly promptLength: number;
  /** How many of them were not read, because a row held them. */
  cached = 0;
  /** How many tokens were drawn. */
  tokens = 0;
  isFinished = false;
  /** With `scored`: the tokens of the prompt, once they are read. */
  readonly promptTokens: PromptToken[] = [];
  readonly #scored: number | undefined;

  /** @param scored how many alternatives to tell of each token of the prompt; undefined for no word about the prompt */
  constructor(
    { index, prompt, sample }: { index: number; prompt: number; sample: number },
    writing: TextRow,
    scored: number | undefined,
  ) {
    this.index = index;
    this.prompt = prompt;
    this.sample = sample;
    this.writing = writing;
    this.promptLength = writing.history.ids.length;
    this.#scored = scored;
  }

  /** Whether the model's expectation of the prompt is asked for, so that all of it has to be read. */
  get isScored(): boolean {
    return this.#scored !== undefined;
  }

  /** The ids that the model reads next of a text that holds `held`, `most` of its prompt at a time. */
  following(held: number, most: number): readonly number[] {
    const { ids } = this.writing.history;
    return ids.slice(held, this.isReading(held) ? Math.min(this.promptLength, held + most) : ids.length);
  }

  /** Whether the model has the end of the prompt to read yet, where it holds so many positions. */
  isReading(held: number): boolean {
    return held < this.promptLength;
  }

  /**
   * Draws the next token from the logits behind all that was read.
   * @param held positions that the model holds of this text
   */
  next(logits: Float32Array, held: number): TokenEvent {
    const event = this.writing.next(logits, held);
    this.tokens++;
    this.isFinished = event.finishReason !== undefined;
    return event;
  }

  /**
   * Notes what the model expected of the prompt.
   * @param logits behind each of the ids just read, (count, vocabSize)
   * @param held positions that the model holds now
   */
  score(logits: Float32Array, count: number, held: number): void {
    const { ids } = this.writing.history;
    const vocabSize = logits.length / count;
    if (held === count) this.promptTokens.push({ id: ids[0]!, logprob: null, alternatives: null });
    for (let i = 0; i < count; i++) {
      const at = held - count + i + 1;
      if (at >= this.promptLength) return;
      const id = ids[at]!;
      const expected = logits.subarray(i * vocabSize, (i + 1) * vocabSize);
      const alternatives = this.writing.alternatives(expected, this.#scored!);
      const listed = alternatives.find((each) => each.id === id); // the same number in both places, to the last bit
      const logprob = listed?.logprob ?? expected[id]! - logSumExp(expected);
      this.promptTokens.push({ id, logprob, alternatives });
    }
  }
}
