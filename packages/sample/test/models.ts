import type { LogitsModel, Tokenizer } from "@llm/sample";

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
  appended: number[][];
  disposed: number;
}

/** Logits as a function of everything in the session; keeps a log of the calls. */
export function model(
  logits: (context: readonly number[]) => ArrayLike<number>,
  { vocabSize = 256, blockSize = 64, withAll = false } = {},
): LogitsModel & { log: Log } {
  const log: Log = { appended: [], disposed: 0 };
  return {
    vocabSize,
    blockSize,
    log,
    session() {
      let context: number[] = [];
      const append = async (ids: ArrayLike<number>) => {
        if (context.length + ids.length > blockSize) throw new Error("the cache is full");
        context.push(...Array.from(ids));
        log.appended.push(Array.from(ids));
        return Float32Array.from(logits(context));
      };
      return {
        rows: 1,
        get length() {
          return context.length;
        },
        append,
        ...(withAll && {
          async all(ids: ArrayLike<number>) {
            const out = new Float32Array(ids.length * vocabSize);
            for (let i = 0; i < ids.length; i++) out.set(await append([ids[i]!]), i * vocabSize);
            return out;
          },
        }),
        truncate: (length) => {
          context = context.slice(0, length);
        },
        dispose: () => {
          log.disposed++;
        },
      };
    },
  };
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
