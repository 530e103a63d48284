import { EngineError } from "../errors.js";
import type { NativePlan } from "./attach.js";
import { gemmCode, type Tile } from "./gemm-code.js";
import { findKoffi, loadKoffi } from "./koffi.js";
import { identify, mapCode, type Processor } from "./machine.js";

/** Which vector instructions machine code is written with. */
export type Instructions = "avx2" | "avx512";

/** As many registers of results as leave room for a row of B and a number of A. */
const TILES: Readonly<Record<Instructions, Tile>> = {
  avx2: { vectorBits: 256, rows: 4, vectors: 3 },
  avx512: { vectorBits: 512, rows: 12, vectors: 2 },
};

/** The machine code of this process, and the processor that it is for. */
export interface Machine {
  plan: NativePlan;
  processor: Processor;
}

const machines = new Map<Instructions | "best", Machine | EngineError>();

/** Writes the kernels' code, once for the process. @throws EngineError that says what is missing */
export function machineCode(instructions?: Instructions): Machine {
  const key = instructions ?? "best";
  const machine = machines.get(key) ?? prepare(instructions);
  machines.set(key, machine);
  if (machine instanceof EngineError) throw machine;
  return machine;
}

function prepare(instructions: Instructions | undefined): Machine | EngineError {
  const { process } = globalThis as { process?: { arch?: string; platform?: string } };
  if (!process?.arch) return new EngineError("machine code is for Node only");
  if (process.arch !== "x64")
    return new EngineError(`machine code is written for x64, this is ${process.arch}`);
  const path = findKoffi();
  if (!path) return new EngineError("koffi, which calls machine code, is not installed: npm install koffi");
  try {
    const koffi = loadKoffi(path);
    const processor = identify(koffi, process.platform ?? "");
    const wanted = instructions ?? (processor.avx512 ? "avx512" : "avx2");
    if (!processor[wanted]) {
      return new EngineError(`machine code needs ${wanted.toUpperCase()}, which ${processor.name} lacks`);
    }
    const tile = TILES[wanted];
    const address = mapCode(koffi, gemmCode(tile), process.platform ?? "");
    return { plan: { koffi: path, gemm: { address, tile } }, processor };
  } catch (cause) {
    return new EngineError(`machine code cannot run here: ${(cause as Error).message}`, { cause });
  }
}
