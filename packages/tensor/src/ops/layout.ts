import { engine } from "../current.js";
import { ShapeError } from "../errors.js";
import { Storage } from "../storage.js";
import { record, to, tracked } from "../tape.js";
import { adopt, show, sizeOf, storageOf, type Tensor } from "../tensor.js";
import { axisOf, refuseNarrow } from "./checks.js";

/** The same values in row-major order under another shape of equal size; nothing is copied. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  if (sizeOf(shape) !== x.size || shape.some((extent) => !Number.isSafeInteger(extent) || extent < 1)) {
    throw new ShapeError(
      `reshape: ${show(x.shape)} has ${x.size} elements, ${show(shape)} has another number.`,
    );
  }
  const out = adopt(shape, x.dtype, storageOf(x, "reshape").retain());
  if (tracked(x)) record(out, [], (dOut, gradients) => gradients.share(x, dOut));
  return out;
}

/** x[start .. end) along one axis, as a copy. A negative axis counts from the last. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const on = engine();
  refuseNarrow("slice", x);
  const at = axisOf("slice", x, axis);
  const extent = x.shape[at]!;
  if (
    !Number.isSafeInteger(start) ||
    !Number.isSafeInteger(end) ||
    start < 0 ||
    end > extent ||
    start >= end
  ) {
    throw new ShapeError(
      `slice: [${start}, ${end}) is not a part of axis ${axis} of shape ${show(x.shape)}.`,
    );
  }
  const shape = x.shape.map((each, i) => (i === at ? end - start : each));
  const inner = sizeOf(x.shape.slice(at + 1));
  const place = {
    rows: sizeOf(x.shape.slice(0, at)),
    columns: (end - start) * inner,
  };
  const xs = storageOf(x, "slice");
  const out = adopt(shape, x.dtype, new Storage(on, sizeOf(shape), x.dtype));
  on.copy({
    ...place,
    x: xs.buffer,
    xOffset: start * inner,
    xStride: extent * inner,
    out: to(storageOf(out, "slice").buffer),
    outOffset: 0,
    outStride: place.columns,
  });
  if (tracked(x)) {
    record(out, [], (dOut, gradients) => {
      const into = gradients.into(x);
      if (!into.accumulate) on.fill(into.buffer, 0);
      on.copy({
        ...place,
        x: dOut.buffer,
        xOffset: 0,
        xStride: place.columns,
        out: { buffer: into.buffer, accumulate: true },
        outOffset: start * inner,
        outStride: extent * inner,
      });
    });
  }
  return out;
}

/** Tensors joined along one axis; their other extents are equal. */
export function concat(xs: readonly Tensor[], axis: number): Tensor {
  const on = engine();
  const [first] = xs;
  if (!first) throw new ShapeError("concat: there is nothing to join. Give at least one tensor.");
  refuseNarrow("concat", first);
  const at = axisOf("concat", first, axis);
  for (const x of xs) {
    const fits = x.shape.length === first.shape.length && x.dtype === first.dtype;
    if (!fits || x.shape.some((extent, i) => i !== at && extent !== first.shape[i])) {
      throw new ShapeError(
        `concat: shapes ${show(first.shape)} and ${show(x.shape)} differ outside axis ${axis}, or in type.`,
      );
    }
  }
  const total = xs.reduce((sum, x) => sum + x.shape[at]!, 0);
  const shape = first.shape.map((extent, i) => (i === at ? total : extent));
  const inner = sizeOf(first.shape.slice(at + 1));
  const rows = sizeOf(first.shape.slice(0, at));
  const out = adopt(shape, first.dtype, new Storage(on, sizeOf(shape), first.dtype));
  const { buffer } = storageOf(out, "concat");
  let start = 0;
  const parts = xs.map((x) => {
    const columns = x.shape[at]! * inner;
    const part = { x, columns, start };
    start += columns;
    return part;
  });
  for (const { x, columns, start } of parts) {
    on.copy({
      x: storageOf(x, "concat").buffer,
      xOffset: 0,
      xStride: columns,
      out: to(buffer),
      outOffset: start,
      outStride: total * inner,
      rows,
      columns,
    });
  }
  if (tracked(...xs)) {
    record(out, [], (dOut, gradients) => {
      for (const { x, columns, start } of parts) {
        if (!gradients.wants(x)) continue;
        on.copy({
          x: dOut.buffer,
          xOffset: start,
          xStride: total * inner,
          out: gradients.into(x),
          outOffset: 0,
          outStride: columns,
          rows,
          columns,
        });
      }
    });
  }
  return out;
}

/** Axis i of the result is axis axes[i] of x. */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  const on = engine();
  refuseNarrow("permute", x);
  const order = axes.map((axis) => axisOf("permute", x, axis));
  if (order.length !== x.shape.length || new Set(order).size !== order.length) {
    throw new ShapeError(`permute: (${axes.join(", ")}) does not name every axis of ${show(x.shape)} once.`);
  }
  const shape = order.map((axis) => x.shape[axis]!);
  const out = adopt(shape, x.dtype, new Storage(on, x.size, x.dtype));
  on.permute({
    x: storageOf(x, "permute").buffer,
    shape: x.shape,
    axes: order,
    out: to(storageOf(out, "permute").buffer),
  });
  if (tracked(x)) {
    const inverse = order.map((_, axis) => order.indexOf(axis));
    record(out, [], (dOut, gradients) => {
      on.permute({ x: dOut.buffer, shape, axes: inverse, out: gradients.into(x) });
    });
  }
  return out;
}
