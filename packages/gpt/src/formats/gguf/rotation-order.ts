// Which two columns of a head are rotated together: i and i + n / 2 in models of Hugging Face's kind, 2 i and 2 i + 1 in
// llama.cpp's. Rows of what makes queries and keys change places between the two, and nothing else changes.

/** Rows of halves, (rows, ..), put as neighbours. */
export function toNeighbours(values: Float32Array, rows: number, headDim: number): Float32Array {
  return moved(values, rows, headDim, (half, neighbour) => [half, neighbour]);
}

/** Rows of neighbours, put as halves. */
export function toHalves(values: Float32Array, rows: number, headDim: number): Float32Array {
  return moved(values, rows, headDim, (half, neighbour) => [neighbour, half]);
}

function moved(
  values: Float32Array,
  rows: number,
  headDim: number,
  way: (half: number, neighbour: number) => [from: number, to: number],
): Float32Array {
  const out = values.slice();
  const width = values.length / rows;
  for (let head = 0; head < rows; head += headDim) {
    for (let i = 0; i < headDim; i++) {
      const [from, to] = way(i, i < headDim / 2 ? 2 * i : 2 * i - headDim + 1);
      out.set(values.subarray((head + from) * width, (head + from + 1) * width), (head + to) * width);
    }
  }
  return out;
}
