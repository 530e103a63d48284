import { type Address, at } from "./operand.js";

/** Numbers that code computes with. They lie in memory, each spread over a vector, and a register has their address. */
export class Constants<Name extends string> {
  readonly #names: readonly string[];
  readonly #values: readonly number[];

  constructor(values: Readonly<Record<Name, number>>) {
    this.#names = Object.keys(values);
    this.#values = Object.values(values);
  }

  /** What the code is given the address of. */
  bytes(vectorBits: 256 | 512): Uint8Array {
    const spread = this.#values.flatMap((value) => Array<number>(vectorBits / 32).fill(value));
    return new Uint8Array(Float32Array.from(spread).buffer);
  }

  /** Where a constant is, when the register `base` has their address. */
  at(base: number, vectorBits: 256 | 512): (name: Name) => Address {
    return (name) => at(base, (this.#names.indexOf(name) * vectorBits) / 8);
  }
}
