import { fromBfloat16, toBfloat16 } from "../../bfloat16.js";
import type { DeviceBuffer, DType, Into } from "../../device-buffer.js";
import { EngineError } from "../../errors.js";
import { MirroredBuffer, ownBuffer } from "../device/buffer.js";
import type { HostAccess } from "../device/host.js";
import type { ReferenceBuffer } from "../reference/buffers.js";
import type { Tfjs, TfTensor } from "./module.js";

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** Values from the host, which has those of bfloat16 as bits, as tfjs keeps them. */
export function floatsOf(dtype: DType, data: ArrayLike<number>): Float32Array {
  return dtype === "bfloat16" ? fromBfloat16(data) : Float32Array.from(data);
}

/** A buffer whose tfjs tensor, which is immutable, is replaced by every write. */
export class TfjsBuffer extends MirroredBuffer {
  /** The values on the device in some shape, those of 8 and 16 bits as floats; null: all zero, or on the host alone (int32). */
  tensor: TfTensor | null = null;

  /** Lets go of what is on the device. */
  clear(): void {
    this.tensor?.dispose();
    this.tensor = null;
  }
}

/** A tfjs module and the buffers made for it: what kernels read and write through. */
export class Device implements HostAccess {
  readonly tf: Tfjs;
  /** The buffers that are not freed. */
  readonly buffers = new Set<TfjsBuffer>();

  constructor(tf: Tfjs) {
    this.tf = tf;
  }

  /** The buffer, checked to be alive, of this engine and long enough. */
  own(buffer: DeviceBuffer, elements = 0): TfjsBuffer {
    return ownBuffer(buffer, TfjsBuffer, this, elements);
  }

  /** The values of an int32 buffer. */
  ids(buffer: DeviceBuffer): Int32Array {
    const own = this.own(buffer);
    own.ids ??= Int32Array.from(own.tensor!.dataSync());
    return own.ids;
  }

  /** An int32 buffer as the reference kernels see it; they may write to it, `clear` it then. */
  hostView(buffer: DeviceBuffer): ReferenceBuffer {
    const { length, dtype } = this.own(buffer);
    return { length, dtype, data: this.ids(buffer) };
  }

  /**
   * The values of a buffer: under a shape, which may leave out its end, or as they were last written, which costs nothing.
   * The result may be the buffer's own tensor, which goes when the buffer is written.
   */
  values(buffer: DeviceBuffer, shape?: readonly number[]): TfTensor {
    const { tf } = this;
    const own = this.own(buffer, shape ? sizeOf(shape) : buffer.length);
    if (own.ids) own.tensor ??= tf.keep(tf.tensor(own.ids.slice(), [own.length], "int32"));
    const asked = [...(shape ?? own.tensor?.shape ?? [own.length])];
    if (!own.tensor) return tf.zeros(asked);
    if (`${asked}` === `${own.tensor.shape}`) return own.tensor;
    if (sizeOf(asked) === own.length) return tf.reshape(own.tensor, asked);
    return tf.reshape(tf.slice(tf.reshape(own.tensor, [own.length]), [0], [sizeOf(asked)]), asked);
  }

  /** The values of a buffer that may be absent. */
  maybe(buffer: DeviceBuffer | null | undefined, shape: readonly number[]): TfTensor | null {
    return buffer ? this.values(buffer, shape) : null;
  }

  /** op(a) op(b) over the last two axes. */
  matMul(a: TfTensor, b: TfTensor, transposeA: boolean, transposeB: boolean): TfTensor {
    const { tf } = this;
    if (tf.getBackend() !== "wasm") return tf.matMul(a, b, transposeA, transposeB);
    // The wasm backend has a fast product, but not of transposed matrices: with copies a training step took a sixth.
    const turned = (x: TfTensor) => {
      const axes = x.shape.map((_, i) => i);
      return tf.transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
    };
    return tf.matMul(transposeA ? turned(a) : a, transposeB ? turned(b) : b, false, false);
  }

  /** The values, for the host. */
  read(buffer: DeviceBuffer): ArrayLike<number> {
    const own = this.own(buffer);
    if (own.dtype === "int32") return this.ids(own);
    const floats = own.tensor ? own.tensor.dataSync() : new Float32Array(own.length);
    return own.dtype === "bfloat16" ? toBfloat16(floats) : floats;
  }

  /** Replaces all values by ones from the host. */
  load(buffer: DeviceBuffer, data: ArrayLike<number>): void {
    const own = this.own(buffer);
    if (own.dtype === "int32") {
      own.ids = Int32Array.from(data);
      own.clear();
    } else {
      this.tf.tidy(() => this.set(own, this.tf.tensor(floatsOf(own.dtype, data), [own.length], "float32")));
    }
  }

  /** Replaces all values. */
  set(buffer: DeviceBuffer, value: TfTensor): void {
    const { tf } = this;
    const own = this.own(buffer, value.size);
    if (value.size !== own.length) {
      throw new EngineError(`A kernel made ${value.size} values for a buffer of ${own.length}.`);
    }
    const next = tf.keep(value.kept ? tf.clone(value) : value); // what is kept belongs to a buffer already
    own.clear();
    own.ids = null;
    own.tensor = next;
  }

  /** Replaces all values, or adds to them. */
  put(out: Into, value: TfTensor): void {
    this.set(out.buffer, out.accumulate ? this.tf.add(this.values(out.buffer, value.shape), value) : value);
  }
}
