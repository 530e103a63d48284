import { EngineError } from "../../errors.js";
import type { CopyArgs, WriteRowsArgs } from "../../kernel-arguments.js";
import { copiesOf } from "../reference/batch-places.js";
import { copy as copyOnHost } from "../reference/elementwise.js";
import { type Device, WIDTH } from "./device.js";
import { hostView, load } from "./transfer.js";
import { adds, each, put } from "./wgsl.js";

/** See Engine.copy. */
export function copy(on: Device, args: CopyArgs): void {
  const { xOffset, xStride, out, outOffset, outStride, rows, columns } = args;
  if (rows * columns === 0) return;
  const x = on.own(args.x, xOffset + (rows - 1) * xStride + columns);
  const target = on.own(out.buffer, outOffset + (rows - 1) * outStride + columns);
  if (WIDTH[target.dtype] !== 4) {
    throw new EngineError(`The engine "webgpu" does not copy parts of tensors in ${target.dtype}.`);
  }
  if (target.dtype === "int32" && x.ids && target.ids) {
    copyOnHost({ ...args, x: hostView(on, x), out: { ...out, buffer: hostView(on, target) } });
    load(on, target, target.ids);
    return;
  }
  each(on, rows * columns, {
    key: `copy ${target.dtype} ${adds(out)}`,
    read: { x },
    write: { out: target },
    ints: { columns, xOffset, xStride, outOffset, outStride },
    code: () => `
let r = i / p.columns;
let j = i % p.columns;
${put(out, "out", "p.outOffset + r * p.outStride + j", "$x[p.xOffset + r * p.xStride + j]")}`,
  });
}

/** See Engine.writeRows. */
export function writeRows(on: Device, args: WriteRowsArgs): void {
  const { x, out, starts, lengths, rows, batch, queries, start, columns } = args;
  copiesOf(args, (buffer, length) => on.ids(buffer, length)); // checks them
  each(on, batch * queries * columns, {
    key: `writeRows ${starts ? "s" : ""}${lengths ? "l" : ""}${rows ? "r" : ""}`,
    read: { x: x.buffer, starts, lengths, rows },
    write: { out: out.buffer },
    ints: {
      ...{ queries, start, columns },
      ...{ xOffset: x.offset, xRow: x.rowStride, xBatch: x.batchStride },
      ...{ outOffset: out.offset, outRow: out.rowStride, outBatch: out.batchStride },
    },
    code: () => `
let j = i % p.columns;
let t = i / p.columns % p.queries;
let b = i / p.columns / p.queries;
${lengths ? "if (t >= u32($lengths[b])) { return; }" : ""}
let to = ${rows ? "u32($rows[b])" : "b"} * p.outBatch + (${starts ? "u32($starts[b])" : "p.start"} + t) * p.outRow;
$out[p.outOffset + to + j] = $x[p.xOffset + b * p.xBatch + t * p.xRow + j];`,
  });
}
