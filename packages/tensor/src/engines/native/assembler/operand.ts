// The operands of instructions, as x86-64 encodes them.

/** General registers by their numbers in encodings. */
export const RAX = 0;
export const RCX = 1;
export const RDX = 2;
export const RBX = 3;
export const RSP = 4;
export const RBP = 5;
export const RSI = 6;
export const RDI = 7;
export const R8 = 8;
export const R9 = 9;
export const R10 = 10;
export const R11 = 11;
export const R12 = 12;
export const R13 = 13;
export const R14 = 14;
export const R15 = 15;

/** base + index * scale + displacement. */
export interface Address {
  base: number;
  index?: number;
  scale?: 1 | 2 | 4 | 8;
  displacement?: number;
}

/** [base + displacement] */
export function at(base: number, displacement = 0): Address {
  return { base, displacement };
}

/** ModRM, SIB and displacement of a memory operand; short displacements count in `unit`s. */
export function operand(
  register: number,
  { base, index, scale = 1, displacement = 0 }: Address,
  unit: number,
): number[] {
  const short = displacement / unit;
  // Without a displacement, the encoding of rbp and r13 means something else.
  const mode =
    displacement === 0 && (base & 7) !== RBP
      ? 0
      : Number.isInteger(short) && short >= -128 && short < 128
        ? 1
        : 2;
  const tail = mode === 0 ? [] : mode === 1 ? [short & 255] : int32(displacement);
  const reg = (register & 7) << 3;
  if (index === undefined && (base & 7) !== RSP) return [(mode << 6) | reg | (base & 7), ...tail];
  const sib = (Math.log2(scale) << 6) | (((index ?? RSP) & 7) << 3) | (base & 7);
  return [(mode << 6) | reg | 4, sib, ...tail];
}

/** Little-endian bytes. */
export function int32(value: number): number[] {
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255];
}
