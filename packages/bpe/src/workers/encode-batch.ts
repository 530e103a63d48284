import type { Encoder } from "../encoder.js";
import { encodingModule } from "../encoding-module.js";
import type { Segment } from "../segments.js";
import type { Encoded, EncodeJob } from "./messages.js";
import { WorkerPool } from "./pool.js";

/** Characters in a job: much work beside the cost of sending it, and little enough that all workers end together. */
const JOB = 262_144;

/** Ids that a job is given room for: more than most texts have. A worker makes more where they do not suffice. */
const ROOM = Math.ceil(JOB * 0.35);

const encoder = new TextEncoder();

/** Encodes many texts on workers, which it keeps. */
export class BatchEncoder {
  readonly #encoder: Encoder;
  #pool: WorkerPool | undefined;
  // Buffers that came back from workers: making new ones would cost more than filling them.
  readonly #texts: Uint8Array<ArrayBuffer>[] = [];
  readonly #rooms: Uint32Array<ArrayBuffer>[] = [];

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

    // Put together as soon as all of a text is there, while the workers go on with others.
    const finish = (text: Text) => {
      if (--text.missing === 0) text.ids = this.#joined(text.parts.splice(0));
    };

    const send = async () => {
      const [request, targets] = [this.#pack(stretches, size), places];
      [stretches, places, size] = [[], [], 0];
      signal?.throwIfAborted();
      if (fault) throw fault.error;
      const { answer } = await pool.submit(request);
      const done = answer
        .then(({ ids, ends, utf8 }) => {
          if (utf8.length > 0) this.#texts.push(utf8);
          const source = { ids, uses: targets.length };
          targets.forEach((place, i) => {
            place.text.parts[place.index] = { source, start: i === 0 ? 0 : ends[i - 1]!, end: ends[i]! };
            finish(place.text);
          });
        })
        .catch((error: unknown) => {
          fault ??= { error };
        })
        .finally(() => running.delete(done));
      running.add(done);
    };

    const results: Text[] = [];
    for (const segments of texts) {
      const whole: Text = { parts: [], missing: 1, ids: undefined };
      results.push(whole);
      for (const { text, token } of segments) {
        if (token) {
          whole.parts.push({ source: { ids: Uint32Array.of(token.id), uses: 0 }, start: 0, end: 1 });
          continue;
        }
        for (let at = 0; at < text.length; ) {
          const to = text.length - at <= JOB ? text.length : this.#encoder.borderNear(text, at, JOB);
          stretches.push(text.slice(at, to));
          places.push({ text: whole, index: whole.parts.push(undefined) - 1 });
          whole.missing++;
          size += to - at;
          at = to;
          if (size >= JOB) await send();
        }
      }
      finish(whole);
    }
    if (stretches.length > 0) await send();
    while (running.size > 0) await Promise.all(running);
    if (fault) throw fault.error;
    signal?.throwIfAborted();
    return results.map(({ ids }) => ids!);
  }

  /** Ends the workers. */
  stop(): void {
    this.#pool?.stop();
    this.#pool = undefined;
    this.#texts.length = this.#rooms.length = 0;
  }

  #pack(texts: string[], characters: number): EncodeJob {
    if (!this.#encoder.readsUtf8) return { kind: "encode", texts };
    let utf8 = this.#texts.pop();
    if (!utf8 || utf8.length < characters * 3) utf8 = new Uint8Array(Math.max(JOB * 4, characters * 3));
    const ends = new Uint32Array(texts.length);
    let length = 0;
    texts.forEach((text, i) => {
      length += encoder.encodeInto(text, utf8.subarray(length)).written;
      ends[i] = length;
    });
    return { kind: "encode", utf8, ends, room: this.#rooms.pop() ?? new Uint32Array(ROOM) };
  }

  /** All parts of a text in one array: the only one as it is, others copied, and what they were in is used again. */
  #joined(parts: readonly (Part | undefined)[]): Uint32Array {
    if (parts.length === 1) {
      const { source, start, end } = parts[0]!;
      source.uses = Number.POSITIVE_INFINITY;
      return source.ids.subarray(start, end);
    }
    const all = new Uint32Array(parts.reduce((sum, part) => sum + part!.end - part!.start, 0));
    let at = 0;
    for (const part of parts) {
      const { source, start, end } = part!;
      all.set(source.ids.subarray(start, end), at);
      at += end - start;
      if (--source.uses === 0) this.#rooms.push(source.ids);
    }
    return all;
  }

  #poolOf(workers: number): WorkerPool {
    if (this.#pool?.size !== workers || this.#pool.stopped) {
      this.#pool?.stop();
      const image = this.#encoder.image();
      this.#pool = new WorkerPool(workers, { kind: "start", module: encodingModule.get(), image });
    }
    return this.#pool;
  }
}

/** Ids `start` to `end` of what a worker sent, of which `uses` parts are still wanted. */
interface Part {
  source: { ids: Encoded["ids"]; uses: number };
  start: number;
  end: number;
}

/** A text whose ids come in parts. */
interface Text {
  parts: (Part | undefined)[];
  /** Parts that are not there yet, and one more until all of the text was given out. */
  missing: number;
  ids: Uint32Array | undefined;
}

/** Where ids belong. */
interface Place {
  text: Text;
  index: number;
}
