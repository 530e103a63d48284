import { Rests } from "@llm/platform/rest";
import { Candidates } from "../candidates.js";
import { checkSession } from "../check.js";
import { type GenerateOptions, promptIds, textSettings } from "../generate.js";
import { TextRow } from "../text-row.js";
import type { LogitsModel, Session, Tokenizer } from "../types.js";
import { QueueFullError, ShutDownError } from "./errors.js";
import { Job } from "./job.js";
import { Rows } from "./rows.js";
import { ServedText } from "./served-text.js";

/** How many texts a scheduler writes, keeps and lets wait. */
export interface SchedulerOptions {
  /** Texts that are written at a time, at most. */
  rows: number;
  /** Rows of finished texts that are kept for texts that begin alike, at most. */
  keptRows: number;
  /** Texts that may wait. */
  queue: number;
  /** Ids that the model reads in a step, where a prompt has so many. Every text that is being written has one in each step. */
  stepIds: number;
  /** Milliseconds after which a text that nobody reads is ended. Default never. */
  readTimeout?: number;
}

/** Texts to be written. */
export interface JobOptions extends Omit<GenerateOptions, "speculate" | "signal" | "overflow" | "row"> {
  /** How many of each prompt. The texts of one prompt draw as rows 0, 1, .. of the seed. */
  samples: number;
  /** How many alternatives to tell of each token of the prompts; left out: nothing is told of them. */
  scored?: number | undefined;
}

interface Open {
  readonly job: Job;
  readonly text: ServedText;
  readonly row: number;
}

/** Floats of logits that a step may answer where it scores a prompt. */
const SCORED_FLOATS = 2 ** 24;

/**
 * Writes the texts of many jobs beside each other in rows of one session, for as long as it runs. A step of the model serves
 * every text that is being written one token, and spends the rest of its budget on a piece of one prompt. Texts begin in the
 * order of coming.
 */
export class Scheduler {
  readonly #model: LogitsModel;
  readonly #tokenizer: Tokenizer;
  readonly #options: SchedulerOptions;
  readonly #session: Session;
  readonly #rows: Rows;
  readonly #candidates: Candidates;
  readonly #rests = new Rests();
  readonly #queue: { job: Job; text: ServedText }[] = [];
  #open: Open[] = [];
  /** Whether something has happened since the loop last looked. */
  #changed = false;
  #wake: (() => void) | undefined;
  readonly #whenIdle: (() => void)[] = [];
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;

  constructor(model: LogitsModel, tokenizer: Tokenizer, options: SchedulerOptions) {
    this.#model = model;
    this.#tokenizer = tokenizer;
    this.#options = options;
    this.#session = model.session(0);
    checkSession(this.#session);
    this.#rows = new Rows(this.#session, options.rows + options.keptRows);
    this.#candidates = new Candidates(Math.min(model.vocabSize, tokenizer.vocabSize));
    this.#ended = this.#run();
  }

  /** Texts that wait, those that are being written, and rows that are kept of finished ones. */
  get state(): { waiting: number; open: number; kept: number } {
    return { waiting: this.#queue.length, open: this.#open.length, kept: this.#rows.kept };
  }

  /**
   * Takes texts in, all or none of them.
   * @throws InvalidOptionError, ContextOverflowError, QueueFullError, ShutDownError
   */
  submit(prompts: readonly (string | ArrayLike<number>)[], options: JobOptions): Job {
    if (this.#stopping.signal.aborted) throw new ShutDownError();
    const { samples, scored, ...own } = options;
    const settings = textSettings("serve", this.#model, this.#tokenizer, { ...own, overflow: "stop" });
    const { rows, queue } = this.#options;
    const taken = this.#open.length + this.#queue.length;
    if (taken + prompts.length * samples > rows + queue) throw new QueueFullError(this.#queue.length, queue);
    const texts = prompts.flatMap((each, prompt) => {
      const ids = promptIds(this.#model, this.#tokenizer, each, "stop");
      return Array.from({ length: samples }, (_, sample) => {
        const start = { ids, row: sample };
        const place = { index: prompt * samples + sample, prompt, sample };
        return new ServedText(place, new TextRow(settings, start, this.#candidates), scored);
      });
    });
    const job = new Job(texts, () => this.#change(), this.#options.readTimeout);
    for (const text of texts) this.#queue.push({ job, text });
    this.#change();
    return job;
  }

  /** Resolves as soon as no text waits or is being written. */
  async idle(): Promise<void> {
    if (this.#queue.length + this.#open.length === 0) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** Ends all jobs at once, and gives the session's memory back. */
  async stop(): Promise<void> {
    this.#stopping.abort(new ShutDownError());
    for (const { job } of [...this.#queue, ...this.#open]) job.fail(this.#stopping.signal.reason);
    this.#change();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#changed = false;
      this.#settle();
      if (!(await this.#step())) await this.#nextChange();
      await this.#rests.take();
    }
    this.#settle();
    this.#session.dispose();
  }

  #change(): void {
    this.#changed = true;
    this.#wake?.();
  }

  async #nextChange(): Promise<void> {
    if (this.#changed) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  /** Frees the rows of ended texts, and gives them to those that wait. */
  #settle(): void {
    const isEnded = ({ job, text }: { job: Job; text: ServedText }) => job.isEnded || text.isFinished;
    for (const each of this.#open.filter(isEnded)) this.#rows.release(each.row);
    this.#open = this.#open.filter((each) => !isEnded(each));
    const waiting = this.#queue.filter((each) => !isEnded(each));
    while (waiting.length > 0 && this.#open.length < this.#options.rows) {
      // A prompt is read to its end before the next one begins, so that texts with the same beginning find it in a row.
      if (this.#open.some(({ text, row }) => text.isReading(this.#session.length(row)))) break;
      const { job, text } = waiting[0]!;
      const taken = this.#rows.take(text.writing.history.ids, text.isScored);
      if (!taken) break;
      waiting.shift();
      text.cached = taken.cached;
      this.#open.push({ job, text, row: taken.row });
    }
    this.#queue.splice(0, this.#queue.length, ...waiting);
    if (this.#queue.length + this.#open.length === 0) for (const each of this.#whenIdle.splice(0)) each();
  }

  /** One step of the model, where there is something to read. */
  async #step(): Promise<boolean> {
    const isReading = ({ text, row }: Open) => text.isReading(this.#session.length(row));
    const serving = this.#open.filter((each) => !each.job.isPaused || isReading(each)); // others wait for that prompt
    let budget = this.#options.stepIds - serving.length;
    let wanted: "last" | "all" = "last";
    const entries = serving.map((each) => {
      const { text, row } = each;
      const held = this.#session.length(row);
      if (!text.isReading(held)) return { row, ids: text.following(held, 1) };
      let most = Math.max(1, budget + 1);
      if (text.isScored) {
        wanted = "all";
        most = Math.min(most, Math.max(1, Math.floor(SCORED_FLOATS / this.#model.vocabSize)));
      }
      const ids = text.following(held, most);
      budget -= ids.length;
      return { row, ids };
    });
    if (entries.length === 0) return false;
    let answers: Float32Array[];
    try {
      answers = await this.#session.step(entries, { logits: wanted, signal: this.#stopping.signal });
    } catch (error) {
      for (const { job } of serving) job.fail(error);
      return true;
    }
    for (const [i, each] of serving.entries()) {
      await this.#rests.take();
      this.#advance(each, answers[i]!, entries[i]!.ids.length);
    }
    return true;
  }

  #advance({ job, text, row }: Open, logits: Float32Array, count: number): void {
    if (job.isEnded) return;
    const held = this.#session.length(row);
    try {
      if (text.isScored && held <= text.promptLength) text.score(logits, count, held);
      if (text.isReading(held)) return;
      job.tell(text, text.next(logits.subarray(logits.length - this.#model.vocabSize), held));
    } catch (error) {
      job.fail(error); // what it asks for cannot be drawn
    }
  }
}
