import type { DeviceBuffer, DType } from "../../device-buffer.js";
import { EngineError } from "../../errors.js";

/** A buffer that its engine can tell from those of others. */
export interface OwnedBuffer extends DeviceBuffer {
  /** The engine's own object, the same for all of its buffers. */
  readonly owner: object;
  readonly freed: boolean;
}

/**
 * The buffer, checked to be alive, of this engine and long enough for a kernel that reaches up to `elements`.
 *
 * @throws {EngineError} when it is not
 */
export function ownBuffer<Buffer extends OwnedBuffer>(
  buffer: DeviceBuffer,
  kind: abstract new (...args: never[]) => Buffer,
  owner: object,
  elements: number,
): Buffer {
  if (!(buffer instanceof kind) || buffer.owner !== owner || buffer.freed) {
    throw new EngineError("A kernel was given a buffer that was freed or belongs to another engine.");
  }
  if (!(elements >= 0 && elements <= buffer.length)) {
    throw new EngineError(
      `A kernel would reach element ${elements} of a buffer of ${buffer.length} (${buffer.dtype}).`,
    );
  }
  return buffer;
}

/**
 * A buffer on a device that answers later. Integers are on the host as well: kernels have to check ids before they use
 * them, and the device cannot be asked at once.
 */
export abstract class MirroredBuffer implements OwnedBuffer {
  readonly owner: object;
  readonly length: number;
  readonly dtype: DType;
  /** The values of an int32 buffer; null where a kernel on the device made them, and for other types. */
  ids: Int32Array | null;
  freed = false;

  constructor(owner: object, length: number, dtype: DType) {
    this.owner = owner;
    this.length = length;
    this.dtype = dtype;
    this.ids = dtype === "int32" ? new Int32Array(length) : null;
  }
}
