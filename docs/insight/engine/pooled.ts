type Data = ArrayLike<number>;

/** A tensor from afar: each value the mean of a block of cells. Its planes stand side by side. */
export interface Pooled {
  readonly planes: number;
  /** Of one plane, as it is pooled. */
  readonly rows: number;
  readonly columns: number;
  /** Cells that a value is the mean of, along each axis. */
  readonly rowStep: number;
  readonly columnStep: number;
  /** (planes, rows, columns); NaN where there is no finite cell. */
  readonly values: Float32Array;
}

/** The most rows, and the most columns of all planes together. */
const MOST = { rows: 48, columns: 96 } as const;

/** Makes a tensor small. */
export function pooled(
  data: Data,
  { planes, rows, columns }: { planes: number; rows: number; columns: number },
): Pooled {
  const rowStep = Math.ceil(rows / MOST.rows);
  const columnStep = Math.ceil(columns / Math.max(1, Math.floor(MOST.columns / planes)));
  const [height, width] = [Math.ceil(rows / rowStep), Math.ceil(columns / columnStep)];
  const values = new Float32Array(planes * height * width);
  const counts = new Uint32Array(values.length);
  for (let plane = 0, at = 0; plane < planes; plane++) {
    for (let row = 0; row < rows; row++) {
      const start = (plane * height + Math.floor(row / rowStep)) * width;
      for (let column = 0; column < columns; column++, at++) {
        const value = data[at]!;
        if (!Number.isFinite(value)) continue;
        const place = start + Math.floor(column / columnStep);
        values[place]! += value;
        counts[place]!++;
      }
    }
  }
  for (let i = 0; i < values.length; i++) values[i] = values[i]! / counts[i]!;
  return { planes, rows: height, columns: width, rowStep, columnStep, values };
}

/** Values that are looked at to find a scale. */
const SAMPLE = 20_000;

/** What the strongest colour stands for: 98 of 100 cells are not larger, so that one of them does not pale all others. */
export function scaleOf(data: Data): number {
  const step = Math.ceil(data.length / SAMPLE);
  const sizes: number[] = [];
  for (let i = 0; i < data.length; i += step) {
    const size = Math.abs(data[i]!);
    if (Number.isFinite(size) && size > 0) sizes.push(size);
  }
  sizes.sort((a, b) => a - b);
  return sizes[Math.floor(0.98 * (sizes.length - 1))] ?? 1;
}
