import type { DeviceBuffer, Into } from "../../device-buffer.js";
import type { CopyArgs, WriteRowsArgs } from "../../kernel-arguments.js";
import { copiesOf } from "../reference/batch-places.js";
import { copy as copyOnHost } from "../reference/elementwise.js";
import type { Device } from "./device.js";
import type { TfTensor } from "./module.js";

/** Where rows lie in a flat buffer: element (b, t, i) at offset + b * batchStride + t * rowStride + i. */
export interface Place {
  readonly offset: number;
  readonly batch: number;
  readonly batchStride: number;
  readonly rows: number;
  readonly rowStride: number;
  readonly columns: number;
}

/** The place as a block of the buffer seen as (buffer batches, buffer rows, rowStride), if it is one. */
function blockOf(place: Place, length: number) {
  const { offset, batch, rows, rowStride, columns } = place;
  const batchStride = batch === 1 ? length : place.batchStride;
  const column = offset % rowStride;
  const row = (offset - column) / rowStride;
  const fits =
    batch * batchStride === length &&
    batchStride % rowStride === 0 &&
    column + columns <= rowStride &&
    (row + rows) * rowStride <= batchStride;
  return fits ? { view: [batch, batchStride / rowStride, rowStride], begin: [0, row, column] } : null;
}

/** The flat index of every element of a place, in the order (b, t, i). */
function indicesOf({ offset, batch, batchStride, rows, rowStride, columns }: Place): Int32Array {
  const indices = new Int32Array(batch * rows * columns);
  let at = 0;
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < rows; t++) {
      for (let i = 0; i < columns; i++) indices[at++] = offset + b * batchStride + t * rowStride + i;
    }
  }
  return indices;
}

/** The values at a place (batch, rows, columns): one slice where the strides allow it, else gathered one by one. */
export function readPlace(on: Device, buffer: DeviceBuffer, place: Place): TfTensor {
  const { tf } = on;
  const { batch, rows, columns } = place;
  const block = blockOf(place, buffer.length);
  if (block) return tf.slice(on.values(buffer, block.view), block.begin, [batch, rows, columns]);
  const indices = indicesOf(place);
  return tf.reshape(
    tf.gather(on.values(buffer, [buffer.length]), tf.tensor(indices, [indices.length], "int32")),
    [batch, rows, columns],
  );
}

/** x with `value` in place of the block that begins there along one axis, or as it was where nothing is left over. */
export function replace(on: Device, x: TfTensor, value: TfTensor, axis: number, begin: number): TfTensor {
  const { tf } = on;
  const part = (from: number, to: number) =>
    tf.slice(
      x,
      x.shape.map((_, i) => (i === axis ? from : 0)),
      x.shape.map((extent, i) => (i === axis ? to - from : extent)),
    );
  const end = begin + value.shape[axis]!;
  const parts = [value];
  if (begin > 0) parts.unshift(part(0, begin));
  if (end < x.shape[axis]!) parts.push(part(end, x.shape[axis]!));
  return parts.length === 1 ? value : tf.concat(parts, axis);
}

/** Writes (1, rows, columns) to a place, or adds to what is there; the rest of the buffer stays. */
export function writePlace(on: Device, out: Into, place: Place, value: TfTensor): void {
  const { tf } = on;
  const { length } = out.buffer;
  const { rows, columns } = place;
  const next = out.accumulate ? tf.add(readPlace(on, out.buffer, place), value) : value;
  const block = blockOf(place, length);
  if (block) {
    const [, row, column] = block.begin as [number, number, number];
    const whole = on.values(out.buffer, block.view);
    const band = tf.slice(whole, [0, row, 0], [1, rows, place.rowStride]);
    on.set(out.buffer, replace(on, whole, replace(on, band, next, 2, column), 1, row));
    return;
  }
  // Every element says where its value is: where it was, or in the part that is written.
  const from = Int32Array.from({ length }, (_, i) => i);
  indicesOf(place).forEach((target, i) => {
    from[target] = length + i;
  });
  const pool = tf.concat([on.values(out.buffer, [length]), tf.reshape(next, [rows * columns])], 0);
  on.set(out.buffer, tf.gather(pool, tf.tensor(from, [length], "int32")));
}

/** Rows without batches; a single row, or rows end to end, is one run of the flat buffer. */
export function runOf(length: number, offset: number, stride: number, rows: number, columns: number): Place {
  const flat = rows === 1 || stride === columns;
  return {
    offset,
    batch: 1,
    batchStride: length,
    rows: flat ? 1 : rows,
    rowStride: flat ? length : stride,
    columns: flat ? rows * columns : columns,
  };
}

/** See Engine.copy. */
export function copy(on: Device, args: CopyArgs): void {
  const { x, xOffset, xStride, out, outOffset, outStride, rows, columns } = args;
  if (rows * columns === 0) return;
  const reach = (rows - 1) * xStride + columns;
  on.own(x, xOffset + reach);
  const target = on.own(out.buffer, outOffset + (rows - 1) * outStride + columns);
  if (target.dtype === "int32") {
    copyOnHost({ ...args, x: on.hostView(x), out: { ...out, buffer: on.hostView(target) } });
    target.clear();
    return;
  }
  const value = readPlace(on, x, runOf(x.length, xOffset, xStride, rows, columns));
  const place = runOf(target.length, outOffset, outStride, rows, columns);
  writePlace(on, out, place, on.tf.reshape(value, [1, place.rows, place.columns]));
}

/** See Engine.writeRows. */
export function writeRows(on: Device, args: WriteRowsArgs): void {
  const { tf } = on;
  const { x, out, columns, batch, queries } = args;
  const width = out.rowStride;
  const runs = copiesOf(args, (buffer) => on.ids(buffer));
  if (width !== columns || out.offset !== 0 || out.batchStride % width !== 0) {
    for (const run of runs) copy(on, run);
    return;
  }
  // Rows of the buffer, then the new ones: every row says which of these it is.
  const known = out.buffer.length / width;
  const from = Int32Array.from({ length: known }, (_, r) => r);
  for (const [b, { outOffset, rows }] of runs.entries()) {
    for (let t = 0; t < rows; t++) from[outOffset / width + t] = known + b * queries + t;
  }
  const place = { ...x, batch, rows: queries, columns };
  const rows = tf.reshape(readPlace(on, x.buffer, place), [batch * queries, columns]);
  const pool = tf.concat([on.values(out.buffer, [known, width]), rows], 0);
  on.set(out.buffer, tf.gather(pool, tf.tensor(from, [known], "int32")));
}
