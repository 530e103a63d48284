import { concat } from "../warc/concat.js";
import { kernel } from "./kernel.js";

const LANES = 32;
const STRIPE = 32;
/** Bytes that go into the kernel at a time. */
const PIECE = 65_536;

/** XXH64 with seed 0 of bytes that come in pieces. */
export class Xxh64 {
  readonly #lanes = new Uint8Array(LANES);
  #tail: Uint8Array = new Uint8Array(0);
  #total = 0;

  constructor() {
    const { base, run } = kernel();
    const memory = kernel().room(LANES);
    run.xxh64Start(base);
    this.#lanes.set(new Uint8Array(memory, base, LANES));
  }

  update(bytes: Uint8Array): void {
    this.#total += bytes.length;
    const all = concat(this.#tail, bytes);
    const whole = all.length - (all.length % STRIPE);
    for (let at = 0; at < whole; at += PIECE) this.#stripes(all.subarray(at, Math.min(at + PIECE, whole)));
    this.#tail = all.slice(whole);
  }

  /** The low 32 bits of the hash. */
  low(): number {
    const { base, run } = kernel();
    const tail = this.#put(this.#tail);
    return run.xxh64End(base, this.#total, tail, tail + this.#tail.length) >>> 0;
  }

  #stripes(bytes: Uint8Array): void {
    const { base, run } = kernel();
    const start = this.#put(bytes);
    run.xxh64Stripes(base, start, start + bytes.length);
    this.#lanes.set(new Uint8Array(kernel().room(LANES), base, LANES));
  }

  /** Puts the lanes and bytes behind them into the kernel's memory, which others use too. */
  #put(bytes: Uint8Array): number {
    const { base } = kernel();
    const memory = kernel().room(LANES + bytes.length);
    new Uint8Array(memory, base).set(this.#lanes);
    new Uint8Array(memory, base + LANES).set(bytes);
    return base + LANES;
  }
}
