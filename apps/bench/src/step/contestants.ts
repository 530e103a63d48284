// Who trains against whom: ours with their peers in heats, so that a machine need not hold them all at once.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { type Model, models } from "./model.js";

export interface Contestant {
  name: string;
  /** The program and its arguments. */
  command: (model: Model) => string[];
  environment?: NodeJS.ProcessEnv;
  /** Models with more work in a step are not asked of it, in 1e9 operations. */
  most?: number;
}

export interface Heat {
  title: string;
  /** Ours first. */
  contestants: Contestant[];
}

export const threads = availableParallelism();

const inNode = (name: string, contender: string, rest: Partial<Contestant> = {}): Contestant => ({
  name,
  command: (model) => [
    process.execPath,
    ...["--import", "tsx", "--conditions=@llm/source", join(import.meta.dirname, "contender.ts")],
    ...[contender, `${models.indexOf(model)}`, `${threads}`],
  ],
  ...rest,
});

const native = inNode("native", "native");
const native256 = inNode("native, products in AVX2", "native-avx2");
const wasm = inNode("wasm", "wasm");

const torch = (
  python: string,
  name: string,
  mode: string,
  environment: NodeJS.ProcessEnv = {},
): Contestant => ({
  name: `PyTorch ${name}`,
  command: ({ layers, heads, width, length, batch, vocabulary }) => [
    ...[python, join(import.meta.dirname, "torch_step.py"), mode],
    ...[layers, heads, width, length, batch, vocabulary, threads].map(String),
  ],
  environment,
});

/** oneMKL, PyTorch's products, uses AVX-512 on Intel's processors only. This makes it take this one for Intel's. */
function asIntel(): NodeJS.ProcessEnv | undefined {
  const cpuinfo = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  if (!cpuinfo.includes("AuthenticAMD") || !cpuinfo.includes("avx512f")) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "bench-tensor-"));
  process.once("exit", () => rmSync(folder, { recursive: true }));
  const [source, library] = [join(folder, "intel.c"), join(folder, "intel.so")];
  writeFileSync(source, "int mkl_serv_intel_cpu_true(void) { return 1; }\n");
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-o", library, source], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return { LD_PRELOAD: library };
}

function torchHeats(python: string): Heat[] {
  const installed = [torch(python, "eager", "eager"), torch(python, "compile", "compile")];
  const found: Heat[] = [{ title: "PyTorch as installed", contestants: [native, wasm, ...installed] }];
  const intel = asIntel();
  if (intel) {
    const peers = [
      torch(python, "eager, AVX-512 in MKL", "eager", intel),
      torch(python, "compile, AVX-512 in MKL", "compile", intel),
    ];
    found.push({ title: "PyTorch whose MKL takes this for Intel's", contestants: [native, wasm, ...peers] });
  }
  const narrow = { MKL_ENABLE_INSTRUCTIONS: "AVX2", ONEDNN_MAX_CPU_ISA: "AVX2" };
  const peers = [
    torch(python, "eager, AVX2", "eager", { ...narrow, ATEN_CPU_CAPABILITY: "avx2" }),
    // With ATen held to AVX2 as well, the compiled step of PyTorch 2.15 gives NaN.
    torch(python, "compile, AVX2 (but ATen)", "compile256", narrow),
  ];
  const title = "PyTorch held to AVX2, twice as wide as wasm";
  return [...found, { title, contestants: [native256, wasm, ...peers] }];
}

export function heats(python = process.env["LLM_PYTHON"]): Heat[] {
  if (!python) console.log("Skipped: PyTorch; LLM_PYTHON names a Python that has it");
  return [
    ...(python ? torchHeats(python) : []),
    {
      title: "JavaScript: onnxruntime",
      contestants: [
        native,
        wasm,
        inNode("onnxruntime-node", "onnxruntime-node"),
        inNode("onnxruntime-web", "onnxruntime-web"),
      ],
    },
    {
      title: "JavaScript: what differentiates, on one thread",
      contestants: [
        native,
        wasm,
        inNode("jax-js wasm", "jax-js"),
        inNode("tfjs wasm", "tfjs-wasm"),
        inNode("tfjs cpu", "tfjs-cpu", { most: 10 }),
      ],
    },
  ];
}
