import type { Engine } from "../../engine.js";
import { EngineError } from "../../errors.js";
import { searchFrom } from "../search-from.js";
import { tfjs } from "./engine.js";
import { libtensorflow, restoreUtil } from "./libtensorflow.js";
import type { Tfjs, TfjsModule } from "./module.js";

/** The packages that bring libtensorflow to Node, by the name of their engine. */
export type NodeEngine = "tfjs-node-gpu" | "tfjs-node";

/** What is loaded at run time when it is there, and in no bundle: these, and node-only modules. */
interface NodeModules {
  readonly "node:module": {
    createRequire(from: string): ((id: string) => unknown) & { resolve(id: string): string };
  };
  readonly "node:fs": { readdirSync(path: string): string[]; existsSync(path: string): boolean };
  readonly "node:path": { dirname(path: string): string; join(...parts: string[]): string };
}

interface NodeProcess {
  readonly env: Record<string, string | undefined>;
  getBuiltinModule?<Name extends keyof NodeModules>(name: Name): NodeModules[Name];
  dlopen(module: object, file: string): void;
}

/** A loaded module, or nothing, and in words why. */
type Found = { readonly module?: TfjsModule; readonly device?: string; readonly reason: string };

/** What the libtensorflow of tfjs-node-gpu 4, built for CUDA 11.2, opens when it looks for a GPU. */
const CUDA = [
  "libcudart.so.11.0",
  "libcublas.so.11",
  "libcufft.so.10",
  "libcurand.so.10",
  "libcusolver.so.11",
  "libcusparse.so.11",
];

/** Whether the system's loader finds a library: what is not an addon is found, then refused by Node. */
function opens(process: NodeProcess, library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return !/cannot open shared object file/.test(String(error));
  }
}

/** Where packages are looked for, and how the system is asked for CUDA: other values are for tests. */
export interface NodePackagesOptions {
  /** The file whose node_modules are searched. */
  from?: string;
  opens?: (library: string) => boolean;
}

/** Finds and loads the packages; one at most, since a process holds one libtensorflow. */
export class NodePackages {
  readonly #process = (globalThis as { process?: NodeProcess }).process;
  readonly #from: string | undefined;
  readonly #opens: (library: string) => boolean;
  readonly #found = new Map<NodeEngine, Found>();
  #loaded: { name: NodeEngine; module: TfjsModule; gpu: boolean } | null = null;

  constructor(options: NodePackagesOptions = {}) {
    this.#from = options.from ?? searchFrom();
    this.#opens = options.opens ?? ((library) => opens(this.#process!, library));
  }

  /** The module and what it runs on, or in words what is missing. The answer is kept. */
  find(name: NodeEngine): Found {
    const found = this.#found.get(name) ?? this.#look(name);
    this.#found.set(name, found);
    return found;
  }

  /** The engine on a package. Throws an EngineError with what is missing. */
  async create(name: NodeEngine): Promise<Engine> {
    const { module, reason } = this.find(name);
    if (!module) throw new EngineError(`The engine "${name}" is not available: ${reason}.`);
    return tfjs(module);
  }

  #look(name: NodeEngine): Found {
    const builtin = this.#process?.getBuiltinModule;
    if (!builtin) return { reason: "it needs Node 20.16 or later" };
    const id = `@tensorflow/${name}`;
    if (!this.#from)
      return { reason: `this bundle does not say where it is, so that ${id} cannot be looked for` };
    if (!this.#loaded) {
      const require = builtin("node:module").createRequire(this.#from);
      const missing = this.#missing(id, require) ?? this.#load(name, require);
      if (missing) return { reason: missing };
    }
    const loaded = this.#loaded!;
    const found = { module: loaded.module, reason: `@tensorflow/${loaded.name} is installed` };
    if (loaded.gpu && loaded.name === name) return { ...found, device: "libtensorflow, CUDA GPU" };
    if (name === "tfjs-node" && !loaded.gpu) return { ...found, device: "libtensorflow, CPU" };
    if (loaded.name === name) return { reason: this.#whyNoGpu() };
    return { reason: `${loaded.name} is loaded, and a process holds one libtensorflow` };
  }

  /** What is missing of a package before it can be loaded. */
  #missing(id: string, require: { resolve(id: string): string }): string | null {
    const builtin = this.#process!.getBuiltinModule!;
    const { existsSync, readdirSync } = builtin("node:fs");
    const { dirname, join } = builtin("node:path");
    let lib: string;
    try {
      lib = join(dirname(require.resolve(`${id}/package.json`)), "lib");
    } catch {
      return `not installed; \`npm install ${id}\` adds it`;
    }
    const built = existsSync(lib) ? readdirSync(lib) : [];
    if (built.some((each) => existsSync(join(lib, each, "tfjs_binding.node")))) return null;
    return (
      "installed, but its binary is missing: npm blocked its install script, or the script's download failed; " +
      `\`npm approve-scripts ${id}\` allows the script and \`npm rebuild ${id}\` runs it again`
    );
  }

  /** Loads a package, or says why it cannot be. */
  #load(name: NodeEngine, require: (id: string) => unknown): string | null {
    const { env } = this.#process!;
    env["TF_FORCE_GPU_ALLOW_GROWTH"] ??= "true"; // else it takes all memory of the GPU at once
    env["TF_CPP_MIN_LOG_LEVEL"] ??= "2"; // doctor says what its warnings would
    restoreUtil();
    try {
      const module = require(`@tensorflow/${name}`) as Tfjs;
      this.#loaded = { name, module, gpu: libtensorflow(module)?.gpu ?? false };
      return null;
    } catch (error) {
      const [line] = String(error instanceof Error ? error.message : error).split("\n");
      return `installed, but it does not load: ${line}`;
    }
  }

  #whyNoGpu(): string {
    const missing = (...libraries: string[]) => libraries.filter((each) => !this.#opens(each)).join(", ");
    const there = "or add the folder it is in to LD_LIBRARY_PATH";
    const cuda = missing(...CUDA);
    if (cuda) return `runs on CPU only: CUDA 11.2 was not found (${cuda}); install it, ${there}`;
    const cudnn = missing("libcudnn.so.8");
    if (cudnn) return `runs on CPU only: cuDNN 8.1 was not found (${cudnn}); install it, ${there}`;
    const driver = missing("libcuda.so.1");
    if (driver) return `runs on CPU only: no GPU is seen, for the NVIDIA driver was not found (${driver})`;
    return "runs on CPU only: CUDA and cuDNN are there, but no GPU is seen; `nvidia-smi` should list one";
  }
}

/** The packages beside this one. */
export const nodePackages: NodePackages = new NodePackages();
