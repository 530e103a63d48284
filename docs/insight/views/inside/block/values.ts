import type { Overview } from "../../../engine/inside.js";
import type { Model } from "../../../model.js";
import { type BlockTensors, blockTensors, type Part } from "./tensors.js";

/** Rows of a tensor, one a token: of one head where it has heads. */
export interface PartRows {
  readonly tensor: string;
  readonly columns: number;
  /** (T, columns) */
  readonly values: Float32Array;
  /** The index in the tensor of a cell of these rows. */
  index(row: number, column: number): number[];
}

/** A block's values in a pass, as they were captured. */
export class BlockValues {
  readonly overview: Overview;
  readonly layer: number;
  readonly tensors: BlockTensors;
  readonly #cells: Readonly<Record<string, Float32Array>>;

  constructor(
    overview: Overview,
    layer: number,
    tensors: BlockTensors,
    cells: Readonly<Record<string, Float32Array>>,
  ) {
    this.overview = overview;
    this.layer = layer;
    this.tensors = tensors;
    this.#cells = cells;
  }

  /** A part's rows. Where several queries share a key, it is the key of this head. */
  rows(part: Part, head: number): PartRows {
    const tensor = this.tensors.names[part]!;
    const values = this.#cells[tensor]!;
    const { shape } = this.overview.pictures[tensor]!;
    const [T, columns] = shape.slice(-2) as [number, number];
    const { heads } = this.overview.attention[this.layer]!;
    // A table has rows for positions that the text does not reach.
    if (shape.length === 2) {
      const rows = values.subarray(0, this.overview.ids.length * columns);
      return { tensor, columns, values: rows, index: (row, column) => [row, column] };
    }
    if (shape.length === 4) {
      const own = Math.floor((head * shape[1]!) / heads);
      const rows = values.subarray(own * T * columns, (own + 1) * T * columns);
      return { tensor, columns, values: rows, index: (row, column) => [0, own, row, column] };
    }
    if (part !== "found") return { tensor, columns, values, index: (row, column) => [0, row, column] };
    // The heads' findings stand side by side.
    const width = columns / heads;
    const start = head * width;
    const rows = new Float32Array(T * width);
    for (let row = 0; row < T; row++)
      rows.set(values.subarray(row * columns + start, row * columns + start + width), row * width);
    return { tensor, columns: width, values: rows, index: (row, column) => [0, row, start + column] };
  }

  /** What a norm made of a token: the mean that it takes away, and what the rest is multiplied by. */
  norm(part: Part, head: number, token: number): { mean?: number; rstd: number } | undefined {
    const norm = this.tensors.norms[part];
    if (!norm) return undefined;
    const T = this.overview.ids.length;
    const of = (name: string) => {
      const values = this.#cells[name]!;
      const { heads } = this.overview.attention[this.layer]!;
      // (1, T), or (1, heads, T) of queries and keys
      const own = Math.floor((head * values.length) / T / heads);
      return values[values.length > T ? own * T + token : token]!;
    };
    return { ...(norm.mean !== undefined && { mean: of(norm.mean) }), rstd: of(norm.rstd) };
  }
}

/** Asks for the values of one block, and keeps those of the last one. */
export class BlockHolder {
  readonly #model: Model;
  readonly #signal: AbortSignal;
  #values: BlockValues | undefined;

  constructor(model: Model, signal: AbortSignal) {
    this.#model = model;
    this.#signal = signal;
  }

  async of(overview: Overview, layer: number): Promise<BlockValues> {
    const kept = this.#values;
    if (kept?.overview === overview && kept.layer === layer) return kept;
    const tensors = blockTensors(overview, layer);
    const norms = Object.values(tensors.norms).flatMap(({ mean, rstd }) => [mean ?? rstd, rstd]);
    const names = [...new Set([...Object.values(tensors.names), ...norms])];
    const cells = await this.#model.call("cellsOf", names, this.#signal);
    this.#values = new BlockValues(overview, layer, tensors, cells);
    return this.#values;
  }
}

/** How long a row is, as a vector. */
export function lengthOf({ values, columns }: PartRows, row: number): number {
  const own = values.subarray(row * columns, (row + 1) * columns);
  return Math.sqrt(own.reduce((sum, x) => sum + x * x, 0));
}
