// IEEE 754 half precision, as ggml stores the scales of its blocks: 16 bits and the numbers they stand for.
import { floatToHalf, halfToFloat } from "@llm/platform/float-bits";

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The value of 16 bits. */
export function fromHalf(half: number): number {
  bits[0] = halfToFloat(half);
  return float[0]!;
}

/** The bits of the nearest half-precision value, of two equally near the even one. */
export function toHalf(value: number): number {
  float[0] = value;
  return floatToHalf(bits[0]!);
}
