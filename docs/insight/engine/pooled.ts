import type { TensorDescription } from "@llm/gpt/inspect";

type Data = ArrayLike<number>;

/** A tensor from afar: each value the mean of a block of cells, or the largest of them. Its planes stand side by side. */
export interface Pooled {
  readonly planes: number;
  /** Of one plane, as it is pooled. */
  readonly rows: number;
  readonly columns: number;
  /** Cells that a value stands for, along each axis. */
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
  by: "mean" | "largest" = "mean",
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
        if (by === "mean") values[place]! += value;
        else values[place] = counts[place] ? Math.max(values[place]!, value) : value;
        counts[place]!++;
      }
    }
  }
  for (let i = 0; i < values.length; i++) {
    if (by === "mean" || counts[i] === 0) values[i] = values[i]! / counts[i]!;
  }
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

/** How a tensor is coloured. */
export interface Look {
  /** What the strongest colour stands for. */
  readonly scale: number;
  /** Shares of a whole, from 0 to 1: weights of attention, and probabilities. */
  readonly isShare: boolean;
}

/** The name of the probabilities of all tokens. */
const PROBABILITIES = "probabilities";

/** Probabilities share the scale of the largest: of many tokens hardly one is near 1. */
export function lookOf({ name, cell }: TensorDescription, data: Data): Look {
  if (cell?.kind !== "softmax") return { scale: scaleOf(data), isShare: false };
  const isOfTokens = name === PROBABILITIES;
  return { scale: isOfTokens ? largestOf(data) : 1, isShare: true };
}

/** From afar the mean of many probabilities is next to nothing, and the largest tells where one is. */
export const poolingOf = ({ name }: TensorDescription) => (name === PROBABILITIES ? "largest" : "mean");

function largestOf(data: Data): number {
  let largest = 0;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, data[i]!);
  return largest || 1;
}
