import { type Kernels, KINDS } from "../wasm/instance.js";
import { ACTIVATION, activationBackwardCode, type SigmoidActivation } from "./code/activation.js";
import { epilogueCode } from "./code/epilogue.js";

/** Where the code is. */
export interface ActivationCode {
  vectorBits: 256 | 512;
  constants: number;
  forward: Record<SigmoidActivation | "none", number>;
  backward: Record<SigmoidActivation, number>;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeActivations(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): ActivationCode {
  const forward = (kind: SigmoidActivation | "none") => map(epilogueCode(vectorBits, kind));
  const backward = (kind: SigmoidActivation) => map(activationBackwardCode(vectorBits, kind));
  return {
    vectorBits,
    constants: map(ACTIVATION.bytes(vectorBits)),
    forward: { none: forward("none"), gelu: forward("gelu"), silu: forward("silu") },
    backward: { gelu: backward("gelu"), silu: backward("silu") },
  };
}

/** Elements that are worth a call of machine code. */
const WORTH_A_CALL = 64;
const FORWARD =
  "void (uintptr_t x, uintptr_t out, uintptr_t vectors, uintptr_t constants, uintptr_t rows, uintptr_t stride, uintptr_t bias, intptr_t pre, intptr_t residual)";
const BACKWARD =
  "void (uintptr_t x, uintptr_t dOut, uintptr_t dX, uintptr_t vectors, uintptr_t constants, uintptr_t accumulate)";

/** Whole vectors in machine code, the rest in WebAssembly, with addresses of the WebAssembly memory. */
export function nativeActivations(
  wasm: Kernels,
  base: number,
  code: ActivationCode,
  callable: (address: number, prototype: string) => (...numbers: number[]) => void,
): Pick<Kernels, "applyActivation" | "activationBackward" | "epilogue"> {
  const lanes = code.vectorBits / 32;
  const { none, gelu, silu } = code.forward;
  const forward = new Map(
    [[0, none] as const, [KINDS.gelu, gelu] as const, [KINDS.silu, silu] as const].map(([kind, address]) => [
      kind,
      callable(address, FORWARD),
    ]),
  );
  const backward = new Map(
    (["gelu", "silu"] as const).map((name) => [KINDS[name], callable(code.backward[name], BACKWARD)]),
  );
  return {
    epilogue(c, stride, rows, columns, bias, kind, pre, residual) {
      const run = forward.get(kind);
      const vectors = run && rows * columns >= WORTH_A_CALL ? Math.floor(columns / lanes) : 0;
      if (vectors > 0) {
        const [to, biases] = [base + c, bias && base + bias];
        const [toPre, toResidual] = [pre && pre - c, residual && residual - c];
        run!(to, to, vectors, code.constants, rows, stride, biases, toPre, toResidual);
      }
      const done = vectors * lanes;
      if (done === columns) return;
      const [rest, b, p, r] = [c, bias, pre, residual].map((address) => address && address + 4 * done);
      wasm.epilogue(rest!, stride, rows, columns - done, b!, kind, p!, r!);
    },
    applyActivation(kind, x, out, length) {
      const run = forward.get(kind);
      const vectors = run && length >= WORTH_A_CALL ? Math.floor(length / lanes) : 0;
      if (vectors > 0) run!(base + x, base + out, vectors, code.constants, 1, 0, 0, 0, 0);
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
