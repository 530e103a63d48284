// Weights in fewer bits than float32: for decoding, and as what adapters stand on. They are not trained.
import { keep, linear, quantizedLinear, reshape, scope, type Tensor, tensor } from "@llm/tensor";
import { ACTIVATIONS } from "./activations.js";
import { WeightsError } from "./errors.js";
import type { Weight } from "./layout.js";
import type { ProductOptions } from "./pass.js";

/** The types that matrices of a model can have in memory. */
export type WeightDType = "float32" | "bfloat16" | "int8";

/** A weight that cannot be trained. */
export interface FrozenWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Exclude<WeightDType, "float32">;
  /** As operations take it that can; a matrix in 8 bits is only multiplied by. */
  readonly tensor: Tensor | null;
  /** x times it, as the network asks. */
  multiply(x: Tensor, options: ProductOptions): Tensor;
  /** The numbers that it stands for, in row-major order. */
  data(): Promise<Float32Array>;
  /** The same weight under another handle: nothing is copied. */
  share(): FrozenWeight;
  dispose(): void;
}

const MATRIX = /\.(c_attn|c_proj|c_fc)\.weight$/;
const TABLE = /^wte\.|^lm_head\.weight$|\.value_embedding\./;

/**
 * The type that a weight is stored in: matrices of blocks in the model's, tables and the head in bfloat16 at least, because
 * they are looked up in, and the logits are the most sensitive; everything else is small and stays in float32.
 */
export function storedType(name: string, dtype: WeightDType): WeightDType {
  if (MATRIX.test(name)) return dtype;
  return TABLE.test(name) && dtype !== "float32" ? "bfloat16" : "float32";
}

/** Stores a weight in fewer bits. */
export function freeze(
  { name, shape }: Weight,
  values: ArrayLike<number>,
  dtype: FrozenWeight["dtype"],
): FrozenWeight {
  if (dtype === "bfloat16")
    return new Rounded(
      name,
      outliving(() => tensor(values, shape, "bfloat16")),
    );
  const [inputs, outputs] = shape as [number, number];
  const { integers, scales } = quantized(name, values, inputs, outputs);
  return new Quantized(name, shape, {
    values: outliving(() => tensor(integers, [outputs, inputs], "int8")),
    scales: outliving(() => tensor(scales, [outputs])),
  });
}

/** Made outside of every scope: weights live until they are disposed of. */
const outliving = (make: () => Tensor) => keep(scope(make));

class Rounded implements FrozenWeight {
  readonly name: string;
  readonly dtype = "bfloat16";
  readonly tensor: Tensor;

  constructor(name: string, tensor: Tensor) {
    this.name = name;
    this.tensor = tensor;
  }

  get shape(): readonly number[] {
    return this.tensor.shape;
  }

  multiply(x: Tensor, { bias, activation, transposed = false }: ProductOptions): Tensor {
    return linear(x, this.tensor, bias, activation ? { transposed, activation } : { transposed });
  }

  async data(): Promise<Float32Array> {
    const bits = await this.tensor.data();
    return new Float32Array(Uint32Array.from(bits, (each) => each << 16).buffer);
  }

  share(): FrozenWeight {
    return new Rounded(
      this.name,
      outliving(() => reshape(this.tensor, this.shape)),
    );
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

/** A matrix [in, out] as integers times a scale for each output; kept as (out, in). */
class Quantized implements FrozenWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype = "int8";
  readonly tensor = null;
  readonly #matrix: { values: Tensor; scales: Tensor };

  constructor(name: string, shape: readonly number[], matrix: { values: Tensor; scales: Tensor }) {
    this.name = name;
    this.shape = shape;
    this.#matrix = matrix;
  }

  multiply(x: Tensor, { bias, activation }: ProductOptions): Tensor {
    const product = quantizedLinear(x, this.#matrix, bias);
    return activation ? ACTIVATIONS[activation](product) : product;
  }

  async data(): Promise<Float32Array> {
    const [integers, scales] = await Promise.all([this.#matrix.values.data(), this.#matrix.scales.data()]);
    const [inputs, outputs] = this.shape as [number, number];
    const values = new Float32Array(inputs * outputs);
    eachColumn(inputs, outputs, (k, n) => {
      values[k * outputs + n] = integers[n * inputs + k]! * scales[n]!;
    });
    return values;
  }

  share(): FrozenWeight {
    const { values, scales } = this.#matrix;
    return new Quantized(this.name, this.shape, {
      values: outliving(() => reshape(values, values.shape)),
      scales: outliving(() => reshape(scales, scales.shape)),
    });
  }

  dispose(): void {
    this.#matrix.values.dispose();
    this.#matrix.scales.dispose();
  }
}

/** Each column of a matrix (inputs, outputs) as multiples of its largest value / 127, and as a row. */
function quantized(name: string, values: ArrayLike<number>, inputs: number, outputs: number) {
  const scales = new Float32Array(outputs);
  for (let k = 0; k < inputs; k++) {
    for (let n = 0; n < outputs; n++) {
      const value = values[k * outputs + n]!;
      if (!Number.isFinite(value)) {
        throw new WeightsError(`${name} has the value ${value}, which int8 cannot hold; load it in bfloat16`);
      }
      scales[n] = Math.max(scales[n]!, Math.abs(value));
    }
  }
  for (let n = 0; n < outputs; n++) scales[n] = scales[n]! / 127;
  const integers = new Int8Array(inputs * outputs);
  eachColumn(inputs, outputs, (k, n) => {
    const scale = scales[n]!;
    if (scale > 0) integers[n * inputs + k] = Math.round(values[k * outputs + n]! / scale);
  });
  return { integers, scales };
}

/** Every (row, column), some columns at a time: a row of them is one line of the cache, and so is what they become. */
function eachColumn(rows: number, columns: number, visit: (row: number, column: number) => void): void {
  for (let from = 0; from < columns; from += 32) {
    for (let row = 0; row < rows; row++) {
      for (let column = from; column < Math.min(from + 32, columns); column++) visit(row, column);
    }
  }
}
