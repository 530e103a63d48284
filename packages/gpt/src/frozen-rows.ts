// Weights that are stored in fewer bits as their rows are read: the whole of a table never exists in 32 bits.
import { quantizeGroups, type Tensor, write, zeros } from "@llm/tensor";
import {
  type FrozenWeight,
  Grouped,
  isTable,
  outliving,
  outlivingGroups,
  Rounded,
  refuseInfinite,
  type WeightDType,
} from "./frozen.js";
import type { Weight } from "./layout.js";
import type { WeightRows } from "./weight-files.js";

/** Numbers that are in 32 bits at a time, about. */
const AT_ONCE = 2 ** 18;
/** Rows that groups pack together. */
const PANEL = 16;

/** How many rows are best stored at a time, in the order in which they are stored; undefined where the weight must be whole. */
export function rowsAtOnce(
  { weight: { name, shape }, transposed, starts }: WeightRows,
  dtype: WeightDType,
): number | undefined {
  if (dtype === "float32" || shape.length !== 2) return undefined;
  const inGroups = dtype !== "bfloat16";
  // Groups are of the rows that are multiplied by: tables have them as rows, other matrices as columns.
  if (transposed !== (inGroups && !isTable(name))) return undefined;
  if (inGroups && starts.some((start) => start % PANEL !== 0)) return undefined;
  const columns = transposed ? shape[0]! : shape[1]!;
  return PANEL * Math.max(1, Math.floor(AT_ONCE / PANEL / columns));
}

/** A weight whose rows come `rowsAtOnce` at a time. */
export class FrozenRows {
  readonly #weight: Weight;
  readonly #dtype: FrozenWeight["dtype"];
  /** (rows, columns), as it is stored. */
  readonly #shape: readonly [number, number];
  #stored: Tensor | null = null;
  #missing: number;

  constructor(weight: Weight, dtype: FrozenWeight["dtype"]) {
    const [first, last] = weight.shape as [number, number];
    this.#weight = weight;
    this.#dtype = dtype;
    this.#shape = dtype === "bfloat16" || isTable(weight.name) ? [first, last] : [last, first];
    this.#missing = first * last;
  }

  /** How many rows so many values are. */
  rowsIn({ length }: ArrayLike<number>): number {
    return length / this.#shape[1];
  }

  /** Takes rows from number `first` on; answers the weight when it has all. */
  async add(values: ArrayLike<number>, first: number): Promise<FrozenWeight | null> {
    const { name, shape } = this.#weight;
    const [rows, columns] = this.#shape;
    const bits = this.#dtype === "int4" ? 4 : 8;
    if (this.#dtype === "bfloat16") {
      this.#stored ??= outliving(() => zeros(shape, "bfloat16"));
      write(this.#stored, values, first * columns);
    } else {
      refuseInfinite(name, values, this.#dtype);
      const packRows = () => quantizeGroups(values, [this.rowsIn(values), columns], { bits });
      const { packed } = outlivingGroups(packRows);
      try {
        const [, bytes] = packed.shape as [number, number];
        this.#stored ??= outliving(() => zeros([Math.ceil(rows / PANEL), bytes], "int8"));
        write(this.#stored, await packed.data(), (first / PANEL) * bytes);
      } finally {
        packed.dispose();
      }
    }
    this.#missing -= values.length;
    if (this.#missing > 0) return null;
    const stored = this.#stored;
    this.#stored = null;
    if (this.#dtype === "bfloat16") return new Rounded(name, stored);
    return new Grouped(name, shape, { shape: [rows, columns], bits, packed: stored });
  }

  dispose(): void {
    this.#stored?.dispose();
  }
}
