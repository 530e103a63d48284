import type { Tokenizer } from "@llm/bpe";
import { Gpt, type GptSession } from "@llm/gpt";
import { engine } from "@llm/tensor";
import { messageOf } from "../message-of.js";
import { hasSimd } from "./simd.js";
import { tokenTexts } from "./token-texts.js";

/** Where a model comes from: a folder of the site, or the files of a run. */
export type Source =
  | { readonly url: string; readonly tokenizer?: string; readonly letters?: string }
  | { readonly files: Readonly<Record<string, Blob>> }
  /** The model that the training view trains. */
  | { readonly run: true };

/** What the page knows of an opened model. */
export interface ModelInfo {
  readonly vocabSize: number;
  readonly blockSize: number;
  readonly nLayer: number;
  readonly nHead: number;
  readonly numParameters: number;
  /** The chance that training dropped a number with. */
  readonly dropout: number;
  /** Every token as it is shown; of a model without a tokenizer its id. */
  readonly tokens: readonly string[];
  /** Whether a space stands between tokens, as a model without a tokenizer is written. */
  readonly isSpaced: boolean;
  /** Why what computes is slow here, in a sentence. */
  readonly slow?: string;
}

/** Logits, and how many positions were kept and how many computed for them. */
interface NextLogits {
  readonly logits: Float32Array;
  readonly cached: number;
  readonly computed: number;
}

/** A model that is open, and where its text stands. */
export class OpenedModel {
  /** Where its weights are. */
  readonly on = engine();
  readonly model: Gpt;
  readonly tokenizer: Tokenizer | undefined;
  readonly tokens: readonly string[];
  readonly #letters: string | undefined;
  #session: GptSession | undefined;
  #ids: readonly number[] = [];
  /** The end of what was asked last: a session makes one step at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  /** `letters` are its tokens where it has no tokenizer and each is a letter. */
  constructor(model: Gpt, tokenizer: Tokenizer | undefined, letters?: string) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.tokens = tokenTexts(model.vocabSize, tokenizer, letters);
    this.#letters = letters;
  }

  info(slow: string | undefined): ModelInfo {
    const { vocabSize, blockSize, numParameters, config } = this.model;
    const { nLayer, nHead, dropout } = config;
    const shape = { vocabSize, blockSize, nLayer, nHead, numParameters, dropout };
    return { ...shape, tokens: this.tokens, isSpaced: !this.tokenizer, ...(slow && { slow }) };
  }

  /** Text to ids; without a tokenizer each word is a token as it is shown, or each letter. */
  encode(text: string): number[] {
    if (this.tokenizer) return [...this.tokenizer.encodeOrdinary(text)];
    return this.#pieces(text)
      .map((token) => this.tokens.indexOf(token))
      .filter((id) => id >= 0);
  }

  /** Pieces of a text that are no tokens, each once. A tokenizer leaves none out. */
  unread(text: string): string[] {
    if (this.tokenizer) return [];
    return [...new Set(this.#pieces(text))].filter((piece) => !this.tokens.includes(piece));
  }

  #pieces(text: string): readonly string[] {
    return text.match(this.#letters === undefined ? /\S+/g : /\S/gu) ?? [];
  }

  /** The logits that follow from ids, and how many positions the cache had and how many were computed. */
  next(ids: readonly number[], signal?: AbortSignal): Promise<NextLogits> {
    return this.#inTurn(async () => {
      // The last position is computed in any case: its logits are wanted.
      const cached = this.#keep(ids.slice(0, -1));
      const logits = await this.#take(ids, signal);
      return { logits, cached, computed: ids.length - cached };
    }, signal);
  }

  /** Opens rows that go on from ids, for as long as `work` takes. Of ids only what the cache does not have is computed. */
  fork(
    ids: readonly number[],
    count: number,
    signal: AbortSignal,
    work: (session: GptSession, rows: readonly number[]) => Promise<void>,
  ): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#keep(ids) < ids.length) await this.#take(ids, signal);
      const session = this.#open();
      const rows = session.forks(session.rows[0]!, count);
      try {
        await work(session, rows);
      } finally {
        for (const row of rows) session.free(row);
      }
    }, signal);
  }

  #inTurn<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const turn = this.#turn.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #open(): GptSession {
    this.#session ??= this.model.session(1);
    return this.#session;
  }

  /** Forgets all behind what the cached text and ids begin with alike. @returns how many ids that are */
  #keep(ids: readonly number[]): number {
    const session = this.#open();
    let cached = 0;
    while (cached < ids.length && ids[cached] === this.#ids[cached]) cached++;
    session.truncate(session.rows[0]!, cached);
    this.#ids = ids.slice(0, cached);
    return cached;
  }

  /** Takes in what the cached text lacks of ids. @returns the logits that follow */
  async #take(ids: readonly number[], signal: AbortSignal | undefined): Promise<Float32Array> {
    const session = this.#open();
    const entry = { row: session.rows[0]!, ids: ids.slice(this.#ids.length) };
    const [logits] = await session.step([entry], signal ? { signal } : {});
    this.#ids = ids;
    return logits!;
  }

  /** Its weights have changed: what was kept of a text is not so any more. */
  forget(): void {
    this.#session?.dispose();
    this.#session = undefined;
    this.#ids = [];
  }

  dispose(): void {
    this.forget();
    this.model.dispose();
  }
}

/** Opens a model. @throws in words, for files that are missing, cut short or not understood */
export async function openModel(source: Exclude<Source, { run: true }>): Promise<OpenedModel> {
  if ("url" in source) {
    const model = await Gpt.load(source.url);
    return new OpenedModel(
      model,
      source.tokenizer ? await readTokenizer(await fetched(source.tokenizer)) : undefined,
      source.letters,
    );
  }
  const contents = await Promise.all(
    Object.entries(source.files).map(async ([name, file]) => [name, await bytesOf(name, file)] as const),
  );
  const {
    "tokenizer.json": json,
    "vocab.json": vocab,
    "merges.txt": merges,
    ...files
  } = Object.fromEntries(contents);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const tokenizer = json
    ? await readTokenizer(text(json)).catch((error) => unreadable("tokenizer.json", error))
    : vocab && merges
      ? await readVocabulary(text(vocab), text(merges)).catch((error) => unreadable("vocab.json", error))
      : undefined;
  const model = await Gpt.fromFiles(files);
  if (!tokenizer || tokenizer.vocabSize <= model.vocabSize) return new OpenedModel(model, tokenizer);
  const [ids, known] = [tokenizer.vocabSize, model.vocabSize];
  model.dispose();
  throw new Error(
    `${json ? "tokenizer.json" : "vocab.json"} has ${ids} tokens and the model knows ${known}, so the two are not of one run.`,
  );
}

async function bytesOf(name: string, file: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new Error(`${name} cannot be read: ${messageOf(error)}`);
  }
}

function unreadable(name: string, error: unknown): never {
  throw new Error(`${name} cannot be read: ${messageOf(error)}`);
}

async function fetched(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`${url} could not be loaded: HTTP status ${response.status}. Load the page again.`);
  return response.text();
}

/** GPT-2's own form. */
async function readVocabulary(vocab: string, merges: string): Promise<Tokenizer | undefined> {
  if (!hasSimd()) return undefined;
  const { Tokenizer } = await import("@llm/bpe");
  return Tokenizer.fromVocabBpe(vocab, merges);
}

async function readTokenizer(json: string): Promise<Tokenizer | undefined> {
  if (!hasSimd()) return undefined;
  const { Tokenizer } = await import("@llm/bpe");
  return Tokenizer.fromHF(json);
}
