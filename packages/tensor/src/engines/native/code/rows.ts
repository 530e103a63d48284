import { Assembler } from "../assembler/assembler.js";
import {
  type Address,
  at,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RDX,
  RSI,
} from "../assembler/operand.js";

/** Floats in a panel of B, which is what assembly/gemm.ts packs for its own tiles. */
const PANEL = 16;
/** Steps of the inner loop that are written out. */
const UNROLLED = 4;
/** Whether two panels are taken at once: AVX2 has registers for one. */
const PAIRED = { 256: false, 512: true };

/**
 * Where the i-th line of A is, from three pointers that lie three lines apart and the lines' stride: stride times scale
 * behind a pointer.
 */
const PLACES = [
  { pointer: 0, scale: 0 },
  { pointer: 0, scale: 1 },
  { pointer: 0, scale: 2 },
  { pointer: 1, scale: 0 },
  { pointer: 0, scale: 4 },
  { pointer: 1, scale: 2 },
  { pointer: 2, scale: 0 },
  { pointer: 1, scale: 4 },
] as const;

/**
 * Code for `void multiplyRows(a, aStride, panels, panelBytes, c, cStride, m, panelCount, depth, accumulate)` in the System V
 * calling convention: C (m, panelCount * 16) = or += A B, with A where it is: m rows of `depth` floats, or with `transposed`
 * `depth` rows of m; and B in panels of 16 columns. Strides are in bytes. It serves the small products of attention, whose
 * rows are not worth packing.
 */
export function rowsCode(vectorBits: 256 | 512, transposed: boolean): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const bytes = vectorBits / 8;
  const perPanel = (PANEL * 4) / bytes;
  const [aStride, panel, cStride] = [RSI, RDX, R9];
  const [aRow, cRow, left, cAt] = [RDI, R8, R10, R11];
  const pointers = [RAX, RBX, RBP];
  const [bAt, depth, panels, cPanel, panelBytes] = [R12, RCX, R13, R14, R15];
  /** The arguments that are not in registers. */
  const onStack = (argument: "m" | "panelCount" | "depth" | "accumulate") =>
    code.argument(6 + ["m", "panelCount", "depth", "accumulate"].indexOf(argument));

  code.enter(RBX, RBP, R12, R13, R14, R15);
  code.move(panelBytes, RCX); // the register counts the depth
  code.move(left, onStack("m"));

  /** A group of rows against one panel, or two that lie next to each other. */
  const tile = (name: string, rows: number, width: number) => {
    const vectors = width * perPanel;
    const sum = (row: number, vector: number) => row * vectors + vector;
    const b = (vector: number) => rows * vectors + vector;
    const spread = rows * vectors + vectors;
    const placeOfB = (k: number, vector: number): Address => {
      const displacement = (k * perPanel + (vector % perPanel)) * bytes;
      return vector < perPanel ? at(bAt, displacement) : { base: bAt, index: panelBytes, displacement };
    };
    const placeOfA = (row: number, k: number): Address => {
      const [line, along] = transposed ? [k, row] : [row, k];
      const { pointer, scale } = PLACES[line]!;
      const place = at(pointers[pointer]!, along * 4);
      return scale === 0 ? place : { ...place, index: aStride, scale };
    };
    code.move(bAt, panel);
    // Three pointers, three lines apart.
    code.move(pointers[0]!, aRow);
    for (const i of [1, 2]) {
      code.address(pointers[i]!, { base: pointers[i - 1]!, index: aStride, scale: 2 });
      code.add(pointers[i]!, aStride);
    }
    for (let row = 0; row < rows; row++) {
      for (let vector = 0; vector < vectors; vector++) code.zero(sum(row, vector));
    }
    const loop = (label: string, steps: number) => {
      code.jump("z", `${label} done`);
      code.label(label);
      for (let k = 0; k < steps; k++) {
        for (let vector = 0; vector < vectors; vector++) code.vectorLoad(b(vector), placeOfB(k, vector));
        for (let row = 0; row < rows; row++) {
          code.broadcast(spread, placeOfA(row, k));
          for (let vector = 0; vector < vectors; vector++)
            code.multiplyAdd(sum(row, vector), spread, b(vector));
        }
      }
      for (const pointer of pointers) {
        if (!transposed) code.addConstant(pointer, steps * 4);
        else if (steps === 1) code.add(pointer, aStride);
        else code.address(pointer, { base: pointer, index: aStride, scale: UNROLLED });
      }
      code.addConstant(bAt, steps * PANEL * 4);
      code.decrement(depth);
      code.jump("nz", label);
      code.label(`${label} done`);
    };
    const depthArgument = onStack("depth");
    code.move(depth, depthArgument);
    code.shiftRight(depth, Math.log2(UNROLLED));
    loop(`${name}, steps`, UNROLLED);
    code.move(depth, depthArgument);
    code.andConstant(depth, UNROLLED - 1);
    loop(`${name}, last steps`, 1);

    const each = (write: (sum: number, place: Address) => void) => {
      code.move(cAt, cPanel);
      for (let row = 0; row < rows; row++) {
        for (let vector = 0; vector < vectors; vector++) write(sum(row, vector), at(cAt, vector * bytes));
        code.add(cAt, cStride);
      }
    };
    code.move(depth, onStack("accumulate"));
    code.test(depth);
    code.jump("z", `${name}, store`);
    each((sum, place) => code.vectorAdd(sum, sum, place));
    code.label(`${name}, store`);
    each((sum, place) => code.vectorStore(place, sum));

    for (let i = 0; i < width; i++) code.add(panel, panelBytes);
    code.addConstant(cPanel, width * PANEL * 4);
  };

  /** One group of rows against all panels. */
  const group = (rows: number) => {
    const name = `${rows} rows`;
    code.push(panel);
    code.move(cPanel, cRow);
    code.move(panels, onStack("panelCount"));
    if (PAIRED[vectorBits]) {
      code.shiftRight(panels, 1);
      code.jump("z", `${name}, no pair`);
      code.label(`${name}, pair`);
      tile(`${name}, pair`, rows, 2);
      code.decrement(panels);
      code.jump("nz", `${name}, pair`);
      code.label(`${name}, no pair`);
      code.move(panels, onStack("panelCount"));
      code.andConstant(panels, 1);
      code.jump("z", `${name}, done`);
    }
    code.label(`${name}, panel`);
    tile(`${name}, panel`, rows, 1);
    code.decrement(panels);
    code.jump("nz", `${name}, panel`);
    code.label(`${name}, done`);
    code.pop(panel);
    for (let row = 0; row < rows; row++) {
      if (!transposed) code.add(aRow, aStride);
      code.add(cRow, cStride);
    }
    if (transposed) code.addConstant(aRow, rows * 4);
    code.addConstant(left, -rows);
  };

  // As many rows at a time as there are registers for, then fewer.
  for (const rows of vectorBits === 512 ? [8, 4, 2, 1] : [6, 4, 2, 1]) {
    code.label(`next ${rows}`);
    code.address(RAX, at(left, -rows));
    code.test(RAX);
    code.jump("n", `after ${rows}`);
    group(rows);
    code.jump("always", `next ${rows}`);
    code.label(`after ${rows}`);
  }
  return code.finish();
}
