import type { DeviceBuffer, Engine } from "@llm/tensor";

/** A buffer with these values. */
export function upload(
  on: Engine,
  values: ArrayLike<number>,
  dtype: "float32" | "int32" = "float32",
): DeviceBuffer {
  const buffer = on.allocate(values.length, dtype);
  on.upload(buffer, values, 0);
  return buffer;
}
