import { type LogitsModel, modelOf, type Session, type Tokenizer } from "@llm/sample";

/** A token is a byte of UTF-8. */
export const bytes: Tokenizer = {
  vocabSize: 256,
  encode: (text) => Uint32Array.from(new TextEncoder().encode(text)),
  decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids)),
  decoder() {
    const utf8 = new TextDecoder();
    return { write: (id) => utf8.decode(Uint8Array.of(id), { stream: true }), end: () => utf8.decode() };
  },
};

/** What a test can look at afterwards. */
export interface Log {
  /** The ids of every entry of every step. */
  steps: number[][];
  disposed: number;
}

/** Logits as a function of everything in the session; keeps a log of the calls. */
export function model(
  logits: (context: readonly number[]) => ArrayLike<number>,
  { vocabSize = 256, blockSize = 64 } = {},
): LogitsModel & { log: Log } {
  const log: Log = { steps: [], disposed: 0 };
  const plain = modelOf(logits, { vocabSize, blockSize });
  const session = (rows?: number): Session => {
    const each = plain.session(rows);
    return {
      ...each,
      get rows() {
        return each.rows;
      },
      step(entries, options) {
        log.steps.push(...entries.map(({ ids }) => Array.from(ids)));
        return each.step(entries, options);
      },
      dispose() {
        log.disposed++;
        each.dispose();
      },
    };
  };
  return { vocabSize, blockSize, log, session };
}

/** A model that writes `text` and then starts over, whatever the prompt: certain of every byte. */
export function parrot(text: string, promptLength: number, blockSize = 64) {
  const script = bytes.encode(text);
  return model((context) => oneHot(script[(context.length - promptLength) % script.length]!), { blockSize });
}

function oneHot(id: number): Float32Array {
  const logits = new Float32Array(256).fill(Number.NEGATIVE_INFINITY);
  logits[id] = 0;
  return logits;
}
