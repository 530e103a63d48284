import type { Kinds } from "@llm/platform/options";
import { Rests } from "@llm/platform/rest";
import { check, checkArgument } from "./check.js";
import type { DecodingModel } from "./decode.js";
import { ContextLengthError, SessionError, TokenIdError } from "./errors.js";
import type { KvCache } from "./kv-cache.js";
import type { Addition } from "./packing.js";

/** The next ids of one row. */
export interface SessionEntry {
  /** Number of the row. */
  readonly row: number;
  /** At least one. */
  readonly ids: ArrayLike<number>;
}

/** Options of {@link GptSession.step}. */
export interface StepOptions {
  /** Of the last id of each row ("last", the default) or of every one. */
  logits?: "last" | "all";
  /** Aborting ends the step between two blocks. */
  signal?: AbortSignal;
}

/** Options of `model.session(rows, options)`. */
export interface SessionOptions {
  /**
   * Positions that rows will reach, where that is known: a cache that grows by doubling then stops there, and takes
   * `model.cacheBytes(rows, positions)` at most. A row may still go beyond. Default `blockSize`.
   */
  positions?: number;
}

/** What a session needs of its model. */
export interface SessionModel extends DecodingModel {
  /** Rows for which this differs cannot share a pass: their angles are others. */
  readonly isLong: (length: number) => boolean;
}

interface Row {
  readonly slot: number;
  length: number;
}

interface Entry extends Addition {
  readonly row: Row;
}

/** Decoding is loaded for the first step: who only trains does without. */
const loadDecoding = () => import("./decode.js");

const ENTRY: Kinds<SessionEntry> = { row: "number!", ids: "list!" };
const SESSION: Kinds<SessionOptions> = { positions: "count" };
const STEP: Kinds<StepOptions> = { logits: ["last", "all"], signal: "signal" };

/**
 * Rows of text being decoded: the keys and values of every position so far, so that a new token costs one position's work.
 * Rows are of any length, each by itself.
 *
 * Memory: 2 x nLayer x rows x positions x nKvHead headDim floats, where rows and positions (those of the longest row) are
 * rounded up as the cache doubles, to `blockSize` at most, or to the `positions` that were said beforehand. A row that is
 * freed leaves its place to the next one, and the last one gives all memory back.
 *
 * A row's logits have the same bits whatever else is in a step, and in steps of however many ids its text was taken in: on
 * `reference`, `wasm` and the code of `native`. Over a BLAS, `tfjs` and inputs in bfloat16 they differ by rounding.
 */
export class GptSession {
  readonly #model: SessionModel;
  readonly #positions: number;
  #decoding: Awaited<ReturnType<typeof loadDecoding>> | null = null;
  #cache: KvCache | null = null;
  readonly #rows = new Map<number, Row>();
  readonly #rests = new Rests();
  #next = 0;
  #stepping = false;
  #disposed = false;

  /** Made by `model.session(rows, options)`. */
  constructor(model: SessionModel, rows: number, options: SessionOptions = {}) {
    checkArgument("rows of session", rows, "natural");
    check("session", options, SESSION);
    this.#model = model;
    this.#positions = Math.min(model.config.blockSize, options.positions ?? model.config.blockSize);
    for (let i = 0; i < rows; i++) this.add();
  }

  /** The numbers of the rows that are open, in the order of opening. */
  get rows(): number[] {
    return [...this.#rows.keys()];
  }

  /** Positions that a row holds. */
  length(row: number): number {
    return this.#row(row).length;
  }

  /**
   * How many ids of a row a step can take in so that each gets the logits that it gets one by one: up to where the room ends,
   * or the angles change (longrope).
   */
  stepLimit(row: number): number {
    const { length } = this.#row(row);
    const { isLong, config } = this.#model;
    let end = config.blockSize;
    while (end > length && isLong(end) !== isLong(length + 1)) end--;
    return end - length;
  }

  /** Opens an empty row: its number, which no other row of this session had or will have. */
  add(): number {
    this.#alive();
    const taken = new Set([...this.#rows.values()].map(({ slot }) => slot));
    let slot = 0;
    while (taken.has(slot)) slot++;
    this.#rows.set(this.#next, { slot, length: 0 });
    return this.#next++;
  }

  /** Opens a row with the same text: its number. What comes after is each row's own. */
  fork(row: number): number {
    return this.forks(row, 1)[0]!;
  }

  /** Opens several rows with the same text, which costs less than one by one: their numbers. */
  forks(row: number, count: number): number[] {
    const from = this.#row(row, "fork");
    checkArgument("count of forks", count, "count");
    const numbers = Array.from({ length: count }, () => this.add());
    const made = numbers.map((number) => this.#rows.get(number)!);
    try {
      this.#cache?.reserve(Math.max(...made.map(({ slot }) => slot)) + 1, [...this.#rows.values()]);
      this.#cache?.copy(
        from,
        made.map(({ slot }) => slot),
      );
    } catch (error) {
      for (const number of numbers) this.#rows.delete(number);
      throw error;
    }
    for (const to of made) to.length = from.length;
    return numbers;
  }

  /** Forgets a row's positions from `length` on, so that its text goes on from there. */
  truncate(row: number, length: number): void {
    const held = this.#row(row, "truncate");
    if (!Number.isSafeInteger(length) || length < 0 || length > held.length) {
      throw new RangeError(`cannot truncate row ${row} to ${length}: it holds ${held.length} positions`);
    }
    held.length = length;
  }

  /** Closes a row. It costs nothing from then on, and its place is the next one's. */
  free(row: number): void {
    this.#row(row, "free");
    this.#rows.delete(row);
    if (this.#rows.size === 0) this.#cache?.clear();
  }

  /** Closes the session and gives its memory back; a step that is under way is refused then. */
  dispose(): void {
    this.#disposed = true;
    this.#rows.clear();
    this.#cache?.clear();
  }

  /**
   * Takes in the next ids of some rows, of each as many as are given, and answers the logits of each entry, in order: those
   * that follow its last id, (vocabSize), or with `logits: "all"` those that follow every one, (n, vocabSize).
   *
   * Timers, signals and sockets are heard about every 20 ms, between blocks. A step that fails or is aborted leaves the session
   * as it was.
   *
   * @throws {ContextLengthError} when a row would outgrow `blockSize`
   * @throws {TokenIdError} for an id outside the vocabulary
   * @throws {SessionError} for a row that is not open, and while another step is under way
   */
  async step(entries: readonly SessionEntry[], options: StepOptions = {}): Promise<Float32Array[]> {
    const { logits = "last", signal } = options;
    this.#idle("step");
    const checked = this.#checked(entries, options);
    const results: Float32Array[] = new Array(checked.length);
    this.#stepping = true;
    try {
      this.#decoding ??= await loadDecoding();
      await this.#rest(signal);
      const { decode, emptyCache } = this.#decoding;
      this.#cache ??= emptyCache(this.#model, this.#positions);
      const cache = this.#cache;
      const rest = () => this.#rest(signal);
      for (const isLong of [false, true]) {
        const at = [...checked.keys()].filter((i) => this.#isLong(checked[i]!) === isLong);
        if (at.length === 0) continue;
        const rows = [...this.#rows.values()];
        const part = at.map((i) => checked[i]!);
        const answers = await decode(this.#model, cache, rows, part, { logits, rest });
        for (const [j, each] of answers.entries()) results[at[j]!] = each;
      }
    } finally {
      this.#stepping = false;
    }
    for (const { row, ids } of checked) row.length += ids.length;
    return results;
  }

  /**
   * What a layer keeps of a row, for looking inside: keys as attention compares them (turned, and normed where the model does),
   * and values, each (length, nKvHead, headDim).
   */
  async cache(
    layer: number,
    row: number,
  ): Promise<{ k: Float32Array; v: Float32Array; shape: [number, number, number] }> {
    const { nLayer, nKvHead, headDim } = this.#model.config;
    if (!(Number.isSafeInteger(layer) && layer >= 0 && layer < nLayer)) {
      throw new RangeError(`there is no layer ${layer}; the model has layers 0 to ${nLayer - 1}`);
    }
    const { slot, length } = this.#row(row);
    const held = await this.#cache?.read(layer, { slot, length });
    const empty = { k: new Float32Array(0), v: new Float32Array(0) };
    return { ...(held ?? empty), shape: [length, nKvHead, headDim] };
  }

  #alive(): void {
    if (!this.#disposed) return;
    throw new SessionError("this session was disposed of; make another with model.session()");
  }

  #idle(of: string): void {
    this.#alive();
    if (!this.#stepping) return;
    throw new SessionError(`${of} has to wait for the step that is under way; await that first`);
  }

  /** A row that is open; `of` says what must not happen during a step. */
  #row(number: number, of?: string): Row {
    if (of) this.#idle(of);
    this.#alive();
    const row = this.#rows.get(number);
    if (row) return row;
    const open = this.rows.join(", ");
    throw new SessionError(
      `row ${String(number)} is not open; ${open ? `these are: ${open}` : "no row is: open one with add()"}`,
    );
  }

  #checked(entries: readonly SessionEntry[], options: StepOptions): Entry[] {
    checkArgument("entries of step", entries, "array");
    check("step", options, STEP);
    const { blockSize, vocabSize } = this.#model.config;
    const seen = new Set<Row>();
    return entries.map((entry, i) => {
      check(`entry ${i} of step`, entry, ENTRY);
      const { row: number, ids } = entry;
      const row = this.#row(number);
      if (seen.has(row)) throw new SessionError(`row ${number} is in this step twice; join its ids`);
      seen.add(row);
      if (ids.length === 0) throw new SessionError(`row ${number} is given no ids; give at least one`);
      if (row.length + ids.length > blockSize) {
        throw new ContextLengthError(
          `${row.length} positions of row ${number} and ${ids.length} more exceed blockSize = ${blockSize}; truncate() it or open a new row`,
        );
      }
      checkIds(ids, vocabSize, number);
      return { row, slot: row.slot, start: row.length, ids };
    });
  }

  #isLong({ start, ids }: Entry): boolean {
    return this.#model.isLong(start + ids.length);
  }

  async #rest(signal: AbortSignal | undefined): Promise<void> {
    await this.#rests.take(signal);
    this.#alive();
  }
}

/** @throws {TokenIdError} at the first id outside the vocabulary */
function checkIds(ids: ArrayLike<number>, vocabSize: number, row: number): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (!(Number.isInteger(id) && id >= 0 && id < vocabSize)) {
      throw new TokenIdError(
        `id ${id} at index ${i} of row ${row} is outside the vocabulary of ${vocabSize}`,
      );
    }
  }
}
