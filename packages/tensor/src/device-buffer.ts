/** The element type of a tensor: values are float32, token ids int32, quantised weights int8, frozen weights perhaps bfloat16. */
export type DType = "float32" | "int32" | "int8" | "bfloat16";

/** Nonlinearities an engine can apply; "gelu" is the tanh form that GPT-2 was trained with. */
export type Activation = "gelu" | "gelu-erf" | "relu2" | "silu";

/**
 * What reading a tensor back gives; Float64Array only on `reference` with `precision: "float64"`, Uint16Array the bits of
 * bfloat16.
 */
export type TensorData = Float32Array | Float64Array | Int32Array | Int8Array | Uint16Array;

/** Storage owned by an engine. Only that engine knows what is in it. */
export interface DeviceBuffer {
  readonly length: number;
  readonly dtype: DType;
}

/** A result and whether it is added to what is already there. */
export interface Into {
  readonly buffer: DeviceBuffer;
  readonly accumulate: boolean;
}

/** Two 32-bit words that, with an element's index, decide its random bits. */
export type RandomKey = readonly [number, number];
