/** A point or a direction. */
export type Vector = readonly [x: number, y: number, z: number];

/** 4 x 4 numbers, column by column, as WebGL takes them. */
export type Matrix = readonly number[];

export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

export const scale = (a: Vector, factor: number): Vector => [a[0] * factor, a[1] * factor, a[2] * factor];

export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** First `b`, then `a`. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 16 }, (_, i) => {
    const [row, column] = [i % 4, 4 * Math.floor(i / 4)];
    return [0, 1, 2, 3].reduce((sum, k) => sum + a[row + 4 * k]! * b[column + k]!, 0);
  });
}

/** What is near and far ends at -1 and 1; `tangent` is that of half the vertical field of view. */
export function perspective(tangent: number, aspect: number, near: number, far: number): Matrix {
  const depth = near - far;
  return [
    [1 / (tangent * aspect), 0, 0, 0],
    [0, 1 / tangent, 0, 0],
    [0, 0, (near + far) / depth, -1],
    [0, 0, (2 * near * far) / depth, 0],
  ].flat();
}

/** Where a point comes to lie: x and y from -1 to 1 in the picture, and how far before the eye it is. */
export function project(matrix: Matrix, [x, y, z]: Vector): { x: number; y: number; distance: number } {
  const along = (row: number) =>
    matrix[row]! * x + matrix[4 + row]! * y + matrix[8 + row]! * z + matrix[12 + row]!;
  const distance = along(3);
  return { x: along(0) / distance, y: along(1) / distance, distance };
}
