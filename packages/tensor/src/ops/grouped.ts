import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import { type GroupBits, PANEL, packPanel, panelsOf, unpackRow } from "../groups.js";
import { Storage } from "../storage.js";
import { record, tracked } from "../tape.js";
import { adopt, result, show, storageOf, type Tensor, tensor } from "../tensor.js";
import { requireOptions, requireShape, requireType, rowsOf } from "./checks.js";
import { EMBEDDING, type EmbeddingOptions, embedding } from "./embedding.js";

/** A matrix (N, K) in 4 or 8 bits, with a scale for each 32 columns of a row. */
export interface GroupedWeight {
  readonly shape: readonly [number, number];
  readonly bits: GroupBits;
  /** Scales and integers, as src/groups.ts lays them out. */
  readonly packed: Tensor; // int8 (ceil(N / 16), bytes of 16 rows)
}

/** What a weight is made of: all values, row by row, or a function that gives `count` rows from `first` on. */
export type WeightRows = ArrayLike<number> | ((first: number, count: number) => ArrayLike<number>);

/** How a weight is packed. */
export interface QuantizeGroupsOptions {
  /** Bits of an integer: 8 take 8.5 with the scales, 4 take 4.5. Default 8. */
  bits?: GroupBits;
}

/** Bytes that are packed before they go to the engine. */
const SLAB = 1 << 22;

/**
 * Packs a weight (N, K) for inference: each 32 columns of a row become integers times a scale, which is a half: max |w| / 127
 * in 8 bits, and in 4 bits the value of the largest magnitude / -8, as in llama.cpp's q8_0 and q4_0. Where the values come from
 * a function, 16 rows at a time are asked for, and the whole never exists in 32 bits.
 * @throws ShapeError for a shape that is no matrix, and for a value that is not finite or too large for half a scale
 */
export function quantizeGroups(
  values: WeightRows,
  shape: readonly number[],
  options: QuantizeGroupsOptions = {},
): GroupedWeight {
  const op = "quantizeGroups";
  requireOptions(op, options, { bits: "any" });
  const { bits = 8 } = options;
  if (bits !== 4 && bits !== 8) throw new ShapeError(`${op}: bits is ${bits}. Choose 4 or 8.`);
  const [n, columns] = shape;
  if (shape.length !== 2 || ![n, columns].every((extent) => Number.isSafeInteger(extent) && extent! > 0)) {
    throw new ShapeError(`${op}: the shape is ${show(shape)}, but (rows, columns) is needed.`);
  }
  if (typeof values !== "function" && values.length !== n! * columns!) {
    throw new ShapeError(
      `${op}: ${values.length} values do not fill shape ${show(shape)}, which holds ${n! * columns!}.`,
    );
  }
  const { panels, blocks, bytes } = panelsOf(n!, columns!, bits);
  const panelBytes = blocks * bytes;
  const on = engine();
  const packed = adopt([panels, panelBytes], "int8", new Storage(on, panels * panelBytes, "int8"));
  const { buffer } = storageOf(packed, op);
  const rowsFrom = rowsOfValues(values, columns!);
  const slab = new Uint8Array(panelBytes * Math.min(panels, Math.max(1, Math.floor(SLAB / panelBytes))));
  for (let panel = 0; panel < panels; ) {
    const first = panel;
    for (let at = 0; at < slab.length && panel < panels; at += panelBytes, panel++) {
      const rows = Math.min(PANEL, n! - panel * PANEL);
      const to = slab.subarray(at, at + panelBytes);
      const wrong = packPanel(rowsFrom(panel * PANEL, rows), rows, columns!, bits, to);
      if (wrong === undefined) continue;
      packed.dispose();
      throw new ShapeError(`${op}: the value ${wrong} is beyond what groups in ${bits} bits can hold.`);
    }
    const used = (panel - first) * panelBytes;
    on.upload(buffer, new Int8Array(slab.buffer, 0, used), first * panelBytes);
  }
  return { shape: [n!, columns!], bits, packed };
}

function rowsOfValues(values: WeightRows, columns: number) {
  if (typeof values === "function") {
    return (first: number, count: number) => {
      const some = values(first, count);
      if (some.length === count * columns) return some;
      throw new ShapeError(
        `quantizeGroups: ${some.length} values are not ${count} rows of ${columns}, from row ${first} on.`,
      );
    };
  }
  const all = values instanceof Float32Array ? values : Float32Array.from(values);
  return (first: number, count: number) => all.subarray(first * columns, (first + count) * columns);
}

/** The numbers that a packed weight (N, K) stands for, row by row. */
export async function dequantizeGroups({ packed, shape, bits }: GroupedWeight): Promise<Float32Array> {
  const [n, columns] = shape;
  const bytes = await packed.data();
  const values = new Float32Array(n * columns);
  for (let row = 0; row < n; row++) unpackRow(bytes, row, columns, bits, values, row * columns);
  return values;
}

/** The storage of a packed weight, checked to be one. */
function storageOfGroups(op: string, { packed, shape, bits }: GroupedWeight): Storage {
  requireType(op, "weight.packed", packed, "int8");
  const [n, columns] = shape;
  const { panels, blocks, bytes } = panelsOf(n, columns, bits);
  if (packed.size !== panels * blocks * bytes) {
    throw new ShapeError(
      `${op}: weight.packed has shape ${show(packed.shape)}, but a weight of shape ${show(shape)} in ${bits} bits has ${show([panels, blocks * bytes])}.`,
    );
  }
  return storageOf(packed, op);
}

/**
 * x W' + bias for x (..., K) and a packed W (N, K): (..., N). Each 32 columns of a row of x are rounded to multiples of their
 * max |x| / 127 first. Products within a group are of integers and exact, and groups are added in their order in float32: every
 * engine gives the same bits, whatever the number of rows (tfjs adds in an order of its own).
 *
 * W is frozen: there are gradients for x, dX = dY W in float32, and for the bias. Rounding x counts as the identity in them
 * (the straight-through estimator of Bengio et al., 2013).
 */
export function groupedLinear(x: Tensor, weight: GroupedWeight, bias?: Tensor | null): Tensor {
  const op = "groupedLinear";
  requireType(op, "x", x, "float32");
  const { rows, columns } = rowsOf(op, x);
  const { shape, bits } = weight;
  const [n, inner] = shape;
  if (inner !== columns) {
    throw new ShapeError(
      `${op}: x of shape ${show(x.shape)} cannot be multiplied by a transposed weight of shape ${show(shape)}.`,
    );
  }
  requireShape(op, "bias", bias, [n], x);
  const on = engine();
  const packed = storageOfGroups(op, weight);
  const out = result([...x.shape.slice(0, -1), n]);
  on.groupedProduct({
    x: storageOf(x, op).buffer,
    weight: packed.buffer,
    bias: bias ? storageOf(bias, op).buffer : null,
    out: storageOf(out, op).buffer,
    bits,
    rows,
    columns,
    n,
  });
  if (tracked(x, bias)) {
    record(out, [packed], (dOut, gradients) => {
      if (gradients.wants(bias)) {
        on.columnSums({ x: dOut.buffer, out: gradients.into(bias), rows, columns: n });
      }
      if (!gradients.wants(x)) return;
      on.groupedProductBackward({
        dOut: dOut.buffer,
        weight: packed.buffer,
        dX: gradients.into(x),
        bits,
        rows,
        columns,
        n,
      });
    });
  }
  return out;
}

/**
 * Looks up rows of a packed table (V, C) by int32 ids (..., T), and adds rows of `position` as `embedding` does: (..., T, C). An id
 * or position outside of its table is an IndexError. The table is frozen: there are gradients for `position` alone.
 */
export function groupedEmbedding(ids: Tensor, table: GroupedWeight, options: EmbeddingOptions = {}): Tensor {
  const op = "groupedEmbedding";
  requireOptions(op, options, EMBEDDING);
  requireType(op, "ids", ids, "int32");
  const [vocabulary, columns] = table.shape;
  const { size, shape } = ids;
  const out = result(options.position ? [size, columns] : [...shape, columns]);
  engine().groupedRows({
    ids: storageOf(ids, op).buffer,
    weight: storageOfGroups(op, table).buffer,
    out: storageOf(out, op).buffer,
    bits: table.bits,
    rows: size,
    columns,
    n: vocabulary,
  });
  if (!options.position) return out;
  // The rows are a table of their own now.
  const numbers = tensor(
    Int32Array.from({ length: size }, (_, row) => row),
    shape,
    "int32",
  );
  const placed = embedding(numbers, out, options);
  numbers.dispose();
  out.dispose();
  return placed;
}
