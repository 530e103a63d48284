import { BYTES_BY_CHAR } from "./byte-alphabet.js";
import { classTable } from "./classes.js";
import { TrainingError } from "./errors.js";
import { kernelModule } from "./kernel-module.js";
import { byteIdsOf, Merges } from "./merges.js";
import { PairMerger } from "./pair-merger.js";
import type { Pattern } from "./patterns.js";
import { SpecialTokens } from "./special.js";
import { addSpecialTokens } from "./tiktoken.js";
import { Tokenizer } from "./tokenizer.js";
import { Vocabulary } from "./vocabulary.js";
import { WordCounter, type WordCounts } from "./word-counts.js";

/** What training reports of each merge. */
export interface MergeEvent {
  /** 1 for the first merge. */
  step: number;
  /** How many merges there will be, if the text has enough pairs. */
  steps: number;
  /** The ids that are joined, and the id of the new token. */
  left: number;
  right: number;
  id: number;
  /** The new token's bytes. */
  bytes: Uint8Array;
  /** How often the pair stood in the text at this point. */
  count: number;
}

/** How to train a vocabulary. */
export interface TrainOptions {
  /** Tokens in all: 256 bytes, merges and special tokens. Fewer come out where the text has too few pairs. */
  vocabSize: number;
  /** How text is cut into pieces; merges never cross them. Default: "cl100k". */
  pattern?: Pattern;
  /** Default: `<|endoftext|>`. */
  specialTokens?: readonly string[];
  /**
   * Of pairs with equal counts the one with the lowest ids is merged first. "ids" (the default) numbers bytes by value
   * and special tokens last, as tiktoken does; "hf" numbers special tokens first and bytes by their printable character,
   * which gives the ids and merges of Hugging Face's trainer with the full byte alphabet.
   */
  tieBreak?: "ids" | "hf";
  /** Pairs that occur less often are not merged. Default: 1. */
  minFrequency?: number;
  signal?: AbortSignal;
  onMerge?: (event: MergeEvent) => void;
}

/** Work between two rests, in milliseconds: so that abort, progress and other work get their turn. */
const STRETCH = 40;

/**
 * Trains a byte-level BPE vocabulary on texts, each of which is cut into pieces by itself. The result depends on
 * nothing but the texts and options.
 *
 * @throws TrainingError if there is no text or `vocabSize` leaves no room for bytes and special tokens.
 */
export async function train(
  texts: string | Iterable<string> | AsyncIterable<string>,
  options: TrainOptions,
): Promise<Tokenizer> {
  const { vocabSize, pattern = "cl100k", specialTokens = ["<|endoftext|>"], tieBreak = "ids" } = options;
  checkSizes(vocabSize, specialTokens);
  const rest = restful(options.signal);
  const words = await countWords(typeof texts === "string" ? [texts] : texts, pattern, rest);
  if (words.ends.length === 0) {
    throw new TrainingError(
      "There is no text to train on: every text is empty. Pass at least one that is not.",
    );
  }

  const order = tieBreak === "hf" ? BYTES_BY_CHAR : Array.from({ length: 256 }, (_, byte) => byte);
  const symbolOf = new Int32Array(256);
  order.forEach((byte, symbol) => {
    symbolOf[byte] = symbol;
  });
  const offset = tieBreak === "hf" ? specialTokens.length : 0;
  const steps = vocabSize - 256 - specialTokens.length;
  const merges = new Merges(steps);
  const tokens: (Uint8Array | undefined)[] = [];
  order.forEach((byte, symbol) => {
    tokens[offset + symbol] = Uint8Array.of(byte);
  });

  const merger = new PairMerger(words, {
    symbolOf,
    first: 256,
    steps,
    minFrequency: options.minFrequency ?? 1,
    maxTokenLength: 2 ** 31 - 1,
  });
  for (let more = true; more; ) {
    more = merger.advance();
    while (merges.length < merger.length) {
      const pair = merger.merge(merges.length);
      const [left, right, id] = [offset + pair.left, offset + pair.right, offset + 256 + merges.length];
      const bytes = concat(tokens[left]!, tokens[right]!);
      tokens[id] = bytes;
      merges.add(left, right, id);
      options.onMerge?.({
        step: merges.length,
        steps,
        left,
        right,
        id,
        bytes: bytes.slice(),
        count: pair.count,
      });
    }
    const pause = rest();
    if (pause) await pause;
  }

  const first = tieBreak === "hf" ? 0 : tokens.length;
  const special = new Map(specialTokens.map((token, i) => [token, first + i]));
  const specialIds = addSpecialTokens(tokens, special);
  const vocabulary = new Vocabulary(tokens, (id) => !specialIds.has(id));
  return new Tokenizer({
    vocabulary,
    merges,
    byteIds: byteIdsOf(vocabulary),
    pattern,
    wholePiece: false,
    special: new SpecialTokens(special),
    normalizer: null,
  });
}

function checkSizes(vocabSize: number, specialTokens: readonly string[]): void {
  const least = 256 + specialTokens.length;
  if (!Number.isInteger(vocabSize) || vocabSize < least || vocabSize >= 2 ** 24) {
    throw new TrainingError(
      `vocabSize is ${vocabSize}: it must be a whole number of at least ${least} ` +
        `(256 bytes and ${specialTokens.length} special tokens).`,
    );
  }
  const twice = specialTokens.find((token, i) => specialTokens.indexOf(token) !== i);
  if (twice !== undefined) {
    throw new TrainingError(`The special token ${JSON.stringify(twice)} is given twice: name each once.`);
  }
}

async function countWords(
  texts: Iterable<string> | AsyncIterable<string>,
  pattern: Pattern,
  rest: () => Promise<void> | undefined,
): Promise<WordCounts> {
  const counter = new WordCounter(kernelModule(), pattern, classTable());
  const add = (text: string) => {
    counter.add(text);
    return rest();
  };
  if (Symbol.iterator in texts) {
    for (const text of texts) {
      const pause = add(text);
      if (pause) await pause;
    }
  } else {
    for await (const text of texts) await add(text);
  }
  return counter.counts();
}

/** Gives a function that throws once the signal is aborted, and otherwise waits a turn if it was long since the last. */
function restful(signal: AbortSignal | undefined): () => Promise<void> | undefined {
  signal?.throwIfAborted();
  let rested = performance.now();
  return () => {
    signal?.throwIfAborted();
    if (performance.now() - rested < STRETCH) return undefined;
    return new Promise<void>((resolve) => setTimeout(resolve)).then(() => {
      signal?.throwIfAborted();
      rested = performance.now();
    });
  };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
