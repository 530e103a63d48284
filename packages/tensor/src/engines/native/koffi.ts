import { builtin } from "../threads/platform.js";

/** What is used of koffi, which calls native functions. */
export interface Koffi {
  load(path: string | null): { func(prototype: string): (...args: unknown[]) => number };
  proto(prototype: string): unknown;
  decode(pointer: bigint, type: unknown): (...args: unknown[]) => number;
}

/** Machine code with its prototype; arrays are handed over where they are. */
export type NativeFunction = (...args: (number | Float32Array | Float64Array)[]) => void;

export function loadKoffi(path: string): Koffi {
  return builtin("node:module")!.createRequire(path)(path) as Koffi;
}
