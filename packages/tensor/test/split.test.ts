import { expect, test } from "vitest";
import { instantiate, type Kernels } from "../src/engines/wasm/instance.js";
import { compile } from "../src/engines/wasm/module.js";
import { noise } from "./cases.js";

/** A kernel's memory, handed out from the start; lengths are in floats, addresses multiples of 16. */
async function workbench() {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536 });
  const kernels: Kernels = instantiate(await compile("relaxed", false), memory);
  let top = 65536;
  const room = (length: number) => {
    const address = top;
    top += 16 * Math.ceil(length / 4);
    return address;
  };
  const floats = (address: number, length: number) => new Float32Array(memory.buffer, address, length);
  const random = (length: number, key: number) => {
    const address = room(length);
    floats(address, length).set(noise(length, key));
    return address;
  };
  /** What a kernel leaves in `out` must not depend on how its work is split. */
  const same = (out: number, length: number, whole: () => void, parts: () => void) => {
    floats(out, length).fill(0);
    whole();
    const expected = floats(out, length).slice();
    expect(expected.some((value) => value !== 0)).toBe(true);
    floats(out, length).fill(0);
    parts();
    expect(floats(out, length)).toEqual(expected);
  };
  return { kernels, room, random, same, floats, memory };
}

test("attention and its backward pass by key heads", async () => {
  const { kernels, room, random, same } = await workbench();
  const [length, nHead, nKvHead, D] = [71, 6, 3, 5];
  const row = (nHead + 2 * nKvHead) * D;
  const columns = nHead * D;
  const qkv = random(length * row, 1);
  const dOut = random(length * columns, 2);
  const out = room(length * columns);
  const logs = room(nHead * length);
  const dQkv = room(length * row);
  const scratch = room(kernels.attentionBackwardScratch(length, D) / 4);
  const [kAt, vAt] = [4 * columns, 4 * (nHead + nKvHead) * D];
  const forward = (first: number, count: number) => {
    const [h, s] = [4 * 2 * first * D, 4 * first * D];
    const log = logs + 4 * 2 * first * length;
    const keys = [qkv + kAt + s, row, qkv + vAt + s, row] as const;
    const heads = [2 * count, count, D, 0.4, 20, 2] as const;
    kernels.attention(qkv + h, row, ...keys, out + h, columns, log, length, 0, ...heads, scratch, length);
  };
  const backward = (first: number, count: number) => {
    const [h, s] = [4 * 2 * first * D, 4 * first * D];
    kernels.attentionBackward(
      qkv + h,
      qkv + kAt + s,
      qkv + vAt + s,
      row,
      out + h,
      dOut + h,
      columns,
      logs + 4 * 2 * first * length,
      dQkv + h,
      dQkv + kAt + s,
      dQkv + vAt + s,
      length,
      ...([2 * count, count, D, 0.4, 20, 2] as const),
      scratch,
      length,
    );
  };
  for (const [run, at, size] of [
    [forward, out, length * columns],
    [backward, dQkv, length * row],
  ] as const) {
    same(
      at,
      size,
      () => run(0, nKvHead),
      () => {
        run(2, 1);
        run(0, 2);
      },
    );
  }
});

test("rows of rope, gated units and residual norms", async () => {
  const { kernels, room, random, same } = await workbench();
  const [rows, heads, D] = [10, 3, 6];
  const columns = heads * D;
  const x = random(2 * rows * columns, 1);
  const r = random(rows * columns, 2);
  const table = random(5 * D, 3);
  const out = room(rows * columns);
  const [total, rstd] = [room(rows * columns), room(rows)];
  const kernelsOfRows: ((first: number, count: number) => void)[] = [
    (first, count) => {
      const at = 4 * first * columns;
      kernels.rope(x + at, table, out + at, count, first, 5, 0, heads, 2, D, 4, true, false, false);
    },
    (first, count) => {
      kernels.gated(4, x + 8 * first * columns, out + 4 * first * columns, count, columns);
    },
    (first, count) => {
      const at = 4 * first * columns;
      const norm = [0, 0, out + at, 0, rstd + 4 * first, count, columns, 1e-5] as const;
      kernels.residualNorm(x + at, r + at, total + at, ...norm);
    },
  ];
  for (const run of kernelsOfRows) {
    same(
      out,
      rows * columns,
      () => run(0, rows),
      () => {
        run(7, 3);
        run(0, 7);
      },
    );
  }
});

test("dropout by ranges, embedding by rows, its gradient by columns, a loss by rows", async () => {
  const { kernels, room, random, same, memory } = await workbench();
  const [rows, columns, vocabulary] = [11, 10, 5];
  const [x, table, position] = [random(rows * columns, 1), random(vocabulary * columns, 2), random(40, 3)];
  const ids = room(rows);
  new Int32Array(memory.buffer, ids, rows).set([3, 1, 4, 1, 0, 2, 2, 3, 0, 4, 1]);
  const out = room(rows * columns);
  const losses = room(2 * rows);
  const runs: readonly (readonly [number, number, number, (first: number, count: number) => void])[] = [
    [
      out,
      rows * columns,
      rows * columns,
      (first, count) => {
        kernels.dropout(x + 4 * first, out + 4 * first, count, first, 2 ** 31, 2, 5, 6, false);
      },
    ],
    [
      out,
      rows * columns,
      rows,
      (first, count) => {
        const to = out + 4 * first * columns;
        kernels.embedding(ids + 4 * first, table, position, to, count, first, 4, 0, columns);
      },
    ],
    [
      out,
      vocabulary * columns,
      columns,
      (first, count) => {
        kernels.embeddingBackward(ids, x + 4 * first, out + 4 * first, 0, rows, 4, 0, count, columns);
      },
    ],
    [
      out,
      2 * rows,
      rows,
      (first, count) => {
        const [from, goals, logs] = [x + 4 * first * columns, ids + 4 * first, out + 8 * first];
        kernels.crossEntropy(from, goals, 0, -100, logs, losses + 8 * first, count, columns);
      },
    ],
  ];
  for (const [at, size, extent, run] of runs) {
    same(
      at,
      size,
      () => run(0, extent),
      () => {
        run(7, extent - 7);
        run(0, 7);
      },
    );
  }
});

test("sums of columns by columns, the gradient of capped scores by ranges", async () => {
  const { kernels, random, room, same } = await workbench();
  const [rows, columns, stride] = [9, 21, 24];
  const [x, up, out] = [random(rows * stride, 1), random(rows * stride, 2), room(stride)];
  const runs: ((first: number, count: number) => void)[] = [
    (first, count) => {
      kernels.columnSums(x + 4 * first, stride, out + 4 * first, rows, count, false);
    },
    (first, count) => {
      kernels.softcapBackward(x + 4 * first, up + 4 * first, out + 4 * first, count, 3, false);
    },
  ];
  for (const run of runs) {
    same(
      out,
      columns,
      () => run(0, columns),
      () => {
        run(16, columns - 16);
        run(0, 16);
      },
    );
  }
});

test("ranges of 8-bit rows, of random values and of a loss", async () => {
  const { kernels, room, random, same, floats, memory } = await workbench();
  const [rows, columns, n] = [2, 19, 23];
  const x = random(rows * columns, 1);
  const weight = random(n * columns, 2);
  const [values, scales, input, inputScales] = [room(n * columns), room(n), room(rows * 24), room(rows)];
  const out = room(rows * n);
  kernels.quantize(weight, values, scales, n, columns);
  kernels.quantizeInput(x, input, inputScales, rows, columns, 24, 800);
  const product = (first: number, count: number) => {
    const part = [values + first * columns, scales + 4 * first, 0, out + 4 * first] as const;
    kernels.quantizedProduct(input, inputScales, 24, ...part, n, rows, columns, count);
  };
  const fill = (first: number, count: number) => {
    kernels.randomNormal(out + 4 * first, count, first, 1, 2, 0, 1);
  };
  const targets = room(rows);
  new Int32Array(memory.buffer, targets, rows).set([3, 17]);
  const logits = room(rows * columns);
  const [largest, sums, picked] = [room(rows), room(rows), out];
  const loss = (first: number, count: number) => {
    floats(logits, rows * columns).set(floats(x, rows * columns));
    floats(largest, rows).fill(-Infinity);
    floats(sums, rows).fill(0);
    const at = 4 * first;
    const from = logits + at * columns;
    kernels.lossChunk(from, targets + at, largest + at, sums + at, picked + at, count, columns, 0);
  };
  for (const [run, size] of [
    [product, n],
    [fill, rows * n],
    [loss, rows],
  ] as const) {
    const middle = 2 * Math.floor(size / 4) || 1;
    same(
      out,
      rows * n,
      () => run(0, size),
      () => {
        run(middle, size - middle);
        run(0, middle);
      },
    );
  }
});
