import { type Kernels, KINDS } from "../wasm/instance.js";
import {
  activationBackwardCode,
  activationCode,
  activationConstants,
  type SigmoidActivation,
} from "./activation-code.js";

/** Where the code is. */
export interface ActivationCode {
  vectorBits: 256 | 512;
  constants: number;
  forward: Record<SigmoidActivation, number>;
  backward: Record<SigmoidActivation, number>;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeActivations(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): ActivationCode {
  const each = (write: typeof activationCode) => ({
    gelu: map(write(vectorBits, "gelu")),
    silu: map(write(vectorBits, "silu")),
  });
  return {
    vectorBits,
    constants: map(activationConstants(vectorBits)),
    forward: each(activationCode),
    backward: each(activationBackwardCode),
  };
}

/** Elements that are worth a call of machine code. */
const WORTH_A_CALL = 64;
const PROTOTYPE = "void (uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t)";

/** The activations in machine code, with addresses of the WebAssembly memory. */
export interface Activations extends Pick<Kernels, "applyActivation" | "activationBackward"> {
  /** Rows in place, `stride` bytes apart; false, and nothing done, where there is no code for them. */
  applyToRows(kind: number, x: number, stride: number, rows: number, columns: number): boolean;
}

/** Whole vectors in machine code, the rest in WebAssembly. */
export function nativeActivations(
  wasm: Kernels,
  base: number,
  code: ActivationCode,
  callable: (address: number, prototype: string) => (...numbers: number[]) => void,
): Activations {
  const lanes = code.vectorBits / 32;
  const byKind = (addresses: Record<SigmoidActivation, number>) =>
    new Map((["gelu", "silu"] as const).map((name) => [KINDS[name], callable(addresses[name], PROTOTYPE)]));
  const [forward, backward] = [byKind(code.forward), byKind(code.backward)];
  return {
    applyToRows(kind, x, stride, rows, columns) {
      const run = forward.get(kind);
      if (!run || columns % lanes !== 0 || rows * columns < WORTH_A_CALL) return false;
      run(base + x, base + x, columns / lanes, code.constants, rows, stride);
      return true;
    },
    applyActivation(kind, x, out, length) {
      const run = forward.get(kind);
      const vectors = run && length >= WORTH_A_CALL ? Math.floor(length / lanes) : 0;
      if (vectors > 0) run!(base + x, base + out, vectors, code.constants, 1, 0);
      const done = vectors * lanes;
      if (done < length) wasm.applyActivation(kind, x + 4 * done, out + 4 * done, length - done);
    },
    activationBackward(kind, x, dOut, dX, length, accumulate) {
      const run = backward.get(kind);
      const vectors = run && length >= WORTH_A_CALL ? Math.floor(length / lanes) : 0;
      const add = Number(accumulate);
      if (vectors > 0) run!(base + x, base + dOut, base + dX, vectors, code.constants, add);
      const done = vectors * lanes;
      const o = 4 * done;
      if (done < length) wasm.activationBackward(kind, x + o, dOut + o, dX + o, length - done, accumulate);
    },
  };
}
