import type { Assembler } from "../../../src/engines/native/assembler/assembler.js";
import { at } from "../../../src/engines/native/assembler/operand.js";

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
      yield { text: `mov qword ptr ${memory}, ${to}`, emit: (code) => code.store(at(b, displacement), a) };
      yield { text: `add ${to}, qword ptr ${memory}`, emit: (code) => code.add(a, at(b, displacement)) };
      yield { text: `prefetcht0 byte ptr ${memory}`, emit: (code) => code.prefetch(at(b, displacement)) };
      yield { text: `prefetcht1 byte ptr ${memory}`, emit: (code) => code.prefetchNear(at(b, displacement)) };
    }
    for (const scale of [1, 2, 4, 8] as const) {
      if (b === 4) continue;
      yield {
        text: `lea ${to}, ${text(a, 40, b, scale)}`,
        emit: (code) => code.address(a, { base: a, index: b, scale, displacement: 40 }),
      };
    }
  }
  yield { text: "push 0x12345678", emit: (code) => code.pushConstant(0x12345678) };
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

/** What has another form in each width, and what has only one: a, b, c are registers, memory is a whole vector. */
function* special(
  bits: 256 | 512,
  [a, b, c]: readonly [number, number, number],
  name: (register: number) => string,
  memory: {
    vector: string;
    half: string;
    lanes: string;
    quarter: string;
    number: string;
    place: ReturnType<typeof at>;
  },
): Generator<Instruction> {
  const wide = bits === 512;
  const three = `${name(a)}, ${name(b)}, ${name(c)}`;
  const xor = wide ? "vpxord" : "vpxor";
  yield { text: `${xor} ${three}`, emit: (code) => code.xor(a, b, c) };
  yield { text: `vpmovsxbd ${name(a)}, ${memory.lanes}`, emit: (code) => code.widenBytes(a, memory.place) };
  yield { text: `vpmovzxwd ${name(a)}, ${memory.half}`, emit: (code) => code.widenWords(a, memory.place) };
  yield { text: `vcvtph2ps ${name(a)}, ${memory.half}`, emit: (code) => code.widenHalves(a, memory.place) };
  yield { text: `${wide ? "vpandd" : "vpand"} ${three}`, emit: (code) => code.and(a, b, c) };
  yield { text: `vcvtdq2ps ${name(a)}, ${name(b)}`, emit: (code) => code.toFloats(a, b) };
  yield { text: `vpaddd ${three}`, emit: (code) => code.addIntegers(a, b, c) };
  yield { text: `vpmulld ${three}`, emit: (code) => code.multiplyIntegers(a, b, c) };
  yield { text: `vpsrld ${name(a)}, ${name(b)}, 15`, emit: (code) => code.shiftLanesRight(a, b, 15) };
  yield { text: `{load} vmovups ${name(a)}, ${name(b)}`, emit: (code) => code.copyVector(a, b) };
  yield {
    text: wide
      ? `vpcmpud k1, ${name(b)}, ${name(c)}, 5; vmovups ${name(a)}{k1}{z}, ${name(a)}`
      : `vpmaxud ${three}; vpcmpeqd ${name(a)}, ${name(a)}, ${name(b)}; vandps ${name(c)}, ${name(c)}, ${name(a)}`,
    emit: (code) => code.keepAtLeast(wide ? a : c, b, c, a),
  };
  for (const [half, letter] of [
    ["low", "l"],
    ["high", "h"],
  ] as const) {
    yield { text: `vunpck${letter}ps ${three}`, emit: (code) => code.interleave(half, a, b, c) };
    yield { text: `vunpck${letter}pd ${three}`, emit: (code) => code.interleavePairs(half, a, b, c) };
  }
  const [shuffle, even, odd] = wide ? ["vshuff32x4", 0x88, 0xdd] : ["vperm2f128", 0x20, 0x31];
  yield { text: `${shuffle} ${three}, ${even}`, emit: (code) => code.quarters("low", a, b, c) };
  yield { text: `${shuffle} ${three}, ${odd}`, emit: (code) => code.quarters("high", a, b, c) };
  const [repeat, insert, extract] = wide
    ? ["vbroadcastf32x4", "vinsertf32x4", "vextractf32x4"]
    : ["vbroadcastf128", "vinsertf128", "vextractf128"];
  yield {
    text: `${repeat} ${name(a)}, ${memory.quarter}`,
    emit: (code) => code.repeatQuarter(a, memory.place),
  };
  yield {
    text: `${insert} ${name(a)}, ${name(b)}, ${memory.quarter}, 1`,
    emit: (code) => code.insertQuarter(a, b, memory.place, 1),
  };
  yield {
    text: `${extract} ${memory.quarter}, ${name(a)}, 1`,
    emit: (code) => code.storeQuarter(memory.place, a, 1),
  };
  const dot = wide ? "vpdpbusd" : "{vex} vpdpbusd";
  yield { text: `${dot} ${three}`, emit: (code) => code.dotBytes(a, b, c) };
  yield {
    text: `${dot} ${name(a)}, ${name(b)}, ${memory.vector}`,
    emit: (code) => code.dotBytes(a, b, memory.place),
  };
  if (!wide) {
    yield { text: `vpsllw ${name(a)}, ${name(b)}, 8`, emit: (code) => code.shiftWords("left", a, b, 8) };
    yield { text: `vpsraw ${name(a)}, ${name(b)}, 8`, emit: (code) => code.shiftWords("right", a, b, 8) };
    const unsigned = `vpsrlw ${name(a)}, ${name(b)}, 7`;
    yield { text: unsigned, emit: (code) => code.shiftWords("right unsigned", a, b, 7) };
    yield { text: `vpaddw ${three}`, emit: (code) => code.addWords(a, b, c) };
    yield { text: `vpmaddwd ${three}`, emit: (code) => code.multiplyWords(a, b, c) };
    yield { text: `vpmaddubsw ${three}`, emit: (code) => code.multiplyBytes(a, b, c) };
    return;
  }
  yield {
    text: `vpdpbusd ${name(a)}, ${name(b)}, ${memory.number}{1to16}`,
    emit: (code) => code.dotBytesSpread(a, b, memory.place),
  };
  yield {
    text: `vmulps ${name(a)}, ${name(b)}, ${memory.number}{1to16}`,
    emit: (code) => code.multiplySpread(a, b, memory.place),
  };
  yield { text: `vdpbf16ps ${three}`, emit: (code) => code.dotBfloat16(a, b, c) };
  yield {
    text: `vdpbf16ps ${name(a)}, ${name(b)}, ${memory.vector}`,
    emit: (code) => code.dotBfloat16(a, b, memory.place),
  };
  yield { text: `vcvtne2ps2bf16 ${three}`, emit: (code) => code.toBfloat16(a, b, c) };
  yield {
    text: `vcvtne2ps2bf16 ${name(a)}, ${name(b)}, ${memory.vector}`,
    emit: (code) => code.toBfloat16(a, b, memory.place),
  };
  yield { text: `vpermw ${three}`, emit: (code) => code.permuteWords(a, b, c) };
  for (const mask of [1, 2, 7]) {
    yield {
      text: `vmovups ${name(a)}{k${mask}}{z}, ${memory.vector}`,
      emit: (code) => code.loadByMask(a, memory.place, mask),
    };
    if (a >= 8) continue;
    const from = GENERAL[a]!.replace("r", "e");
    yield { text: `kmovw k${mask}, ${from}`, emit: (code) => code.setMask(mask, a) };
  }
}

function* vectors(bits: 256 | 512): Generator<Instruction> {
  const wide = bits === 512;
  const count = wide ? 32 : 16;
  const name = (register: number) => `${wide ? "z" : "y"}mm${register}`;
  const xor = wide ? "vpxord" : "vpxor";
  const size = wide ? "zmmword" : "ymmword";
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
    for (const displacement of [0, 64, 8192]) {
      const memory = text(base, displacement);
      yield* special(bits, [a, b, c], name, {
        vector: `${size} ptr ${memory}`,
        half: `${wide ? "ymmword" : "xmmword"} ptr ${memory}`,
        lanes: `${wide ? "xmmword" : "qword"} ptr ${memory}`,
        quarter: `xmmword ptr ${memory}`,
        number: `dword ptr ${memory}`,
        place: at(base, displacement),
      });
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
