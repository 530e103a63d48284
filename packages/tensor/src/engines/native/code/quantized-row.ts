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

/** Bytes of a row that the inner loop takes: a cache line. */
const LINE = 64;
/** Rows of the weight that are read at once, so that additions need not wait for each other. */
const AT_ONCE = 4;
/**
 * Code for `void multiply(x, values, scales, bias, out, outStride, rows, columns, groups)` in the System V calling
 * convention: out[r, j] = scales[j] (x[r] . values[j]) + bias[j], for `groups` of as many j as a vector has floats. The weight
 * is signed bytes, x floats; columns are whole vectors, `outStride` is in bytes, and without a bias its address is 0.
 *
 * Each result is the sum that the tiles of quantized-tile.ts make, lane by lane and then across, with the same bits. The next
 * rows of the weight are asked for in the order of memory: for one row of x the code is as fast as memory. Further rows of x
 * find the group in the first-level cache.
 */
export function quantizedRowCode(vectorBits: 256 | 512): Uint8Array<ArrayBuffer> {
  const code = new Assembler(vectorBits);
  const bytes = vectorBits / 8;
  const lanes = vectorBits / 32;
  const [x, values, scales, bias, out, outStride] = [RDI, RSI, RDX, RCX, R8, R9];
  const [xAt, valuesAt, outAt, left, xRow, rowsLeft, columns] = [R10, R11, R12, RAX, R13, R14, RBX];
  const [threeRows, ahead] = [R15, RBP];
  const onStack = (argument: "rows" | "columns" | "groups") =>
    code.argument(6 + ["rows", "columns", "groups"].indexOf(argument));
  const unrolled = LINE / lanes;
  /** Vector registers behind those of the sums. */
  const [input, piece] = [lanes, lanes + 1];
  const place = (i: number, displacement: number): Address =>
    i === 0
      ? at(valuesAt, displacement)
      : i === 3
        ? { base: valuesAt, index: threeRows, displacement }
        : { base: valuesAt, index: columns, scale: i as 1 | 2, displacement };

  /** The sums of rows `first` to `first` + 3 of a group. */
  const dots = (first: number) => {
    const loop = (name: string, vectors: number) => {
      code.jump("z", `${name} done`);
      code.label(name);
      if (vectors === unrolled) {
        for (let i = 0; i < AT_ONCE; i++) code.prefetch(at(ahead, i * LINE));
        code.addConstant(ahead, AT_ONCE * LINE);
      }
      for (let vector = 0; vector < vectors; vector++) {
        code.vectorLoad(input, at(xAt, vector * bytes));
        for (let i = 0; i < AT_ONCE; i++) {
          code.widenBytes(piece, place(i, vector * lanes));
          code.toFloats(piece, piece);
          code.multiplyAdd(first + i, piece, input);
        }
      }
      code.addConstant(valuesAt, vectors * lanes);
      code.addConstant(xAt, vectors * bytes);
      code.decrement(left);
      code.jump("nz", name);
      code.label(`${name} done`);
    };
    code.move(xAt, xRow);
    for (let i = 0; i < AT_ONCE; i++) code.zero(first + i);
    code.move(left, columns);
    code.shiftRight(left, Math.log2(LINE));
    loop(`rows from ${first}`, unrolled);
    code.move(left, columns);
    code.shiftRight(left, Math.log2(lanes));
    code.andConstant(left, unrolled - 1);
    loop(`rows from ${first}, rest`, 1);
    code.add(valuesAt, threeRows);
  };

  code.enter(RBX, RBP, R12, R13, R14, R15);
  code.move(columns, onStack("columns"));
  code.address(threeRows, { base: columns, index: columns, scale: 2 });

  code.label("group");
  code.move(xRow, x);
  code.move(outAt, out);
  code.move(rowsLeft, onStack("rows"));
  code.label("row of x");
  code.move(valuesAt, values);
  code.address(ahead, { base: values, index: columns, scale: AT_ONCE });
  for (let first = 0; first < lanes; first += AT_ONCE) dots(first);
  addAcross(code, lanes, "vectorAdd");
  code.vectorMultiply(0, 0, at(scales));
  code.test(bias);
  code.jump("z", "store");
  code.vectorAdd(0, 0, at(bias));
  code.label("store");
  code.vectorStore(at(outAt), 0);
  code.move(xRow, xAt);
  code.add(outAt, outStride);
  code.decrement(rowsLeft);
  code.jump("nz", "row of x");

  code.move(values, valuesAt);
  code.addConstant(scales, lanes * 4);
  code.addConstant(out, lanes * 4);
  code.test(bias);
  code.jump("z", "next");
  code.addConstant(bias, lanes * 4);
  code.label("next");
  code.move(left, onStack("groups"));
  code.decrement(left);
  code.store(onStack("groups"), left);
  code.jump("nz", "group");

  return code.finish();
}

/**
 * Register 0 = the sums of the lanes of registers 0, 1, .. `lanes` - 1, in this order; register `lanes` is overwritten. Each
 * round adds what two registers have of the same row, and has half as many registers left.
 */
export function addAcross(code: Assembler, lanes: number, add: "vectorAdd" | "addIntegers"): void {
  const free = lanes;
  const round = (apart: number, take: "interleave" | "interleavePairs" | "quarters") => {
    for (let a = 0; a + apart < lanes; a += 2 * apart) {
      code[take]("low", free, a, a + apart);
      code[take]("high", a, a, a + apart);
      code[add](a, free, a);
    }
  };
  round(1, "interleave");
  round(2, "interleavePairs");
  round(4, "quarters");
  if (lanes === 16) round(8, "quarters");
}
