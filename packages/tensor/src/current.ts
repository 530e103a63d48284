import { checkOptions, type Kinds, nearest, shown } from "@llm/platform/options";
import type { Engine } from "./engine.js";
import { EngineError } from "./errors.js";
import { nativeEngine } from "./native/engine.js";
import type { Inputs } from "./native/gemm-code.js";
import { machineCode } from "./native/plan.js";
import { referenceEngine } from "./reference/engine.js";
import type { NodeEngine } from "./tfjs/node.js";
import { canUseThreads, parallelism } from "./threads/platform.js";
import { wasmEngine } from "./wasm/engine.js";
import { bestVariant } from "./wasm/module.js";

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
   * "auto" takes it then. Default "float32".
   */
  inputs?: Inputs;
}

const OPTIONS: Kinds<EngineOptions> = {
  precision: ["float32", "float64"],
  threads: "any",
  inputs: ["float32", "bfloat16"],
};

/** What `doctor` says of one engine. */
export interface Diagnosis {
  name: string;
  available: boolean;
  /** Why it is available, or what is missing. */
  reason: string;
  device?: string;
}

interface Candidate {
  readonly name: NodeEngine | "native" | "wasm" | "reference";
  diagnose(): Promise<Diagnosis>;
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

function requireFullInputs(name: string, { inputs }: EngineOptions): void {
  if (inputs !== "bfloat16") return;
  throw new EngineError(
    `The engine "${name}" multiplies in full precision. Use "native" for bfloat16 inputs.`,
  );
}

/** libtensorflow through a package that the user may have installed, looked for when it is asked for. */
const onLibtensorflow = (name: NodeEngine): Candidate => ({
  name,
  diagnose: async () => {
    const { nodePackages } = await import("./tfjs/node.js");
    const { module, device, reason } = nodePackages.find(name);
    return { name, available: module !== undefined, reason, ...(device && { device }) };
  },
  create: async (options) => {
    requireFloat32(name, options);
    const { nodePackages } = await import("./tfjs/node.js");
    return nodePackages.create(name);
  },
});

/** Best first: "auto" takes the first that is available. */
const candidates: readonly Candidate[] = [
  onLibtensorflow("tfjs-node-gpu"),
  {
    name: "native",
    diagnose: async () => {
      try {
        const { device, reason } = machineCode();
        return { name: "native", available: true, reason, device: `${device}, ${threadsInWords()}` };
      } catch (error) {
        return { name: "native", available: false, reason: (error as Error).message };
      }
    },
    create: async (options) => {
      requireFloat32("native", options);
      const { inputs = "float32" } = options;
      return nativeEngine({ ...threadsOf(options), inputs });
    },
  },
  onLibtensorflow("tfjs-node"),
  {
    name: "wasm",
    diagnose: async () => {
      const variant = bestVariant();
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
    create: async (options) => referenceEngine(options),
  },
];

let current: Engine | null = null;
let currentKey = "";

/** The engine in use. Throws an EngineError when none was chosen. */
export function engine(): Engine {
  if (!current) throw new EngineError('No engine was chosen. Call `await useEngine("auto")` first.');
  return current;
}

async function choose(name: string, options: EngineOptions): Promise<Engine> {
  if (name === "auto" && options.inputs === "bfloat16") return choose("native", options);
  if (name === "auto") {
    for (const candidate of candidates) {
      if (options.precision === "float64" && candidate.name !== "reference") continue;
      if ((await candidate.diagnose()).available) return candidate.create(options);
    }
  }
  const candidate = candidates.find((each) => each.name === name);
  if (!candidate) {
    const names = ["auto", ...candidates.map((each) => each.name)];
    const near = nearest(name, names);
    throw new EngineError(
      `There is no engine "${name}"${near ? `: did you mean "${near}"?` : "."} Choose "auto" or one of: ${candidates.map((each) => each.name).join(", ")}.`,
    );
  }
  const { available, reason } = await candidate.diagnose();
  if (!available) throw new EngineError(`The engine "${name}" is not available: ${reason}.`);
  if (name !== "native") requireFullInputs(name, options);
  return candidate.create(options);
}

/**
 * Chooses where tensors live and kernels run, from now on. "auto" takes the fastest available. Asking again for
 * what is already in use changes nothing; tensors of another engine cannot be mixed in.
 */
export async function useEngine(
  name: "auto" | NodeEngine | "native" | "wasm" | "reference" | Engine,
  options: EngineOptions = {},
): Promise<Engine> {
  checkOptions("useEngine", options, OPTIONS, (message) => new EngineError(message));
  if (typeof name !== "string") {
    if (typeof name?.gemm !== "function") {
      throw new EngineError(
        `useEngine got ${shown(name)}: pass a name such as "auto", or an engine that is made (await it first).`,
      );
    }
    current = name;
    currentKey = "";
    return name;
  }
  const key = `${name} ${options.precision ?? "float32"} ${options.threads ?? ""} ${options.inputs ?? "float32"}`;
  if (current && key === currentKey) return current;
  current = await choose(name, options);
  currentKey = key;
  return current;
}

/** Every engine of this package, best first, with whether it can be used here and why. */
export async function doctor(): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const candidate of candidates) found.push(await candidate.diagnose());
  return found;
}
