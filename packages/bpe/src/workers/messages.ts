import type { EncoderImage } from "../encoder.js";

/** What the pool asks of a worker; each job is answered in the order it came. */
export type Request =
  | { kind: "start"; module: WebAssembly.Module; image: EncoderImage }
  | { kind: "encode"; texts: string[] };

/** Where each text's ids end in `ids`; or what went wrong: a byte without a token, or any other error's message. */
export type Answer =
  | { ids: Uint32Array<ArrayBuffer>; ends: Uint32Array<ArrayBuffer> }
  | { missingByte: number }
  | { error: string };
