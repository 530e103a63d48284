import type { Activation } from "../engine.js";
import { EngineError } from "../errors.js";
import { baseline } from "./baseline.generated.js";
import { relaxed } from "./relaxed.generated.js";

/** How the kernels call the activations. */
export const KINDS: Record<Activation, number> = { gelu: 1, "gelu-erf": 2, relu2: 3, silu: 4 };

/** Addresses and counts are plain numbers; see assembly/ for what each kernel does. */
export interface Kernels {
  applyActivation(kind: number, x: number, out: number, length: number): void;
  activationBackward(
    kind: number,
    x: number,
    dOut: number,
    dX: number,
    length: number,
    accumulate: boolean,
  ): void;
  attentionScratch(keys: number, headDim: number): number;
  attentionBackwardScratch(keys: number, headDim: number): number;
  gemmScratch(): number;
  attention(...numbers: number[]): void;
  attentionBackward(...numbers: number[]): void;
  adamw(...numbers: number[]): void;
  add(a: number, b: number, out: number, length: number): void;
  broadcast(x: number, factor: number, out: number, length: number, accumulate: boolean): void;
  copy(
    x: number,
    xStride: number,
    out: number,
    outStride: number,
    rows: number,
    columns: number,
    accumulate: boolean,
  ): void;
  dropout(
    x: number,
    out: number,
    length: number,
    first: number,
    threshold: number,
    keep: number,
    key0: number,
    key1: number,
    accumulate: boolean,
  ): void;
  randomNormal(...numbers: number[]): void;
  randomUniform(...numbers: number[]): void;
  embedding(...numbers: number[]): number;
  embeddingBackward(...numbers: number[]): void;
  multiply(a: number, b: number, out: number, length: number, accumulate: boolean): void;
  scale(x: number, factor: number, out: number, length: number, accumulate: boolean): void;
  sum(x: number, length: number, squares: boolean): number;
  columnSums(x: number, out: number, rows: number, columns: number, accumulate: boolean): void;
  gemm(...numbers: (number | boolean)[]): void;
  norm(...numbers: number[]): void;
  residualNorm(...numbers: number[]): void;
  normBackward(...numbers: number[]): void;
  rope(...numbers: (number | boolean)[]): void;
  gated(kind: number, x: number, out: number, rows: number, columns: number): void;
  gatedBackward(...numbers: (number | boolean)[]): void;
  softcap(x: number, out: number, length: number, cap: number): void;
  softcapBackward(...numbers: (number | boolean)[]): void;
  lossChunk(...numbers: number[]): void;
  lossChunkBackward(...numbers: number[]): void;
  sumAxis(...numbers: (number | boolean)[]): void;
  broadcastAxis(...numbers: (number | boolean)[]): void;
  maxAxis(x: number, out: number, index: number, outer: number, extent: number, inner: number): void;
  scatterAxis(x: number, index: number, out: number, outer: number, extent: number, inner: number): void;
  quantize(x: number, values: number, scales: number, rows: number, columns: number): void;
  quantizeInput(...numbers: number[]): void;
  quantizedProduct(...numbers: number[]): void;
  crossEntropy(...numbers: number[]): number;
  crossEntropyBackward(...numbers: (number | boolean)[]): void;
  softmax(x: number, out: number, rows: number, columns: number): void;
  softmaxBackward(
    y: number,
    dOut: number,
    dX: number,
    rows: number,
    columns: number,
    accumulate: boolean,
  ): void;
}

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

let best: Variant | null | undefined;

/** The best module that validates here, or null where WebAssembly or its SIMD is missing. */
export function bestVariant(): Variant | null {
  if (best !== undefined) return best;
  best = null;
  if (typeof WebAssembly === "object") {
    const bytes = decode(relaxed);
    if (!WebAssembly.validate(bytes)) allowRelaxed();
    if (WebAssembly.validate(bytes)) best = "relaxed";
    else if (WebAssembly.validate(decode(baseline))) best = "baseline";
  }
  return best;
}

/** Compiles a module over this memory. */
export async function load(variant: Variant, memory: WebAssembly.Memory): Promise<Kernels> {
  if (variant === "relaxed") bestVariant(); // sets the flag where one is needed
  const bytes = decode(variant === "relaxed" ? relaxed : baseline);
  if (!WebAssembly.validate(bytes)) {
    throw new EngineError(
      `The ${variant} WebAssembly module is not supported here. Leave the choice to "auto".`,
    );
  }
  const abort = () => {
    throw new EngineError("A WebAssembly kernel stopped.");
  };
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, abort } });
  return instance.exports as unknown as Kernels;
}
