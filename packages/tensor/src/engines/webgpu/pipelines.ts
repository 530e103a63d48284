import type { GpuBuffer, GpuDevice } from "./gpu.js";
import { COMPUTE } from "./gpu.js";
import type { Memory } from "./pool.js";
import { type Binding, SLOT_WORDS, shaderOf } from "./shader.js";

/** A shader that is ready to run. */
interface Compiled {
  readonly pipeline: object;
  readonly layout: object;
  readonly id: number;
}

/** Bytes of a run's numbers. */
export const SLOT = 4 * SLOT_WORDS;
/** Groups of buffers that are kept for the next time. */
const KEPT = 8192;

/** Shaders that are ready to run and groups of buffers for them: each is made once. */
export class Pipelines {
  /** How many were made so far. */
  readonly counts = { pipelines: 0, bindGroups: 0 };
  readonly #gpu: GpuDevice;
  /** The numbers of runs, one slot each. */
  readonly #uniforms: GpuBuffer;
  readonly #layouts = new Map<string, object>();
  readonly #compiled = new Map<string, Compiled>();
  readonly #groups = new Map<string, object>();

  constructor(gpu: GpuDevice, uniforms: GpuBuffer) {
    this.#gpu = gpu;
    this.#uniforms = uniforms;
  }

  /** The shader of this key; `text` writes it where there is none yet. */
  compile(key: string, text: () => Parameters<typeof shaderOf>[0]): Compiled {
    const known = this.#compiled.get(key);
    if (known) return known;
    const given = text();
    const layout = this.#layoutOf(given.bindings);
    const module = this.#gpu.createShaderModule({ code: shaderOf(given) });
    const pipeline = this.#gpu.createComputePipeline({
      layout: this.#gpu.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: "main" },
    });
    const compiled = { pipeline, layout, id: this.counts.pipelines++ };
    this.#compiled.set(key, compiled);
    return compiled;
  }

  /** The group of these buffers for a shader. */
  groupOf({ id, layout }: Compiled, memories: readonly Memory[]): object {
    let key = `${id}`;
    for (const memory of memories) key += ` ${memory.id}`;
    const known = this.#groups.get(key);
    if (known) return known;
    if (this.#groups.size >= KEPT) this.forgetGroups();
    const group = this.#gpu.createBindGroup({
      layout,
      entries: [
        { binding: 0, resource: { buffer: this.#uniforms, offset: 0, size: SLOT } },
        ...memories.map(({ gpu }, i) => ({ binding: i + 1, resource: { buffer: gpu } })),
      ],
    });
    this.counts.bindGroups++;
    this.#groups.set(key, group);
    return group;
  }

  /** A buffer of some is no more. */
  forgetGroups(): void {
    this.#groups.clear();
  }

  #layoutOf(bindings: readonly Binding[]): object {
    const key = bindings.map(({ isWritten }) => (isWritten ? "w" : "r")).join("");
    const known = this.#layouts.get(key);
    if (known) return known;
    const uniform = { type: "uniform", hasDynamicOffset: true, minBindingSize: 0 };
    const layout = this.#gpu.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: COMPUTE, buffer: uniform },
        ...bindings.map(({ isWritten }, i) => ({
          binding: i + 1,
          visibility: COMPUTE,
          buffer: { type: isWritten ? "storage" : "read-only-storage" },
        })),
      ],
    });
    this.#layouts.set(key, layout);
    return layout;
  }
}
