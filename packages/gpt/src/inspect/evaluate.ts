import { cosinesAndSines } from "../rope.js";
import { activate } from "./activate.js";
import type { Index, Operation, Read } from "./description.js";

/** The values of a tensor, row-major. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
}

/** Finds values by name. */
export type Source = (name: string) => Values;

/** A read, ready to be followed from cell to cell: its places are counted in `data`. */
export interface OpenRead extends Values {
  readonly tensor: string;
  /** How many indices "each" stands for, and how far one is from the next; 1 and 0 where it does not occur. */
  readonly extent: number;
  readonly step: number;
  /** The place read by the cell of this index; the first of them where "each" occurs. */
  readonly place: (cell: readonly number[]) => number;
  readonly value: (cell: readonly number[]) => number;
}

/** Opens a read for many cells. */
export function open({ tensor, at }: Read, source: Source): OpenRead {
  const { shape, data } = source(tensor);
  const strides = stridesOf(shape);
  const along = at.indexOf("each");
  const indices = at.map((index) => follow(index, source));
  const place = (cell: readonly number[]) => {
    let sum = 0;
    for (let axis = 0; axis < indices.length; axis++) sum += indices[axis]!(cell) * strides[axis]!;
    return sum;
  };
  return {
    tensor,
    shape,
    data,
    extent: along < 0 ? 1 : shape[along]!,
    step: along < 0 ? 0 : strides[along]!,
    place,
    value: (cell) => data[place(cell)]!,
  };
}

function follow(index: Index, source: Source): (cell: readonly number[]) => number {
  if (index === "each") return () => 0;
  if (typeof index === "number") return () => index;
  if ("value" in index) return open(index.value, source).value;
  const { axis, over = 1, modulo = Infinity, times = 1, plus = 0 } = index;
  if (over === 1 && modulo === Infinity && times === 1 && plus === 0) return (cell) => cell[axis]!;
  const rest = follow(plus, source);
  const scaled =
    modulo === Infinity
      ? (i: number) => Math.floor(i / over) * times
      : (i: number) => (Math.floor(i / over) % modulo) * times;
  return (cell) => scaled(cell[axis]!) + rest(cell);
}

/** Distances between neighbours along each axis. */
function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** What an operation makes of the values it reads, cell by cell. */
export function evaluator(operation: Operation, source: Source): (cell: readonly number[]) => number {
  const opened = (read: Read) => open(read, source);
  const maybe = (read: Read | undefined, absent: number) => (read ? opened(read).value : () => absent);
  switch (operation.kind) {
    case "copy":
    case "lookup":
      return opened(operation.x).value;
    case "add": {
      const terms = operation.terms.map(opened);
      return (cell) => terms.reduce((sum, { value }) => sum + value(cell), 0);
    }
    case "multiply": {
      const [a, b] = [opened(operation.a), opened(operation.b)];
      return (cell) => a.value(cell) * b.value(cell);
    }
    case "scale": {
      const x = opened(operation.x);
      return (cell) => operation.factor * x.value(cell);
    }
    case "dot": {
      const [a, b] = [opened(operation.a), opened(operation.b)];
      const { scale = 1 } = operation;
      const bias = maybe(operation.bias, 0);
      return (cell) => scale * dot(a, a.place(cell), b, b.place(cell)) + bias(cell);
    }
    case "mean": {
      const x = opened(operation.x);
      return (cell) => total(x, x.place(cell), (value) => value) / x.extent;
    }
    case "max": {
      const x = opened(operation.x);
      return (cell) => {
        let largest = -Infinity;
        for (let i = 0, at = x.place(cell); i < x.extent; i++, at += x.step) {
          largest = Math.max(largest, x.data[at]!);
        }
        return largest;
      };
    }
    case "rstd": {
      const x = opened(operation.x);
      const mean = maybe(operation.mean, 0);
      return (cell) => {
        const middle = mean(cell);
        const variance = total(x, x.place(cell), (value) => (value - middle) ** 2) / x.extent;
        return 1 / Math.sqrt(variance + operation.eps);
      };
    }
    case "norm": {
      const [x, rstd] = [opened(operation.x), opened(operation.rstd)];
      const mean = maybe(operation.mean, 0);
      const gain = operation.gain ? opened(operation.gain).value : () => 1 - operation.gainOffset;
      const bias = maybe(operation.bias, 0);
      return (cell) =>
        (x.value(cell) - mean(cell)) * rstd.value(cell) * (gain(cell) + operation.gainOffset) + bias(cell);
    }
    case "rotate": {
      const [x, table] = [opened(operation.x), opened(operation.table)];
      return (cell) => {
        const turn = turnOf(operation, cell.at(-1)!);
        const own = x.place(cell);
        if (!turn) return x.data[own]!;
        const angle = table.place(cell);
        const { other, cos, sin, sign } = turn;
        return (
          x.data[own]! * table.data[angle + cos]! + sign * x.data[own + other]! * table.data[angle + sin]!
        );
      };
    }
    case "angles": {
      const { rope, blockSize } = operation;
      const length = positionsOf(source);
      const table = cosinesAndSines(rope, blockSize, length, length);
      return ([position, column]) => table[position! * rope.rotaryDim + column!]!;
    }
    case "mask": {
      const x = opened(operation.x);
      return (cell) => (sees(operation.window, cell) ? x.value(cell) : -Infinity);
    }
    case "sum-exp": {
      const [x, max] = [opened(operation.x), opened(operation.max)];
      return (cell) => {
        const largest = max.value(cell);
        return total(x, x.place(cell), (value) => Math.exp(value - largest));
      };
    }
    case "softmax": {
      const [x, max, sum] = [opened(operation.x), opened(operation.max), opened(operation.sum)];
      return (cell) => Math.exp(x.value(cell) - max.value(cell)) / sum.value(cell);
    }
    case "softcap": {
      const x = opened(operation.x);
      return (cell) => operation.cap * Math.tanh(x.value(cell) / operation.cap);
    }
    case "activation": {
      const x = opened(operation.x);
      return (cell) => activate(operation.function, x.value(cell));
    }
  }
}

/** How many positions the captured pass has. */
export function positionsOf(source: Source): number {
  return source("ids").shape[1]!;
}

/** All cells of a tensor of this shape. */
export function evaluate(
  operation: Operation,
  shape: readonly number[],
  source: Source,
  into: Float32Array | Float64Array,
): void {
  const compute = evaluator(operation, source);
  const cell = shape.map(() => 0);
  for (let i = 0; i < into.length; i++) {
    into[i] = compute(cell);
    for (let axis = shape.length - 1; axis >= 0 && ++cell[axis]! === shape[axis]; axis--) cell[axis] = 0;
  }
}

/** The other column of a rotated column's pair, counted from it, and which columns of the table turn the pair. */
export function turnOf(
  { rotaryDim, interleaved }: { readonly rotaryDim: number; readonly interleaved: boolean },
  column: number,
): { other: number; cos: number; sin: number; sign: 1 | -1 } | null {
  if (column >= rotaryDim) return null;
  const half = rotaryDim / 2;
  const isFirst = interleaved ? column % 2 === 0 : column < half;
  const pair = interleaved ? Math.floor(column / 2) : column % half;
  const distance = interleaved ? 1 : half;
  return { other: isFirst ? distance : -distance, cos: pair, sin: half + pair, sign: isFirst ? -1 : 1 };
}

/** Whether the query of a score, the last index but one, sees its key, the last. */
export function sees(window: number, cell: readonly number[]): boolean {
  const [query, key] = cell.slice(-2) as [number, number];
  return key <= query && (window === 0 || query - key < window);
}

function dot(a: OpenRead, aAt: number, b: OpenRead, bAt: number): number {
  let sum = 0;
  const extent = Math.min(a.extent, b.extent);
  for (let i = 0; i < extent; i++) sum += a.data[aAt + i * a.step]! * b.data[bAt + i * b.step]!;
  return sum;
}

function total({ data, extent, step }: OpenRead, place: number, term: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < extent; i++) sum += term(data[place + i * step]!);
  return sum;
}
