import type { Engine } from "../../engine.js";
import type { AttentionDropout, AttentionMask, StridedRows } from "../../kernel-arguments.js";
import { type EntryPlace, firstKeysOf, placesOf } from "../reference/batch-places.js";
import type { ThreadedKernels } from "../threads/pool.js";
import { type Access, integersAt } from "./buffers.js";
import type { Kernels } from "./instance.js";

/** Elements that the first `length` rows of `batch` entries span. */
const span = (rows: StridedRows, batch: number, length: number, columns: number) =>
  rows.offset + (batch - 1) * rows.batchStride + (length - 1) * rows.rowStride + columns;

/** Elements up to the last key of any entry. */
const reach = (rows: StridedRows, places: readonly EntryPlace[], columns: number) =>
  places.reduce(
    (most, { row, start, queries }) => Math.max(most, span(rows, row + 1, start + queries, columns)),
    0,
  );

/** Bytes in front of the scratch memory of all: what `rowIndex` of assembly/attention-rows.ts reads. */
const DROPPED = 64;

/** Attention, each key head with its queries by itself: threads share them. */
export function attentionKernels(
  kernels: ThreadedKernels,
  access: Access,
): Pick<Engine, "attention" | "attentionBackward"> {
  const { at, maybe, borrow, heap } = access;
  const integers = integersAt(access);

  /** Writes what dropout is told at `address`; 0 where there is none. */
  const writeDropout = (dropout: AttentionDropout | null | undefined, keys: number, address: number) => {
    if (!dropout) return 0;
    const { p, key } = dropout;
    new Int32Array(heap.memory.buffer, address, 5).set([Math.ceil(p * 0x1_0000_0000), 0, ...key, keys]);
    new Float32Array(heap.memory.buffer, address + 4, 1)[0] = 1 / (1 - p);
    return address;
  };

  /**
   * Calls a kernel for each entry that has queries and each of its key heads, with scratch memory of its own for each call that
   * runs at once, the entry's first keys, and what dropout is told, with the index of its first element.
   */
  const forEach = (
    kernel: keyof Kernels,
    bytes: number,
    args: AttentionMask & { nHead: number; nKvHead: number },
    places: readonly EntryPlace[],
    queries: number,
    argsOf: (
      b: number,
      head: number,
      scratch: number,
      firstKeys: number,
      dropped: number,
      index: number,
    ) => number[],
  ) => {
    const { nHead, nKvHead, dropout } = args;
    const firstKeys = firstKeysOf(kernel, args, places, queries, integers) ? at(args.firstKeys!, 0) : 0;
    const group = nHead / nKvHead;
    const room = Math.ceil(bytes / 64) * 64;
    borrow(DROPPED + room * kernels.threads, (memory) => {
      const dropped = writeDropout(dropout, queries, memory);
      const calls: number[][] = [];
      for (let b = 0; b < places.length; b++) {
        if (places[b]!.queries === 0) continue;
        const firsts = firstKeys && firstKeys + 4 * b * queries;
        for (let head = 0; head < nKvHead; head++) {
          const scratch = memory + DROPPED + room * (calls.length % kernels.threads);
          const index = dropped && ((b * nHead + head * group) * queries * queries) % 0x1_0000_0000;
          calls.push(argsOf(b, head, scratch, firsts, dropped, index));
        }
      }
      kernels.each(kernel, calls);
    });
  };

  return {
    attention(args) {
      const { q, k, v, out, logSumExp, batch, queries, nHead, nKvHead, headDim } = args;
      const places = placesOf("attention", args, k, integers);
      const qs = at(q.buffer, span(q, batch, queries, nHead * headDim)) + 4 * q.offset;
      const ks = at(k.buffer, reach(k, places, nKvHead * headDim)) + 4 * k.offset;
      const vs = at(v.buffer, reach(v, places, nKvHead * headDim)) + 4 * v.offset;
      const outs = at(out, batch * queries * nHead * headDim);
      const logs = maybe(logSumExp, batch * nHead * queries);
      const group = nHead / nKvHead;
      for (let b = 0; args.lengths && b < batch; b++) {
        const row = nHead * headDim;
        const own = places[b]!.queries;
        if (own < queries) kernels.zero(outs + 4 * (b * queries + own) * row, (queries - own) * row);
      }
      const keys = places.reduce((most, { start, queries: own }) => Math.max(most, start + own), 0);
      const bytes = kernels.attentionScratch(keys, headDim);
      forEach("attention", bytes, args, places, queries, (b, head, scratch, firsts, dropped, index) => {
        const place = places[b]!;
        return [
          qs + 4 * (b * q.batchStride + head * group * headDim),
          q.rowStride,
          ks + 4 * (place.row * k.batchStride + head * headDim),
          k.rowStride,
          vs + 4 * (place.row * v.batchStride + head * headDim),
          v.rowStride,
          outs + 4 * (b * queries * nHead + head * group) * headDim,
          nHead * headDim,
          logs && logs + 4 * (b * nHead + head * group) * queries,
          place.queries,
          place.start,
          group,
          1,
          headDim,
          args.scale,
          args.window,
          args.softcap,
          scratch,
          queries,
          firsts,
          dropped,
          index,
        ];
      });
    },
    attentionBackward(args) {
      const { qkv, out, logSumExp, dOut, dQkv, batch, length, nHead, nKvHead, headDim } = args;
      const width = (nHead + 2 * nKvHead) * headDim;
      const columns = nHead * headDim;
      const row = { buffer: qkv, offset: 0, rowStride: width, batchStride: length * width };
      const places = placesOf("attentionBackward", { ...args, queries: length, start: 0 }, row, integers);
      const [inputs, gradients] = [at(qkv, batch * length * width), at(dQkv.buffer, batch * length * width)];
      const [outs, ups] = [at(out, batch * length * columns), at(dOut, batch * length * columns)];
      const logs = at(logSumExp, batch * nHead * length);
      if (!dQkv.accumulate) kernels.zero(gradients, batch * length * width);
      const group = nHead / nKvHead;
      const k = 4 * columns;
      const v = k + 4 * nKvHead * headDim;
      const bytes = kernels.attentionBackwardScratch(length, headDim);
      forEach(
        "attentionBackward",
        bytes,
        args,
        places,
        length,
        (b, head, scratch, firsts, dropped, index) => {
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
            places[b]!.queries,
            group,
            1,
            headDim,
            args.scale,
            args.window,
            args.softcap,
            scratch,
            length,
            firsts,
            dropped,
            index,
          ];
        },
      );
    },
  };
}
