import { EngineError } from "../../errors.js";
import { relaxed } from "./relaxed.generated.js";

/** Which of the two modules: "relaxed" has fused multiply-add, "baseline" runs wherever WebAssembly has SIMD. */
export type Variant = "baseline" | "relaxed";

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

interface NodeProcess {
  versions?: { node?: string };
  getBuiltinModule?: (name: string) => { setFlagsFromString(flag: string): void };
}

/** Node 20 has relaxed SIMD behind a flag that can still be set at run time. */
function allowRelaxed(): void {
  const { process } = globalThis as { process?: NodeProcess };
  if (process?.versions?.node?.startsWith("20.")) {
    process.getBuiltinModule?.("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
  }
}

/** Imported where it is needed: most runtimes have relaxed SIMD. */
const baseline = async () => decode((await import("./baseline.generated.js")).baseline);

let best: Promise<Variant | null> | undefined;

/** The best module that validates here, or null where WebAssembly or its SIMD is missing. */
export function bestVariant(): Promise<Variant | null> {
  best ??= findBest().catch((error) => {
    best = undefined;
    throw error;
  });
  return best;
}

async function findBest(): Promise<Variant | null> {
  if (typeof WebAssembly !== "object") return null;
  const bytes = decode(relaxed);
  if (!WebAssembly.validate(bytes)) allowRelaxed();
  if (WebAssembly.validate(bytes)) return "relaxed";
  return WebAssembly.validate(await baseline()) ? "baseline" : null;
}

/** The module of a variant, for a memory that is shared between threads or not. */
export async function compile(variant: Variant, shared: boolean): Promise<WebAssembly.Module> {
  if (variant === "relaxed") await bestVariant(); // sets the flag where one is needed
  const bytes = variant === "relaxed" ? decode(relaxed) : await baseline();
  if (!WebAssembly.validate(bytes)) {
    throw new EngineError(
      `The ${variant} WebAssembly module is not supported here. Leave the choice to "auto".`,
    );
  }
  try {
    return await WebAssembly.compile(shared ? bytes : unshared(bytes));
  } catch (error) {
    throw new EngineError(
      `This runtime does not compile WebAssembly (${(error as Error).message}). Use the reference engine.`,
    );
  }
}

/**
 * The same module for a memory of one thread. What it imports says whether memory is shared in one byte: the flags before
 * the memory's limits, 3 (shared, with a maximum) or 1.
 */
function unshared(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode("\u0003env\u0006memory\u0002");
  const at = bytes.findIndex((_, i) => name.every((byte, k) => bytes[i + k] === byte)) + name.length;
  if (bytes[at] !== 3) throw new EngineError("The WebAssembly module does not import a shared memory.");
  bytes[at] = 1;
  return bytes;
}
