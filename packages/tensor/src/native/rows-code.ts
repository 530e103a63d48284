import { Assembler } from "./assembler.js";
import { at, R8, R9, R10, R11, R12, R13, R14, RAX, RBP, RBX, RCX, RDI, RDX, RSI, RSP } from "./operand.js";

/** Floats in a panel of B, which is what assembly/gemm.ts packs for its own tiles. */
const PANEL = 16;
/** Steps of the inner loop that are written out. */
const UNROLLED = 4;
const SAVED = [RBX, RBP, R12, R13, R14];

/** Where row r of a group is, from three pointers that lie three rows apart and the rows' stride: index is r, times scale. */
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
 * calling convention: C (m, panelCount * 16) = or += A B, with the rows of A where they are, `depth` floats each, and B in
 * panels of 16 columns. Strides are in bytes. It serves the small products of attention, whose rows are not worth packing.
 */
export function rowsCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const bytes = vectorBits / 8;
  const vectors = (PANEL * 4) / bytes;
  const [aStride, panel, cStride] = [RSI, RDX, R9];
  const [aRow, cRow, left, cAt] = [RDI, R8, R10, R11];
  const pointers = [RAX, RBX, RBP];
  const [bAt, depth, panels, cPanel, bPanel] = [R12, RCX, R13, R14, RDX];
  /** The arguments that are not in registers, when so many were pushed on the stack on top of the return address. */
  const onStack = (argument: "m" | "panelCount" | "depth" | "accumulate", pushed: number) =>
    at(RSP, (pushed + 1 + ["m", "panelCount", "depth", "accumulate"].indexOf(argument)) * 8);
  const outside = SAVED.length + 1;
  const inside = outside + 1;

  for (const register of SAVED) code.push(register);
  code.push(RCX); // panelBytes: the register counts the depth
  code.move(left, onStack("m", outside));

  /** One group of rows against all panels. */
  const group = (rows: number) => {
    const name = `${rows} rows`;
    const sum = (row: number, vector: number) => row * vectors + vector;
    const b = (vector: number) => rows * vectors + vector;
    const spread = rows * vectors + vectors;
    code.label(name);
    code.push(panel);
    code.move(cPanel, cRow);
    code.move(panels, onStack("panelCount", inside));
    code.label(`${name}, panel`);
    code.move(bAt, bPanel);
    // Three pointers, three rows apart.
    code.move(pointers[0]!, aRow);
    code.address(pointers[1]!, { base: aRow, index: aStride, scale: 2 });
    code.add(pointers[1]!, aStride);
    code.address(pointers[2]!, { base: pointers[1]!, index: aStride, scale: 2 });
    code.add(pointers[2]!, aStride);
    for (let row = 0; row < rows; row++) {
      for (let vector = 0; vector < vectors; vector++) code.zero(sum(row, vector));
    }
    const loop = (label: string, steps: number) => {
      code.jump("z", `${label} done`);
      code.label(label);
      for (let k = 0; k < steps; k++) {
        for (let vector = 0; vector < vectors; vector++) {
          code.vectorLoad(b(vector), at(bAt, (k * vectors + vector) * bytes));
        }
        for (let row = 0; row < rows; row++) {
          const { pointer, scale } = PLACES[row]!;
          const base = pointers[pointer]!;
          code.broadcast(
            spread,
            scale === 0 ? at(base, k * 4) : { base, index: aStride, scale, displacement: k * 4 },
          );
          for (let vector = 0; vector < vectors; vector++)
            code.multiplyAdd(sum(row, vector), spread, b(vector));
        }
      }
      for (const pointer of pointers) code.addConstant(pointer, steps * 4);
      code.addConstant(bAt, steps * PANEL * 4);
      code.decrement(depth);
      code.jump("nz", label);
      code.label(`${label} done`);
    };
    const depthArgument = onStack("depth", inside);
    code.move(depth, depthArgument);
    code.shiftRight(depth, Math.log2(UNROLLED));
    loop(`${name}, steps`, UNROLLED);
    code.move(depth, depthArgument);
    code.andConstant(depth, UNROLLED - 1);
    loop(`${name}, last steps`, 1);

    const each = (write: (sum: number, place: ReturnType<typeof at>) => void) => {
      code.move(cAt, cPanel);
      for (let row = 0; row < rows; row++) {
        for (let vector = 0; vector < vectors; vector++) write(sum(row, vector), at(cAt, vector * bytes));
        code.add(cAt, cStride);
      }
    };
    code.move(depth, onStack("accumulate", inside));
    code.test(depth);
    code.jump("z", `${name}, store`);
    each((sum, place) => code.vectorAdd(sum, sum, place));
    code.label(`${name}, store`);
    each((sum, place) => code.vectorStore(place, sum));

    code.add(bPanel, at(RSP, 8)); // panelBytes
    code.addConstant(cPanel, PANEL * 4);
    code.decrement(panels);
    code.jump("nz", `${name}, panel`);
    code.pop(panel);
    for (let row = 0; row < rows; row++) {
      code.add(aRow, aStride);
      code.add(cRow, cStride);
    }
    code.addConstant(left, -rows);
  };

  // As many rows at a time as there are registers for, then fewer.
  for (const rows of vectorBits === 512 ? [8, 4, 2, 1] : [4, 2, 1]) {
    code.label(`next ${rows}`);
    code.move(RAX, left);
    code.andConstant(RAX, -rows);
    code.jump("z", `after ${rows}`);
    group(rows);
    code.jump("always", `next ${rows}`);
    code.label(`after ${rows}`);
  }
  code.pop(RCX);
  for (const register of SAVED.toReversed()) code.pop(register);
  code.zeroUpper();
  code.ret();
  return code.code();
}
