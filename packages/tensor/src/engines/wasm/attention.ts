import type { Engine } from "../../engine.js";
import type { StridedRows } from "../../kernel-arguments.js";
import type { ThreadedKernels } from "../threads/pool.js";
import type { Access } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** Elements a strided view spans. */
const span = (rows: StridedRows, batch: number, length: number, columns: number) =>
  rows.offset + (batch - 1) * rows.batchStride + (length - 1) * rows.rowStride + columns;

/** Attention, each key head with its queries by itself: threads share them. */
export function attentionKernels(
  kernels: ThreadedKernels,
  { at, maybe, borrow }: Access,
): Pick<Engine, "attention" | "attentionBackward"> {
  /** Calls a kernel for each of `count` things, with scratch memory of its own for each that runs at once. */
  const forEach = (
    kernel: keyof Kernels,
    bytes: number,
    count: number,
    argsOf: (index: number, scratch: number) => number[],
  ) => {
    const room = Math.ceil(bytes / 64) * 64;
    borrow(room * kernels.threads, (scratch) => {
      kernels.each(
        kernel,
        Array.from({ length: count }, (_, i) => argsOf(i, scratch + room * (i % kernels.threads))),
      );
    });
  };
  return {
    attention({ q, k, v, out, logSumExp, batch, queries, start, nHead, nKvHead, headDim, ...rest }) {
      const keys = start + queries;
      const qs = at(q.buffer, span(q, batch, queries, nHead * headDim)) + 4 * q.offset;
      const ks = at(k.buffer, span(k, batch, keys, nKvHead * headDim)) + 4 * k.offset;
      const vs = at(v.buffer, span(v, batch, keys, nKvHead * headDim)) + 4 * v.offset;
      const outs = at(out, batch * queries * nHead * headDim);
      const logs = maybe(logSumExp, batch * nHead * queries);
      const group = nHead / nKvHead;
      forEach("attention", kernels.attentionScratch(keys, headDim), batch * nKvHead, (i, scratch) => {
        const b = Math.floor(i / nKvHead);
        const head = i % nKvHead;
        return [
          qs + 4 * (b * q.batchStride + head * group * headDim),
          q.rowStride,
          ks + 4 * (b * k.batchStride + head * headDim),
          k.rowStride,
          vs + 4 * (b * v.batchStride + head * headDim),
          v.rowStride,
          outs + 4 * (b * queries * nHead + head * group) * headDim,
          nHead * headDim,
          logs && logs + 4 * (b * nHead + head * group) * queries,
          queries,
          start,
          group,
          1,
          headDim,
          rest.scale,
          rest.window,
          rest.softcap,
          scratch,
        ];
      });
    },
    attentionBackward({ qkv, out, logSumExp, dOut, dQkv, batch, length, nHead, nKvHead, headDim, ...rest }) {
      const width = (nHead + 2 * nKvHead) * headDim;
      const columns = nHead * headDim;
      const [inputs, gradients] = [at(qkv, batch * length * width), at(dQkv.buffer, batch * length * width)];
      const [outs, ups] = [at(out, batch * length * columns), at(dOut, batch * length * columns)];
      const logs = at(logSumExp, batch * nHead * length);
      if (!dQkv.accumulate) kernels.zero(gradients, batch * length * width);
      const group = nHead / nKvHead;
      const k = 4 * columns;
      const v = k + 4 * nKvHead * headDim;
      forEach(
        "attentionBackward",
        kernels.attentionBackwardScratch(length, headDim),
        batch * nKvHead,
        (i, scratch) => {
          const b = Math.floor(i / nKvHead);
          const head = i % nKvHead;
          const input = inputs + 4 * b * length * width;
          const gradient = gradients + 4 * b * length * width;
          const queries = 4 * head * group * headDim;
          const keys = 4 * head * headDim;
          return [
            input + queries,
            input + k + keys,
            input + v + keys,
            width,
            outs + 4 * b * length * columns + queries,
            ups + 4 * b * length * columns + queries,
            columns,
            logs + 4 * (b * nHead + head * group) * length,
            gradient + queries,
            gradient + k + keys,
            gradient + v + keys,
            length,
            group,
            1,
            headDim,
            rest.scale,
            rest.window,
            rest.softcap,
            scratch,
          ];
        },
      );
    },
  };
}
