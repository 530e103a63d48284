import type { Engine } from "./engine.js";
import type { Inputs } from "./engines/native/code/gemm.js";
import { referenceEngine } from "./engines/reference/engine.js";
import type { NodeEngine } from "./engines/tfjs/node.js";
import { canUseThreads, parallelism } from "./engines/threads/platform.js";
import { wasmEngine } from "./engines/wasm/engine.js";
import { bestVariant } from "./engines/wasm/module.js";
import { EngineError } from "./errors.js";

/** How an engine is made. */
export interface EngineOptions {
  /** "float64" computes and stores in double precision; only `reference` can. Default "float32". */
  precision?: "float32" | "float64";
  /**
   * Threads to compute on, this one included; `reference` has one. Default: as many as can run at once, up to 16. Results are the
   * same bit for bit between runs with equally many.
   */
  threads?: number;
  /**
   * "bfloat16" rounds what matrix products multiply, for twice the speed on processors with AVX512_BF16; only `native` can, and
   * "auto" takes it then. "float16" does so on a GPU, for decoding and evaluation; only `webgpu` can. Default "float32".
   */
  inputs?: Inputs | "float16";
}

/** What `doctor` says of one engine. */
export interface Diagnosis {
  name: string;
  available: boolean;
  /** Why it is available, or what is missing. */
  reason: string;
  device?: string;
}

/** The engines that there are, by name. */
export type EngineName = NodeEngine | "webgpu" | "native" | "wasm" | "reference";

/** An engine that `useEngine` knows by name. */
export interface Candidate {
  readonly name: EngineName;
  diagnose(): Promise<Diagnosis>;
  /** Whether "auto" takes it where it is available. Default: it does. */
  isBest?(options: EngineOptions): Promise<boolean>;
  create(options: EngineOptions): Promise<Engine>;
}

function threadsInWords(): string {
  const threads = canUseThreads() ? parallelism() : 1;
  return threads === 1 ? "one thread" : `${threads} threads`;
}

const threadsOf = ({ threads }: EngineOptions) => (threads === undefined ? {} : { threads });

function requireFloat32(name: string, { precision }: EngineOptions): void {
  if (precision !== "float64") return;
  throw new EngineError(`The engine "${name}" computes in float32 only. Use "reference" for float64.`);
}

export function requireInputs(name: string, { inputs }: EngineOptions): void {
  const able = inputs === "bfloat16" ? "native" : inputs === "float16" ? "webgpu" : name;
  if (able === name) return;
  throw new EngineError(`The engine "${name}" does not multiply in ${inputs}. Use "${able}" for that.`);
}

/** libtensorflow through a package that the user may have installed, looked for when it is asked for. */
const onLibtensorflow = (name: NodeEngine): Candidate => ({
  name,
  diagnose: async () => {
    const { nodePackages } = await import("./engines/tfjs/node.js");
    const { module, device, reason } = nodePackages.find(name);
    return { name, available: module !== undefined, reason, ...(device && { device }) };
  },
  create: async (options) => {
    requireFloat32(name, options);
    const { nodePackages } = await import("./engines/tfjs/node.js");
    return nodePackages.create(name);
  },
});

/** Imported when they are asked for: pages do without the one, and most of both without the other. */
const webgpu = () => import("./engines/webgpu/adapter.js");
const nativePlan = () => import("./engines/native/plan.js");
const nativeEngines = () => import("./engines/native/engine.js");

const native: Candidate = {
  name: "native",
  diagnose: async () => {
    try {
      const { machineCode } = await nativePlan();
      const { device, reason } = machineCode();
      return { name: "native", available: true, reason, device: `${device}, ${threadsInWords()}` };
    } catch (error) {
      return { name: "native", available: false, reason: (error as Error).message };
    }
  },
  create: async (options) => {
    requireFloat32("native", options);
    const { nativeEngine } = await nativeEngines();
    return nativeEngine({
      ...threadsOf(options),
      inputs: options.inputs === "bfloat16" ? "bfloat16" : "float32",
    });
  },
};

/** Best first. */
export const candidates: readonly Candidate[] = [
  onLibtensorflow("tfjs-node-gpu"),
  {
    name: "webgpu",
    diagnose: async () => {
      const { findAdapter } = await webgpu();
      const found = await findAdapter();
      if (!found.adapter) return { name: "webgpu", available: false, reason: found.reason };
      const reason = found.isSoftware
        ? 'there is a GPU in software only, which is slow: "auto" leaves it out'
        : "WebGPU gives a GPU";
      return { name: "webgpu", available: true, reason, device: found.device };
    },
    isBest: async (options) => {
      const { isBest } = await webgpu();
      return isBest((await native.diagnose()).available ? () => native.create(options) : undefined);
    },
    create: async (options) => {
      requireFloat32("webgpu", options);
      const { createWebgpu } = await webgpu();
      return createWebgpu(options.inputs === "float16" ? { inputs: "float16" } : {});
    },
  },
  native,
  onLibtensorflow("tfjs-node"),
  {
    name: "wasm",
    diagnose: async () => {
      const variant = await bestVariant();
      if (!variant)
        return { name: "wasm", available: false, reason: "WebAssembly with SIMD is not supported here" };
      return {
        name: "wasm",
        available: true,
        reason:
          variant === "relaxed"
            ? "embedded in the package; relaxed SIMD validates, so products are fused multiply-adds"
            : "embedded in the package; relaxed SIMD does not validate here, so products are slower",
        device: `WebAssembly, ${threadsInWords()}`,
      };
    },
    create: async (options) => {
      requireFloat32("wasm", options);
      return wasmEngine(threadsOf(options));
    },
  },
  {
    name: "reference",
    diagnose: async () => ({
      name: "reference",
      available: true,
      reason: "plain TypeScript runs everywhere; it is slow and meant as an oracle",
      device: "JavaScript, one thread",
    }),
    create: async ({ precision = "float32" }) => referenceEngine({ precision }),
  },
];
