// Weights in fewer bits than float32: for decoding, and as what adapters stand on. They are not trained.
import {
  dequantizeGroups,
  embedding,
  type GroupedWeight,
  groupedEmbedding,
  groupedLinear,
  keep,
  linear,
  quantizeGroups,
  reshape,
  scope,
  type Tensor,
  tensor,
} from "@llm/tensor";
import { ACTIVATIONS } from "./activations.js";
import { WeightsError } from "./errors.js";
import type { Weight } from "./layout.js";
import type { LookUpOptions, ProductOptions } from "./pass.js";

/** The types that matrices of a model can have in memory. */
export type WeightDType = "float32" | "bfloat16" | "int8" | "int4";

/** A weight that cannot be trained. */
export interface FrozenWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Exclude<WeightDType, "float32">;
  /** As operations take it that can; one in groups is only multiplied by and looked up in. */
  readonly tensor: Tensor | null;
  /** x times it, as the network asks. */
  multiply(x: Tensor, options: ProductOptions): Tensor;
  /** Rows of it, as `embedding` of @llm/tensor looks them up. */
  lookUp(ids: Tensor, options: LookUpOptions): Tensor;
  /** The numbers that it stands for, in row-major order. */
  data(): Promise<Float32Array>;
  /** The same weight under another handle: nothing is copied. */
  share(): FrozenWeight;
  dispose(): void;
}

const MATRIX = /\.(c_attn|c_proj|c_fc)\.weight$/;
const TABLE = /^wte\.|^lm_head\.weight$/;
const VALUES = /\.value_embedding\./;

/** Whether a weight is (vocabulary, columns): looked up in, or the head. Other matrices are [in, out]. */
export const isTable = (name: string) => TABLE.test(name);

/**
 * The type that a weight is stored in: matrices of blocks in the model's, the embedding and the head in 8 bits at least, because
 * the logits are the most sensitive; everything else is small and stays in float32.
 */
export function storedType(name: string, dtype: WeightDType): WeightDType {
  if (MATRIX.test(name)) return dtype;
  if (dtype === "float32") return dtype;
  if (isTable(name)) return dtype === "int4" ? "int8" : dtype;
  return VALUES.test(name) ? "bfloat16" : "float32";
}

/** Bytes of a matrix in groups: a half for each 32 numbers of 16 rows at a time, beside the integers. */
export function groupedBytes(name: string, shape: readonly number[], dtype: "int8" | "int4"): number {
  const [outputs, inputs] = isTable(name) ? shape : shape.toReversed();
  const groups = 16 * Math.ceil(outputs! / 16) * Math.ceil(inputs! / 32);
  return groups * (2 + (dtype === "int8" ? 32 : 16));
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
  refuseInfinite(name, values, dtype);
  const [first, last] = shape as [number, number];
  const options = { bits: dtype === "int8" ? 8 : 4 } as const;
  const pack = () =>
    isTable(name)
      ? quantizeGroups(values, [first, last], options)
      : quantizeGroups(transposedRows(values, first, last), [last, first], options);
  return new Grouped(name, shape, outlivingGroups(pack));
}

/** @throws {WeightsError} for a value that no group can hold */
export function refuseInfinite(name: string, values: ArrayLike<number>, dtype: WeightDType): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new WeightsError(
      `${name} has the value ${values[i]}, which ${dtype} cannot hold; load it in bfloat16`,
    );
  }
}

/** Made outside of every scope: weights live until they are disposed of. */
export const outliving = (make: () => Tensor) => keep(scope(make));

export function outlivingGroups(make: () => GroupedWeight): GroupedWeight {
  return scope(() => {
    const weight = make();
    keep(weight.packed);
    return weight;
  });
}

export class Rounded implements FrozenWeight {
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

  lookUp(ids: Tensor, options: LookUpOptions): Tensor {
    return embedding(ids, this.tensor, options);
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

/** A matrix in groups; kept as (out, in), whichever way round the model has it. */
export class Grouped implements FrozenWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly tensor = null;
  readonly #weight: GroupedWeight;

  constructor(name: string, shape: readonly number[], weight: GroupedWeight) {
    this.name = name;
    this.shape = shape;
    this.#weight = weight;
  }

  get dtype(): "int8" | "int4" {
    return this.#weight.bits === 8 ? "int8" : "int4";
  }

  multiply(x: Tensor, { bias, activation }: ProductOptions): Tensor {
    const product = groupedLinear(x, this.#weight, bias);
    return activation ? ACTIVATIONS[activation](product) : product;
  }

  lookUp(ids: Tensor, options: LookUpOptions): Tensor {
    return groupedEmbedding(ids, this.#weight, options);
  }

  async data(): Promise<Float32Array> {
    const stored = await dequantizeGroups(this.#weight);
    if (isTable(this.name)) return stored;
    const [inputs, outputs] = this.shape as [number, number];
    const values = new Float32Array(inputs * outputs);
    eachColumn(inputs, outputs, (k, n) => {
      values[k * outputs + n] = stored[n * inputs + k]!;
    });
    return values;
  }

  share(): FrozenWeight {
    const { packed } = this.#weight;
    const shared = outliving(() => reshape(packed, packed.shape));
    return new Grouped(this.name, this.shape, { ...this.#weight, packed: shared });
  }

  dispose(): void {
    this.#weight.packed.dispose();
  }
}

/** Rows `first` to `first + count - 1` of the transpose of a matrix (inputs, outputs). */
function transposedRows(values: ArrayLike<number>, inputs: number, outputs: number) {
  return (first: number, count: number): Float32Array => {
    const rows = new Float32Array(count * inputs);
    for (let k = 0; k < inputs; k++) {
      for (let n = 0; n < count; n++) rows[n * inputs + k] = values[k * outputs + first + n]!;
    }
    return rows;
  };
}

/** Every (row, column), some columns at a time: a row of them is one line of the cache, and so is what they become. */
function eachColumn(rows: number, columns: number, visit: (row: number, column: number) => void): void {
  for (let from = 0; from < columns; from += 32) {
    for (let row = 0; row < rows; row++) {
      for (let column = from; column < Math.min(from + 32, columns); column++) visit(row, column);
    }
  }
}
