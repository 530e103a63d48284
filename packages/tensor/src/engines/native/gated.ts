import { type Kernels, KINDS } from "../wasm/instance.js";
import type { SigmoidActivation } from "./code/activation.js";
import { gatedBackwardCode, gatedCode, gatedConstants } from "./code/gated.js";
import type { Process } from "./process.js";

/** Where the code is: all of it is for at least one row. */
export interface GatedCode {
  constants: number;
  forward: Record<SigmoidActivation, number>;
  backward: Record<SigmoidActivation, number>;
}

/** Writes the code with `map`, which answers with where it has put some bytes. */
export function writeGated(vectorBits: 256 | 512, map: (bytes: Uint8Array) => number): GatedCode {
  const each = (write: typeof gatedCode) => ({
    gelu: map(write(vectorBits, "gelu")),
    silu: map(write(vectorBits, "silu")),
  });
  return {
    constants: map(gatedConstants(vectorBits)),
    forward: each(gatedCode),
    backward: each(gatedBackwardCode),
  };
}

/** Gated units in machine code where their activation has some. */
export function nativeGated(
  wasm: Kernels,
  { base, callable }: Process,
  { constants, forward, backward }: GatedCode,
): Pick<Kernels, "gated" | "gatedBackward"> {
  const byKind = (addresses: Record<SigmoidActivation, number>, more: string) =>
    new Map(
      (["gelu", "silu"] as const).map((name) => [
        KINDS[name],
        callable(addresses[name], `void (uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t${more})`),
      ]),
    );
  const forwards = byKind(forward, "");
  const backwards = byKind(backward, ", uintptr_t, uintptr_t");
  return {
    gated(kind, x, out, rows, columns) {
      const run = forwards.get(kind);
      if (!run || rows === 0) wasm.gated(kind, x, out, rows, columns);
      else run(base + x, base + out, rows, columns, constants);
    },
    gatedBackward(...args) {
      const [kind, x, dOut, dX, rows, columns, accumulate] = args as [
        ...[number, number, number, number],
        ...[number, number, number],
      ];
      const run = backwards.get(kind);
      if (!run || rows === 0) wasm.gatedBackward(...args);
      else run(base + x, base + dOut, base + dX, rows, columns, constants, Number(accumulate));
    },
  };
}
