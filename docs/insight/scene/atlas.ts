/** The values of a panel: rows and columns of cells, or of means of cells. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Texels of a row of the texture. */
export const ATLAS_WIDTH = 2048;
/** What stands for a value that is no finite number; a texture may not keep NaN. */
const NO_NUMBER = -3e38;

/**
 * All values in one texture, one after the other. Behind a grid's cells stand the means of 2 x 2 cells, then of 4 x 4, down to a
 * single one: a picture from afar is made of them.
 *
 * @returns where each grid begins
 */
export function atlasOf(grids: readonly Grid[]): { texels: Float32Array; height: number; first: number[] } {
  const first: number[] = [];
  let length = 0;
  for (const { rows, columns } of grids) {
    first.push(length);
    for (const level of levels(rows, columns)) length += level.rows * level.columns;
  }
  const height = Math.max(1, Math.ceil(length / ATLAS_WIDTH));
  const texels = new Float32Array(ATLAS_WIDTH * height);
  for (const [i, { rows, columns, values }] of grids.entries()) {
    let at = first[i]!;
    for (let j = 0; j < rows * columns; j++) {
      texels[at + j] = Number.isFinite(values[j]!) ? values[j]! : NO_NUMBER;
    }
    for (const level of levels(rows, columns)) {
      const next = at + level.rows * level.columns;
      if (level.rows * level.columns > 1) halve(texels, at, level, next);
      at = next;
    }
  }
  return { texels, height, first };
}

function levels(rows: number, columns: number): { rows: number; columns: number }[] {
  const all = [{ rows, columns }];
  while (rows > 1 || columns > 1) {
    rows = Math.ceil(rows / 2);
    columns = Math.ceil(columns / 2);
    all.push({ rows, columns });
  }
  return all;
}

function halve(
  texels: Float32Array,
  from: number,
  { rows, columns }: { rows: number; columns: number },
  into: number,
): void {
  for (let row = 0; row < rows; row += 2) {
    for (let column = 0; column < columns; column += 2, into++) {
      let [sum, count] = [0, 0];
      for (let y = row; y < Math.min(rows, row + 2); y++) {
        for (let x = column; x < Math.min(columns, column + 2); x++) {
          const value = texels[from + y * columns + x]!;
          if (value === NO_NUMBER) continue;
          sum += value;
          count++;
        }
      }
      texels[into] = count > 0 ? sum / count : NO_NUMBER;
    }
  }
}
