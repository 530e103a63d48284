import { type Kernels, KINDS } from "../wasm/instance.js";
import { ACTIVATION, activationBackwardCode, type SigmoidActivation } from "./code/activation.js";
import { epilogueCode } from "./code/epilogue.js";
import { lastLanes } from "./last-lanes.js";
import type { Process } from "./process.js";

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

/** Elements of a gradient that are worth a call of machine code. */
const WORTH_A_CALL = 64;
const FORWARD =
  "void (uintptr_t x, uintptr_t out, uintptr_t vectors, uintptr_t constants, uintptr_t rows, uintptr_t stride, uintptr_t bias, intptr_t pre, intptr_t residual)";
/** The same for numbers of JavaScript's. */
const SPARE = FORWARD.replace("uintptr_t x, uintptr_t out", "float *x, float *out");
const BACKWARD =
  "void (uintptr_t x, uintptr_t dOut, uintptr_t dX, uintptr_t vectors, uintptr_t constants, uintptr_t accumulate)";

/**
 * Whole vectors in machine code, with addresses of the WebAssembly memory. An element has the same bits wherever it stands, since
 * rows of one call may lie in several of another: only the last columns of `epilogue`, which are so for every row, are
 * WebAssembly's.
 */
export function nativeActivations(
  wasm: Kernels,
  { memory, base, callable }: Omit<Process, "vectorBits">,
  code: ActivationCode,
): Pick<Kernels, "applyActivation" | "activationBackward" | "epilogue"> {
  const lanes = code.vectorBits / 32;
  const { none, gelu, silu } = code.forward;
  const codes = [[0, none] as const, [KINDS.gelu, gelu] as const, [KINDS.silu, silu] as const];
  const each = (prototype: string) =>
    new Map(codes.map(([kind, address]) => [kind, callable(address, prototype)]));
  const [forward, spare] = [each(FORWARD), each(SPARE)];
  const backward = new Map(
    (["gelu", "silu"] as const).map((name) => [KINDS[name], callable(code.backward[name], BACKWARD)]),
  );
  return {
    epilogue(c, stride, rows, columns, bias, kind, pre, residual) {
      const run = forward.get(kind);
      const vectors = run ? Math.floor(columns / lanes) : 0;
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
      if (!run) return wasm.applyActivation(kind, x, out, length);
      const vectors = Math.floor(length / lanes);
      if (vectors > 0) run(base + x, base + out, vectors, code.constants, 1, 0, 0, 0, 0);
      lastLanes(memory, lanes, x, out, length, (values) =>
        spare.get(kind)!(values, values, 1, code.constants, 1, 0, 0, 0, 0),
      );
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
