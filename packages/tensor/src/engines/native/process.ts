import type { NativeFunction } from "./koffi.js";

/** What machine code is reached by: the memory of the kernels, where it lies in the process, and how to call an address. */
export interface Process {
  memory: WebAssembly.Memory;
  base: number;
  vectorBits: 256 | 512;
  callable: (address: number, prototype: string) => NativeFunction;
}
