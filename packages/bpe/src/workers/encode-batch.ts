import type { Encoder } from "../encoder.js";
import { kernelModule } from "../kernel-module.js";
import type { Segment } from "../segments.js";
import type { EncodeJob } from "./messages.js";
import { WorkerPool } from "./pool.js";

/** Characters in a job: much work beside the cost of sending it, and little enough that all workers end together. */
const JOB = 524288;

const utf8 = new TextEncoder();

/** Encodes many texts on workers, which it keeps. */
export class BatchEncoder {
  readonly #encoder: Encoder;
  #pool: WorkerPool | undefined;
  #scratch = new Uint8Array(JOB * 4);

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
  }

  /** The ids of each text, in order. Texts are given as their segments. */
  async encode(
    texts: Iterable<Iterable<Segment>>,
    workers: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint32Array[]> {
    const pool = this.#poolOf(workers);
    const running = new Set<Promise<void>>();
    let fault: { error: unknown } | undefined;
    // What is in the next job: each stretch, and where its ids will go.
    let stretches: string[] = [];
    let places: Place[] = [];
    let size = 0;

    const send = async () => {
      const [request, targets] = [this.#pack(stretches, size), places];
      [stretches, places, size] = [[], [], 0];
      signal?.throwIfAborted();
      if (fault) throw fault.error;
      const { answer } = await pool.submit(request);
      const done = answer
        .then(({ ids, ends }) => {
          targets.forEach((place, i) => {
            place.ids = ids.subarray(i === 0 ? 0 : ends[i - 1], ends[i]);
          });
        })
        .catch((error: unknown) => {
          fault ??= { error };
        })
        .finally(() => running.delete(done));
      running.add(done);
    };

    const results: Place[][] = [];
    for (const segments of texts) {
      const parts: Place[] = [];
      results.push(parts);
      for (const segment of segments) {
        const { text, token } = segment;
        if (token) {
          parts.push({ ids: Uint32Array.of(token.id) });
          continue;
        }
        for (let at = 0; at < text.length; ) {
          const to = text.length - at <= JOB ? text.length : this.#encoder.borderNear(text, at, JOB);
          const place: Place = { ids: undefined };
          stretches.push(text.slice(at, to));
          places.push(place);
          parts.push(place);
          size += to - at;
          at = to;
          if (size >= JOB) await send();
        }
      }
    }
    if (stretches.length > 0) await send();
    while (running.size > 0) await Promise.all(running);
    if (fault) throw fault.error;
    signal?.throwIfAborted();
    return results.map(joined);
  }

  /** Ends the workers. */
  stop(): void {
    this.#pool?.stop();
    this.#pool = undefined;
  }

  #pack(texts: string[], characters: number): EncodeJob {
    if (!this.#encoder.readsUtf8) return { kind: "encode", texts };
    if (this.#scratch.length < characters * 3) this.#scratch = new Uint8Array(characters * 3);
    const ends = new Uint32Array(texts.length);
    let length = 0;
    texts.forEach((text, i) => {
      length += utf8.encodeInto(text, this.#scratch.subarray(length)).written;
      ends[i] = length;
    });
    return { kind: "encode", utf8: this.#scratch.slice(0, length), ends };
  }

  #poolOf(workers: number): WorkerPool {
    if (this.#pool?.size !== workers || this.#pool.stopped) {
      this.#pool?.stop();
      const image = this.#encoder.image();
      this.#pool = new WorkerPool(workers, { kind: "start", module: kernelModule(), image });
    }
    return this.#pool;
  }
}

/** Ids that are there, or will be. */
interface Place {
  ids: Uint32Array | undefined;
}

function joined(parts: Place[]): Uint32Array {
  const length = parts.reduce((sum, { ids }) => sum + ids!.length, 0);
  const all = new Uint32Array(length);
  let at = 0;
  for (const { ids } of parts) {
    all.set(ids!, at);
    at += ids!.length;
  }
  return all;
}
