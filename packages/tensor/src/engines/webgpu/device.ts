import type { DeviceBuffer, DType } from "../../device-buffer.js";
import { EngineError } from "../../errors.js";
import { MirroredBuffer, ownBuffer } from "../device/buffer.js";
import type { GpuBuffer, GpuDevice, GpuEncoder, GpuPass } from "./gpu.js";
import { MAP_READ, USAGE } from "./gpu.js";
import { Pipelines, SLOT } from "./pipelines.js";
import { type Memory, Pool } from "./pool.js";
import { type Binding, type Element, SLOT_WORDS } from "./shader.js";

/** A buffer with its place on the device. */
export class WebgpuBuffer extends MirroredBuffer {
  readonly memory: Memory;
  /** Products that had it as their second factor since it was written, and its values in halves: see halves.ts. */
  products = 0;
  halves: WebgpuBuffer | null = null;

  constructor(on: Device, length: number, dtype: DType, memory: Memory) {
    super(on, length, dtype);
    this.memory = memory;
  }
}

/** What the factors of products are rounded to: "float16" keeps 11 significant bits of numbers up to 65,504. */
export type WebgpuInputs = "float32" | "float16";

/** Bytes of an element. */
export const WIDTH: Readonly<Record<DType, number>> = { float32: 4, int32: 4, int8: 1, bfloat16: 2 };

/** A buffer of a call, and how its shader sees it where that is not what its type says. */
export type Operand = DeviceBuffer | { readonly buffer: DeviceBuffer; readonly as: Element };

/** One run of a shader. */
export interface Call {
  /** Two calls with one key, and as many buffers, have one text. */
  readonly key: string;
  /** The names of buffers that are only read. What is null is left out. */
  readonly read?: Readonly<Record<string, Operand | null | undefined>>;
  /** Those that are written; they may be read as well. */
  readonly write: Readonly<Record<string, Operand | null | undefined>>;
  readonly ints?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  /** How many workgroups; or along x, y and z. */
  readonly groups: number | readonly [number, number, number];
  /** Invocations of a workgroup, along x and y. Default 64 and 1. */
  readonly size?: readonly [x: number, y: number];
  /** See shader.ts. */
  readonly code: () => string;
}

/** How many runs are recorded before they are submitted. */
const RUNS = 128;

const elementOf: Readonly<Record<DType, Element>> = {
  float32: "f32",
  int32: "i32",
  int8: "u32",
  bfloat16: "u32",
};

/** A device, what was recorded for it, and the buffers made on it: what kernels work through. */
export class Device {
  readonly gpu: GpuDevice;
  /** What the factors of products are rounded to. */
  readonly inputs: WebgpuInputs;
  readonly #pool: Pool;
  readonly #slots = new ArrayBuffer(RUNS * SLOT);
  readonly #ints = new Uint32Array(this.#slots);
  readonly #floats = new Float32Array(this.#slots);
  readonly #uniforms: GpuBuffer;
  readonly #pipelines: Pipelines;
  readonly #staging: GpuBuffer[] = [];
  #encoder: GpuEncoder | null = null;
  #pass: GpuPass | null = null;
  #runs = 0;
  #submits = 0;
  #downloads = 0;
  #problem: EngineError | null = null;

  constructor(gpu: GpuDevice, inputs: WebgpuInputs = "float32") {
    this.gpu = gpu;
    this.inputs = inputs;
    this.#pool = new Pool(gpu, () => {
      this.flush();
      this.#pipelines.forgetGroups();
    });
    this.#uniforms = gpu.createBuffer({ size: RUNS * SLOT, usage: USAGE.uniform | USAGE.copyTarget });
    this.#pipelines = new Pipelines(gpu, this.#uniforms);
    const fail = (message: string) => {
      this.#problem ??= new EngineError(message);
    };
    gpu.onuncapturederror = (event: { error?: { message?: string } }) =>
      fail(`The GPU refused what the engine "webgpu" asked for: ${event.error?.message}`);
    gpu.lost.then(({ reason, message }) =>
      fail(`The GPU was lost (${reason || "unknown"}): ${message || "no more is known"}.`),
    );
  }

  /** What is counted for tests: what was made so far, submits, and downloads. */
  get counts() {
    const [submits, downloads] = [this.#submits, this.#downloads];
    return { buffers: this.#pool.made, ...this.#pipelines.counts, submits, downloads };
  }

  allocate(length: number, dtype: DType): WebgpuBuffer {
    return new WebgpuBuffer(this, length, dtype, this.#pool.take(bytesOf(length, dtype)));
  }

  release(buffer: WebgpuBuffer): void {
    this.forget(buffer);
    buffer.freed = true;
    this.#pool.give(buffer.memory);
  }

  /** What was made of the values of a buffer goes: they are about to change. */
  forget(buffer: WebgpuBuffer): void {
    if (buffer.halves) this.release(buffer.halves);
    buffer.halves = null;
    buffer.products = 0;
  }

  /** A buffer of floats that goes back as soon as `use` has recorded what uses it. */
  withScratch<T>(lengths: readonly number[], use: (...buffers: WebgpuBuffer[]) => T): T {
    const buffers = lengths.map((length) => this.allocate(length, "float32"));
    try {
      return use(...buffers);
    } finally {
      for (const buffer of buffers) this.release(buffer);
    }
  }

  /** The buffer, checked to be alive, of this engine and long enough. */
  own(buffer: DeviceBuffer, elements = 0): WebgpuBuffer {
    return ownBuffer(buffer, WebgpuBuffer, this, elements);
  }

  /** The values of an int32 buffer. @throws {EngineError} where the device alone knows them */
  ids(buffer: DeviceBuffer, length = 0): Int32Array {
    const own = this.own(buffer, length);
    if (own.ids) return own.ids;
    throw new EngineError(
      `The engine "webgpu" cannot read integers that a kernel has made, such as the index of a maximum, at once: await their data(), and make a tensor of it.`,
    );
  }

  /** Records a run. */
  run(call: Call): void {
    const { key, read = {}, write, ints = {}, floats = {}, size = [64, 1] } = call;
    const [x, y, z] = this.#extentOf(call.groups);
    if (x * y * z === 0) return;
    const bound: { memory: Memory; element: Element; isWritten: boolean; aliases: string[] }[] = [];
    const bind = (name: string, operand: Operand | null | undefined, isWritten: boolean) => {
      if (!operand) return;
      const buffer = this.own("buffer" in operand ? operand.buffer : operand);
      const element = "as" in operand ? operand.as : elementOf[buffer.dtype];
      if (isWritten) {
        buffer.ids = null;
        this.forget(buffer);
      }
      const same = bound.find((each) => each.memory === buffer.memory && (isWritten || each.isWritten));
      if (same) same.aliases.push(name);
      else bound.push({ memory: buffer.memory, element, isWritten, aliases: [name] });
    };
    for (const name in write) bind(name, write[name], true);
    for (const name in read) bind(name, read[name], false);

    const shape = bound.map(({ aliases, isWritten }) => `${isWritten ? "w" : "r"}${aliases.join("=")}`);
    const compiled = this.#pipelines.compile(`${key} ${shape}`, () => ({
      bindings: bound.map((each): Binding => ({ ...each, name: each.aliases[0]! })),
      ints: Object.keys(ints),
      floats: Object.keys(floats),
      size,
      code: call.code(),
    }));
    if (this.#runs === RUNS) this.flush();
    let at = this.#runs * SLOT_WORDS;
    for (const name in ints) this.#ints[at++] = ints[name]!;
    for (const name in floats) this.#floats[at++] = floats[name]!;
    this.#encoder ??= this.gpu.createCommandEncoder();
    this.#pass ??= this.#encoder.beginComputePass();
    this.#pass.setPipeline(compiled.pipeline);
    this.#pass.setBindGroup(
      0,
      this.#pipelines.groupOf(
        compiled,
        bound.map(({ memory }) => memory),
      ),
      [this.#runs * SLOT],
    );
    this.#pass.dispatchWorkgroups(x, y, z);
    this.#runs++;
  }

  /** Submits what was recorded. */
  flush(): void {
    if (!this.#encoder) return;
    this.#pass?.end();
    if (this.#runs > 0) this.gpu.queue.writeBuffer(this.#uniforms, 0, this.#slots, 0, this.#runs * SLOT);
    this.gpu.queue.submit([this.#encoder.finish()]);
    this.#submits++;
    this.#encoder = null;
    this.#pass = null;
    this.#runs = 0;
  }

  /** Writes bytes to a buffer; offset and length are multiples of 4. */
  write(memory: Memory, offset: number, data: ArrayBuffer, from: number, bytes: number): void {
    if (bytes === 0) return;
    this.flush(); // else it would overtake what was recorded
    this.gpu.queue.writeBuffer(memory.gpu, offset, data, from, bytes);
  }

  /** The bytes of a buffer, once all that was recorded is done. */
  async read(memory: Memory, bytes: number): Promise<ArrayBuffer> {
    const size = Math.ceil(bytes / 4) * 4;
    if (size === 0) return new ArrayBuffer(0);
    this.#refuse();
    this.#downloads++;
    this.#pass?.end();
    this.#pass = null;
    this.#encoder ??= this.gpu.createCommandEncoder();
    const staging = this.#stagingOf(size);
    this.#encoder.copyBufferToBuffer(memory.gpu, 0, staging, 0, size);
    this.flush();
    try {
      await staging.mapAsync(MAP_READ, 0, size);
    } catch (error) {
      this.#refuse();
      throw new EngineError(
        `The GPU did not give the values of a tensor: ${error instanceof Error ? error.message : error}`,
      );
    }
    const copy = staging.getMappedRange(0, size).slice(0);
    staging.unmap();
    this.#staging.push(staging);
    this.#refuse();
    return copy;
  }

  /** Gives all back. */
  destroy(): void {
    this.#pool.clear();
    this.gpu.destroy();
  }

  #refuse(): void {
    if (this.#problem) throw this.#problem;
  }

  #stagingOf(size: number): GpuBuffer {
    const at = this.#staging.findIndex((each) => each.size >= size && each.size <= 4 * size + 65_536);
    if (at >= 0) return this.#staging.splice(at, 1)[0]!;
    while (this.#staging.length > 4) this.#staging.shift()!.destroy();
    return this.gpu.createBuffer({
      size: Math.max(65_536, 2 ** Math.ceil(Math.log2(size))),
      usage: USAGE.mapRead | USAGE.copyTarget,
    });
  }

  /** Workgroups in two dimensions where one has not room for them. */
  #extentOf(groups: Call["groups"]): readonly [number, number, number] {
    if (typeof groups !== "number") return groups;
    const most = this.gpu.limits.maxComputeWorkgroupsPerDimension;
    if (groups <= most) return [groups, 1, 1];
    const y = Math.ceil(groups / most);
    return [Math.ceil(groups / y), y, 1];
  }
}

/** Bytes of so many elements, in whole words and at least one. */
const bytesOf = (length: number, dtype: DType): number =>
  Math.max(4, Math.ceil((length * WIDTH[dtype]) / 4) * 4);
