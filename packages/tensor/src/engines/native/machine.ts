// Memory for machine code, and what the processor says of itself. Pages are first written, then made executable: never both.
import { EngineError } from "../../errors.js";
import type { Koffi } from "./koffi.js";

const READ = 1;
const WRITE = 2;
const EXECUTE = 4;
const PRIVATE = 2;
/** MAP_ANONYMOUS has another number on each system. */
const ANONYMOUS: Partial<Record<string, number>> = { linux: 0x20, darwin: 0x1000 };
const PAGE = 4096;

/** Puts code where it can run; the address. It stays for the life of the process. @throws EngineError where that is refused */
export function mapCode(koffi: Koffi, code: Uint8Array, platform: string): number {
  const libc = koffi.load(null);
  const map = libc.func(
    "uintptr_t mmap(uintptr_t at, size_t size, int protection, int flags, int file, intptr_t offset)",
  );
  const protect = libc.func("int mprotect(uintptr_t at, size_t size, int protection)");
  const copy = libc.func("uintptr_t memcpy(uintptr_t to, const void *from, size_t size)");
  const size = Math.ceil(code.length / PAGE) * PAGE;
  const anonymous = ANONYMOUS[platform];
  if (anonymous === undefined) throw new EngineError(`Machine code cannot be placed on ${platform} yet.`);
  const address = map(0, size, READ | WRITE, PRIVATE | anonymous, -1, 0);
  // MAP_FAILED is -1, as an unsigned number.
  if (address === 0 || address > Number.MAX_SAFE_INTEGER) {
    throw new EngineError("The system gave no memory for machine code.");
  }
  copy(address, code, code.length);
  if (protect(address, size, READ | EXECUTE) !== 0) {
    throw new EngineError("The system does not let this process run code that it has written.");
  }
  return address;
}

/** `void identify(uint32_t *numbers)`: cpuid of numbers[0], numbers[1], then xgetbv(0) where numbers[2] asks for it. */
const IDENTIFY = Uint8Array.of(
  ...[0x53], // push rbx
  ...[0x49, 0x89, 0xf8], // mov r8, rdi
  ...[0x41, 0x83, 0x78, 0x08, 0x00], // cmp dword [r8 + 8], 0
  ...[0x75, 0x16], // jnz xgetbv
  ...[0x41, 0x8b, 0x00], // mov eax, [r8]
  ...[0x41, 0x8b, 0x48, 0x04], // mov ecx, [r8 + 4]
  ...[0x0f, 0xa2], // cpuid
  ...[0x41, 0x89, 0x00], // mov [r8], eax
  ...[0x41, 0x89, 0x58, 0x04], // mov [r8 + 4], ebx
  ...[0x41, 0x89, 0x48, 0x08], // mov [r8 + 8], ecx
  ...[0xeb, 0x08], // jmp last
  ...[0x31, 0xc9], // xgetbv: xor ecx, ecx
  ...[0x0f, 0x01, 0xd0], // xgetbv
  ...[0x41, 0x89, 0x00], // mov [r8], eax
  ...[0x41, 0x89, 0x50, 0x0c], // last: mov [r8 + 12], edx
  ...[0x5b], // pop rbx
  ...[0xc3], // ret
);

/** What matters of a processor. Sizes are in bytes, of one core's own caches. */
export interface Processor {
  name: string;
  avx2: boolean;
  avx512: boolean;
  /** Products of bytes, in vectors of either width. */
  vnni: Readonly<Record<"avx2" | "avx512", boolean>>;
  /** Products of bfloat16, in 512 bits. */
  bfloat16: boolean;
  firstLevel: number;
  secondLevel: number;
}

/** Asks the processor, which must be of the x86-64 kind. */
export function identify(koffi: Koffi, platform: string): Processor {
  const code = koffi.decode(
    BigInt(mapCode(koffi, IDENTIFY, platform)),
    koffi.proto("void (uint32_t *numbers)"),
  ) as (numbers: Uint32Array) => void;
  const ask = (leaf: number, part = 0, xgetbv = 0) => {
    const numbers = Uint32Array.of(leaf, part, xgetbv, 0);
    code(numbers);
    return { a: numbers[0]!, b: numbers[1]!, c: numbers[2]!, d: numbers[3]!, numbers };
  };
  const bit = (value: number, place: number) => ((value >>> place) & 1) === 1;
  const highest = ask(0).a;
  const features = ask(1);
  const more = highest >= 7 ? ask(7) : { a: 0, b: 0, c: 0 };
  const last = more.a >= 1 ? ask(7, 1) : { a: 0 };
  // The system must keep the wide registers when it switches tasks.
  const kept = bit(features.c, 27) ? ask(0, 0, 1).a : 0;
  const avx = (kept & 6) === 6;
  // With it go products with one rounding, and halves.
  const avx2 = avx && bit(features.c, 12) && bit(features.c, 29) && bit(more.b, 5);
  const avx512 = avx2 && (kept & 0xe6) === 0xe6 && bit(more.b, 16);
  const vnni = { avx2: avx2 && bit(last.a, 4), avx512: avx512 && bit(more.c, 11) };
  // Packing permutes words, which is of AVX512BW.
  const bfloat16 = avx512 && bit(more.b, 30) && bit(last.a, 5);
  const amd = ask(0x80000000).a >= 0x8000001d;
  const caches = cachesOf((part) => ask(amd ? 0x8000001d : 4, part));
  return { name: nameOf(ask), avx2, avx512, vnni, bfloat16, ...caches };
}

type Answer = { a: number; b: number; c: number };

/** Sizes of the first- and second-level data caches, by the leaf that describes one cache after the other. */
function cachesOf(ask: (part: number) => Answer): { firstLevel: number; secondLevel: number } {
  const sizes = { firstLevel: 32_768, secondLevel: 524_288 };
  for (let part = 0; part < 8; part++) {
    const { a, b, c } = ask(part);
    const kind = a & 31;
    if (kind === 0) break;
    const size = ((b >>> 22) + 1) * (((b >>> 12) & 1023) + 1) * ((b & 4095) + 1) * (c + 1);
    if (kind === 2) continue; // instructions
    if (((a >>> 5) & 7) === 1) sizes.firstLevel = size;
    if (((a >>> 5) & 7) === 2) sizes.secondLevel = size;
  }
  return sizes;
}

function nameOf(ask: (leaf: number) => { numbers: Uint32Array }): string {
  const text = [0x80000002, 0x80000003, 0x80000004].map((leaf) => {
    const { buffer } = ask(leaf).numbers;
    return new TextDecoder().decode(new Uint8Array(buffer as ArrayBuffer));
  });
  return text.join("").replace(/\0.*/, "").trim();
}
