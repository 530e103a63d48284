import { type Alternative, mostProbable } from "./alternatives.js";
import type { Candidates } from "./candidates.js";
import { ConstrainedDraws } from "./constrained-draws.js";
import type { Constraint } from "./constraint.js";
import { History } from "./history.js";
import type { KnownIds } from "./known-ids.js";
import { Sampler } from "./sampler.js";
import type { Settings } from "./settings.js";
import type { Speculation } from "./speculation/speculative-session.js";
import { TextWriter } from "./text-writer.js";
import type { Tokenizer } from "./types.js";

/**
 * Why a generation ended: a stop string or stop id, `maxTokens`, a full context (`overflow: "stop"`), or a signal
 * (`complete` and `completeBatch` only).
 */
export type FinishReason = "stop" | "length" | "context" | "abort";

/** One generated token. */
export interface TokenEvent {
  id: number;
  /** The text that can be shown now: whole characters, and nothing that may become a stop string. */
  text: string;
  /** The model's own log-probability of the token (natural), before filters and penalties. */
  logprob: number;
  /** The most probable tokens here, best first, where they were asked for. */
  alternatives?: Alternative[];
  /** Set on the last event. */
  finishReason?: FinishReason;
  /** The stop string or the stop id that ended the text, with finish reason "stop". */
  stoppedBy?: string | number;
  /** With `speculate`, on the last event: what drafting did for the text. */
  speculation?: Speculation;
}

/** What the texts of one call have in common, checked. Every list has been copied. */
export interface TextSettings {
  readonly settings: Settings;
  /** What the texts must be. The settings have a mask then. */
  readonly constraint: Constraint | undefined;
  readonly tokenizer: Tokenizer;
  /** Ids from this one on cannot be drawn. */
  readonly vocabSize: number;
  /** Nor can others than these. The settings say so too. */
  readonly known: KnownIds;
  readonly blockSize: number;
  readonly maxTokens: number;
  readonly stops: readonly string[];
  readonly stopIds: ReadonlySet<number>;
  readonly seed: number;
  readonly alternatives: number;
  readonly overflow: "error" | "stop" | "slide";
}

/** The prompt of one text, and the number by which it draws. */
export interface TextStart {
  readonly ids: readonly number[];
  readonly row: number;
}

/** One text in progress: draws its tokens, and tells of each. */
export class TextRow {
  readonly history: History;
  readonly #sampler: Sampler;
  readonly #writer: TextWriter;
  readonly #text: TextSettings;
  readonly #constrained: ConstrainedDraws | undefined;
  #count = 0;

  /** @param candidates where the sampler works: rows that draw one after the other can share it */
  constructor(text: TextSettings, { ids, row }: TextStart, candidates?: Candidates) {
    const { vocabSize, seed, tokenizer, stops, constraint } = text;
    this.#text = text;
    this.#constrained = constraint && new ConstrainedDraws({ ...text, constraint });
    const settings = this.#constrained?.settings ?? text.settings;
    this.history = new History(ids, settings.chain.penaltyWindow);
    this.#sampler = new Sampler(settings, this.history, vocabSize, seed, row, candidates);
    this.#writer = new TextWriter(tokenizer, stops);
    this.#writer.readPrompt(ids);
  }

  /**
   * Draws the token that follows from these logits.
   * @param held positions that the model holds of this text
   */
  next(logits: ArrayLike<number>, held: number): TokenEvent {
    const { stopIds, maxTokens, overflow, blockSize, alternatives } = this.#text;
    this.#constrained?.prepare();
    const { id, logprob } = this.#sampler.next(logits);
    const event: TokenEvent = { id, logprob, text: "" };
    if (alternatives > 0) event.alternatives = this.alternatives(logits, alternatives);
    const isEnd = stopIds.has(id);
    let { text, stop } = isEnd ? this.#writer.end() : this.#writer.write(id);
    let finishReason: FinishReason | undefined;
    if (isEnd || stop !== undefined) finishReason = "stop";
    else if (this.#constrained?.take(id)) finishReason = "stop";
    else if (++this.#count === maxTokens) finishReason = "length";
    else if (overflow === "stop" && held >= blockSize) finishReason = "context";
    if (finishReason && !isEnd && stop === undefined) {
      const rest = this.#writer.end();
      text += rest.text;
      stop = rest.stop; // the end of a cut character can complete one
      if (stop !== undefined) finishReason = "stop";
    }
    event.text = text;
    if (!finishReason) return event;
    event.finishReason = finishReason;
    const stoppedBy = stop ?? (isEnd ? id : undefined);
    return stoppedBy === undefined ? event : { ...event, stoppedBy };
  }

  /** The tokens that are most probable by these logits. */
  alternatives(logits: ArrayLike<number>, count: number): Alternative[] {
    return mostProbable(logits, count, this.#text.vocabSize, this.#text.known);
  }

  /** The text that was held back, where nothing more comes. */
  end(): string {
    return this.#writer.end().text;
  }
}
