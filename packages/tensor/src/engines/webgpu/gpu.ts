// What this engine uses of WebGPU, so that neither the package nor its users need the types of a GPU to be installed.

/** `navigator.gpu`, or what the npm package `webgpu` makes. */
export interface Gpu {
  requestAdapter(options?: { powerPreference?: "high-performance" }): Promise<GpuAdapter | null>;
}

export interface GpuAdapter {
  readonly features: { has(name: string): boolean };
  readonly limits: Readonly<Record<GpuLimit, number>>;
  /** Browsers before 2024 have none. */
  readonly info?: GpuAdapterInfo;
  requestDevice(options: {
    requiredFeatures?: string[];
    requiredLimits?: Partial<Record<GpuLimit, number>>;
  }): Promise<GpuDevice>;
}

export interface GpuAdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

/** The limits that this engine asks for as high as the adapter has them. */
export const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupsPerDimension",
] as const;

type GpuLimit = (typeof LIMITS)[number] | "minUniformBufferOffsetAlignment";

/** A `GPUDevice`. */
export interface GpuDevice {
  readonly limits: Readonly<Record<GpuLimit, number>>;
  readonly queue: GpuQueue;
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  onuncapturederror: ((event: never) => unknown) | null;
  createBuffer(options: { size: number; usage: number; mappedAtCreation?: boolean }): GpuBuffer;
  createShaderModule(options: { code: string }): object;
  createBindGroupLayout(options: { entries: object[] }): object;
  createPipelineLayout(options: { bindGroupLayouts: object[] }): object;
  createComputePipeline(options: object): object;
  createBindGroup(options: { layout: object; entries: object[] }): object;
  createCommandEncoder(): GpuEncoder;
  destroy(): void;
}

interface GpuQueue {
  submit(commands: object[]): void;
  writeBuffer(buffer: GpuBuffer, offset: number, data: ArrayBuffer, dataOffset: number, size: number): void;
}

export interface GpuBuffer {
  readonly size: number;
  destroy(): void;
  mapAsync(mode: number, offset: number, size: number): Promise<void>;
  getMappedRange(offset: number, size: number): ArrayBuffer;
  unmap(): void;
}

export interface GpuEncoder {
  beginComputePass(): GpuPass;
  copyBufferToBuffer(
    from: GpuBuffer,
    fromOffset: number,
    to: GpuBuffer,
    toOffset: number,
    size: number,
  ): void;
  finish(): object;
}

export interface GpuPass {
  setPipeline(pipeline: object): void;
  setBindGroup(index: number, group: object, offsets: number[]): void;
  dispatchWorkgroups(x: number, y: number, z: number): void;
  end(): void;
}

/** Bits of GPUBufferUsage. */
export const USAGE = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const;
/** GPUMapMode.READ. */
export const MAP_READ = 1;
/** GPUShaderStage.COMPUTE. */
export const COMPUTE = 4;
