// Which two columns of a head are rotated together: i and i + n / 2 in models of Hugging Face's kind, 2 i and 2 i + 1 in
// llama.cpp's. Rows of what makes queries and keys change places between the two, and nothing else changes.

/** How heads lie in the rows of a tensor. */
export interface Heads {
  readonly headDim: number;
  /** How many rows of a head are rotated. */
  readonly rotaryDim: number;
}

/** Rows of halves, put as neighbours. */
export function toNeighbours(values: Float32Array, rows: number, heads: Heads): Float32Array {
  return moved(values, rows, heads, (half, neighbour) => [half, neighbour]);
}

/** Rows of neighbours, put as halves. */
export function toHalves(values: Float32Array, rows: number, heads: Heads): Float32Array {
  return moved(values, rows, heads, (half, neighbour) => [neighbour, half]);
}

function moved(
  values: Float32Array,
  rows: number,
  { headDim, rotaryDim }: Heads,
  way: (half: number, neighbour: number) => [from: number, to: number],
): Float32Array {
  const out = values.slice();
  const width = values.length / rows;
  for (let head = 0; head < rows; head += headDim) {
    for (let i = 0; i < rotaryDim; i++) {
      const [from, to] = way(i, i < rotaryDim / 2 ? 2 * i : 2 * i - rotaryDim + 1);
      out.set(values.subarray((head + from) * width, (head + from + 1) * width), (head + to) * width);
    }
  }
  return out;
}
