import type { Assembler } from "../../src/native/assembler.js";
import { at } from "../../src/native/operand.js";

/** Instructions in Intel's syntax, and how the assembler is asked for them. */
export interface Instruction {
  text: string;
  emit(code: Assembler): void;
}

const GENERAL = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" ");
const DISPLACEMENTS = [0, 4, 64, 127, -128, 128, 256, 8128, 8192, -8192, -8256, 100_000];

const text = (base: number, displacement: number, index?: number, scale?: number) =>
  `[${GENERAL[base]}${index === undefined ? "" : ` + ${GENERAL[index]} * ${scale}`} + ${displacement}]`;

function* general(): Generator<Instruction> {
  for (let a = 0; a < 16; a++) {
    const b = (a * 7 + 3) % 16;
    const [to, from] = [GENERAL[a]!, GENERAL[b]!];
    yield { text: `push ${to}`, emit: (code) => code.push(a) };
    yield { text: `pop ${to}`, emit: (code) => code.pop(a) };
    yield { text: `mov ${to}, ${from}`, emit: (code) => code.move(a, b) };
    yield { text: `add ${to}, ${from}`, emit: (code) => code.add(a, b) };
    yield { text: `sub ${to}, ${from}`, emit: (code) => code.subtract(a, b) };
    yield { text: `dec ${to}`, emit: (code) => code.decrement(a) };
    yield { text: `test ${to}, ${to}`, emit: (code) => code.test(a) };
    yield { text: `shr ${to}, 5`, emit: (code) => code.shiftRight(a, 5) };
    for (const displacement of DISPLACEMENTS) {
      const memory = text(b, displacement);
      yield { text: `mov ${to}, qword ptr ${memory}`, emit: (code) => code.move(a, at(b, displacement)) };
      yield { text: `add ${to}, qword ptr ${memory}`, emit: (code) => code.add(a, at(b, displacement)) };
      yield { text: `prefetcht0 byte ptr ${memory}`, emit: (code) => code.prefetch(at(b, displacement)) };
    }
    for (const scale of [1, 2, 4, 8] as const) {
      if (b === 4) continue;
      yield {
        text: `lea ${to}, ${text(a, 40, b, scale)}`,
        emit: (code) => code.address(a, { base: a, index: b, scale, displacement: 40 }),
      };
    }
  }
  yield { text: "ret", emit: (code) => code.ret() };
  yield { text: "vzeroupper", emit: (code) => code.zeroUpper() };
}

const ARITHMETIC = [
  ["vsubps", "vectorSubtract"],
  ["vmulps", "vectorMultiply"],
  ["vdivps", "vectorDivide"],
  ["vminps", "minimum"],
  ["vmaxps", "maximum"],
  ["vfmadd213ps", "multiplyThenAdd"],
  ["vfnmadd231ps", "multiplySubtract"],
] as const;

function* vectors(bits: 256 | 512): Generator<Instruction> {
  const count = bits === 512 ? 32 : 16;
  const name = (register: number) => `${bits === 512 ? "z" : "y"}mm${register}`;
  const xor = bits === 512 ? "vpxord" : "vpxor";
  const size = bits === 512 ? "zmmword" : "ymmword";
  for (let a = 0; a < count; a++) {
    const b = (a * 5 + 2) % count;
    const c = (a * 11 + 7) % count;
    const base = (a * 7 + 1) % 16;
    yield { text: `${xor} ${name(a)}, ${name(a)}, ${name(a)}`, emit: (code) => code.zero(a) };
    yield {
      text: `vfmadd231ps ${name(a)}, ${name(b)}, ${name(c)}`,
      emit: (code) => code.multiplyAdd(a, b, c),
    };
    yield { text: `vaddps ${name(a)}, ${name(b)}, ${name(c)}`, emit: (code) => code.vectorAdd(a, b, c) };
    yield { text: `vpslld ${name(a)}, ${name(b)}, 23`, emit: (code) => code.shiftLeft(a, b, 23) };
    const swap = (distance: number, instruction: string, order: number) => ({
      text: `${instruction} ${name(a)}, ${name(b)}, ${name(b)}, ${order}`,
      emit: (code: Assembler) => code.swapLanes(a, b, distance),
    });
    yield swap(1, "vshufps", 0b10_11_00_01);
    yield swap(2, "vshufps", 0b01_00_11_10);
    yield bits === 512 ? swap(4, "vshuff32x4", 0b10_11_00_01) : swap(4, "vperm2f128", 1);
    if (bits === 512) yield swap(8, "vshuff32x4", 0b01_00_11_10);
    for (const [mnemonic, method] of ARITHMETIC) {
      yield {
        text: `${mnemonic} ${name(a)}, ${name(b)}, ${name(c)}`,
        emit: (code) => code[method](a, b, c),
      };
      yield {
        text: `${mnemonic} ${name(a)}, ${name(b)}, ${size} ptr ${text(base, 4 * bits)}`,
        emit: (code) => code[method](a, b, at(base, 4 * bits)),
      };
    }
    yield { text: `vsqrtps ${name(a)}, ${name(b)}`, emit: (code) => code.squareRoot(a, b) };
    yield { text: `vaddpd ${name(a)}, ${name(b)}, ${name(c)}`, emit: (code) => code.addDoubles(a, b, c) };
    yield {
      text: `vfmadd231pd ${name(a)}, ${name(b)}, ${name(c)}`,
      emit: (code) => code.multiplyAddDoubles(a, b, c),
    };
    yield* masked(bits, a, name(a), b, name(b));
    for (const displacement of DISPLACEMENTS) {
      const memory = text(base, displacement);
      const place = at(base, displacement);
      yield {
        text: `vcvtps2pd ${name(a)}, ${bits === 512 ? "ymmword" : "xmmword"} ptr ${memory}`,
        emit: (code) => code.loadDoubles(a, place),
      };
      yield {
        text:
          bits === 512
            ? `vmovups ${name(a)}{k1}{z}, ${size} ptr ${memory}`
            : `vmaskmovps ${name(a)}, ${name(b)}, ${size} ptr ${memory}`,
        emit: (code) => code.maskedLoad(a, b, place),
      };
      yield {
        text:
          bits === 512
            ? `vmovups ${size} ptr ${memory}{k1}, ${name(a)}`
            : `vmaskmovps ${size} ptr ${memory}, ${name(b)}, ${name(a)}`,
        emit: (code) => code.maskedStore(place, b, a),
      };
      if (a < 16) {
        yield { text: `vmovss dword ptr ${memory}, xmm${a}`, emit: (code) => code.storeFloat(place, a) };
      }
      yield { text: `vmovups ${name(a)}, ${size} ptr ${memory}`, emit: (code) => code.vectorLoad(a, place) };
      yield { text: `vmovups ${size} ptr ${memory}, ${name(a)}`, emit: (code) => code.vectorStore(place, a) };
      yield {
        text: `vbroadcastss ${name(a)}, dword ptr ${memory}`,
        emit: (code) => code.broadcast(a, place),
      };
      yield {
        text: `vfmadd231ps ${name(a)}, ${name(b)}, ${size} ptr ${memory}`,
        emit: (code) => code.multiplyAdd(a, b, place),
      };
      yield {
        text: `vaddps ${name(a)}, ${name(b)}, ${size} ptr ${memory}`,
        emit: (code) => code.vectorAdd(a, b, place),
      };
    }
  }
}

function* masked(bits: 256 | 512, a: number, to: string, b: number, mask: string): Generator<Instruction> {
  if (bits === 512) yield { text: `vptestmd k1, ${to}, ${to}`, emit: (code) => code.makeMask(a) };
  yield {
    text: bits === 512 ? `vmovups ${to}{k1}{z}, ${to}` : `vandps ${to}, ${to}, ${mask}`,
    emit: (code) => code.keepLanes(a, b),
  };
}

/** By the width of vectors. */
export const instructions = {
  256: [...general(), ...vectors(256)],
  512: [...general(), ...vectors(512)],
};
