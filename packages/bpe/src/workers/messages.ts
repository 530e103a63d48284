import type { EncoderImage } from "../encoder.js";
import type { Pattern } from "../patterns.js";
import type { WordCounts } from "../word-counts.js";

/** Makes a worker ready for jobs of one kind; there is no answer. */
export type Start =
  | { kind: "start"; module: WebAssembly.Module; image: EncoderImage }
  | { kind: "startCounting"; module: WebAssembly.Module; pattern: Pattern; classes: Uint8Array };

/**
 * Stretches of text, or of UTF-8 (which is sent at half the cost), each ending in `utf8` where `ends` says. `room` is for the
 * ids, as far as it goes. The buffers come back with the answer, to be used again.
 */
export type EncodeJob =
  | { kind: "encode"; texts: string[] }
  | {
      kind: "encode";
      utf8: Uint8Array<ArrayBuffer>;
      ends: Uint32Array<ArrayBuffer>;
      room: Uint32Array<ArrayBuffer>;
    };

/** Texts, or lines of UTF-8. */
export type CountJob = { kind: "count"; texts: string[] } | { kind: "count"; lines: Uint8Array };

export type Job = EncodeJob | CountJob;

/** What the pool asks of a worker; each job is answered in the order it came. */
export type Request = Start | Job;

/** Where each stretch's ids end in `ids`, which may go on behind them; and the job's UTF-8. */
export interface Encoded {
  ids: Uint32Array<ArrayBuffer>;
  ends: Uint32Array<ArrayBuffer>;
  utf8: Uint8Array<ArrayBuffer>;
}

/** What a job comes to. */
export type Done<J extends Job = Job> = J extends EncodeJob ? Encoded : WordCounts;

/** What was done; or what went wrong: a byte without a token, or any other error's message. */
export type Answer = Done | { missingByte: number } | { error: string };
