// The vector instructions that the kernels use, as VEX and EVEX encode them.

/**
 * A vector instruction: opcode map (1: 0F, 2: 0F38, 3: 0F3A), mandatory prefix (0: none, 1: 66, 2: F3, 3: F2), opcode; and
 * whether it has the bit W, as those of 64-bit lanes do.
 */
export interface VectorOp {
  map: 1 | 2 | 3;
  prefix: 0 | 1 | 2 | 3;
  opcode: number;
  wide?: true;
}

export const VECTOR = {
  load: { map: 1, prefix: 0, opcode: 0x10 },
  store: { map: 1, prefix: 0, opcode: 0x11 },
  broadcast: { map: 2, prefix: 1, opcode: 0x18 },
  fmadd231: { map: 2, prefix: 1, opcode: 0xb8 },
  fmadd213: { map: 2, prefix: 1, opcode: 0xa8 },
  fnmadd231: { map: 2, prefix: 1, opcode: 0xbc },
  squareRoot: { map: 1, prefix: 0, opcode: 0x51 },
  toDoubles: { map: 1, prefix: 0, opcode: 0x5a },
  addDoubles: { map: 1, prefix: 1, opcode: 0x58, wide: true },
  fmadd231Doubles: { map: 2, prefix: 1, opcode: 0xb8, wide: true },
  add: { map: 1, prefix: 0, opcode: 0x58 },
  multiply: { map: 1, prefix: 0, opcode: 0x59 },
  subtract: { map: 1, prefix: 0, opcode: 0x5c },
  minimum: { map: 1, prefix: 0, opcode: 0x5d },
  divide: { map: 1, prefix: 0, opcode: 0x5e },
  maximum: { map: 1, prefix: 0, opcode: 0x5f },
  addIntegers: { map: 1, prefix: 1, opcode: 0xfe },
  multiplyIntegers: { map: 2, prefix: 1, opcode: 0x40 },
  maximumUnsigned: { map: 2, prefix: 1, opcode: 0x3f },
  equalIntegers: { map: 1, prefix: 1, opcode: 0x76 },
  compareUnsigned: { map: 3, prefix: 1, opcode: 0x1e },
  shift: { map: 1, prefix: 1, opcode: 0x72 },
  /** Chooses among the four floats of each 128 bits. */
  shuffle: { map: 1, prefix: 0, opcode: 0xc6 },
  /** Choose among the parts of 128 bits: vperm2f128 of two, vshuff32x4 of four. */
  permuteHalves: { map: 3, prefix: 1, opcode: 0x06 },
  permuteQuarters: { map: 3, prefix: 1, opcode: 0x23 },
  shiftWords: { map: 1, prefix: 1, opcode: 0x71 },
  addWords: { map: 1, prefix: 1, opcode: 0xfd },
  multiplyWords: { map: 1, prefix: 1, opcode: 0xf5 },
  multiplyBytes: { map: 2, prefix: 1, opcode: 0x04 },
  andBits: { map: 1, prefix: 1, opcode: 0xdb },
  xor: { map: 1, prefix: 1, opcode: 0xef },
  widenBytes: { map: 2, prefix: 1, opcode: 0x21 },
  widenWords: { map: 2, prefix: 1, opcode: 0x33 },
  /** Halves as floats. */
  widenHalves: { map: 2, prefix: 1, opcode: 0x13 },
  toFloats: { map: 1, prefix: 0, opcode: 0x5b },
  interleaveLow: { map: 1, prefix: 0, opcode: 0x14 },
  interleaveHigh: { map: 1, prefix: 0, opcode: 0x15 },
  interleaveLowPairs: { map: 1, prefix: 1, opcode: 0x14, wide: true },
  interleaveHighPairs: { map: 1, prefix: 1, opcode: 0x15, wide: true },
  repeatQuarter: { map: 2, prefix: 1, opcode: 0x1a },
  insertQuarter: { map: 3, prefix: 1, opcode: 0x18 },
  storeQuarter: { map: 3, prefix: 1, opcode: 0x19 },
  dotBytes: { map: 2, prefix: 1, opcode: 0x50 },
  dotBfloat16: { map: 2, prefix: 2, opcode: 0x52 },
  toBfloat16: { map: 2, prefix: 3, opcode: 0x72 },
  permuteWords: { map: 2, prefix: 1, opcode: 0x8d, wide: true },
  and: { map: 1, prefix: 0, opcode: 0x54 },
  testLanes: { map: 2, prefix: 1, opcode: 0x27 },
  maskedLoad: { map: 2, prefix: 1, opcode: 0x2c },
  maskedStore: { map: 2, prefix: 1, opcode: 0x2e },
} as const satisfies Record<string, VectorOp>;
