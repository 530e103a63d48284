// Matrix products: which way each is made. Where the result is too small to keep a GPU busy the sum over k is cut in pieces, which
// a second run adds up.
import type { GemmArgs } from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import { endingOf, type Product } from "./product.js";
import { fewRows, isOfFewRows } from "./product-few-rows.js";
import { inTiles, tileFor } from "./product-tiles.js";
import { each } from "./wgsl.js";

/** Workgroups that keep a GPU busy. */
const BUSY = 64;
/** The least length of a piece of a sum. */
const LEAST_PIECE = 256;

/** See Engine.gemm. */
export function gemm(on: Device, args: GemmArgs): void {
  product(on, args);
}

/** See Engine.gemm; the factors and the result may begin within their buffers. */
export function product(on: Device, args: Product): void {
  const { m, n, k, batch } = args;
  if (m * n * batch === 0) return;
  const most = on.gpu.limits.maxComputeWorkgroupsPerDimension; // one of the dimensions is for the batch
  if (batch > most) {
    const { aAt = 0, bAt = 0, outAt = 0 } = args;
    for (let at = 0; at < batch; at += most) {
      const entries = Math.min(most, batch - at);
      const places = { aAt: aAt + at * m * k, bAt: bAt + at * k * n, outAt: outAt + at * m * n };
      product(on, { ...args, ...places, batch: entries });
    }
    return;
  }
  if (isOfFewRows(args)) {
    fewRows(on, args);
    return;
  }
  const tile = tileFor(args);
  const tiles = Math.ceil(m / tile.rows) * Math.ceil(n / tile.columns);
  const pieces = batch > 1 ? 1 : Math.min(Math.ceil(BUSY / tiles), Math.floor(k / LEAST_PIECE), 64);
  if (pieces <= 1) {
    inTiles(on, args, tile, k);
    return;
  }
  const length = Math.ceil(k / pieces / tile.depth) * tile.depth;
  const count = Math.ceil(k / length);
  const ending = endingOf(args, 1);
  on.withScratch([count * m * n], (parts) => {
    const { a, b, transposeA, transposeB, aAt = 0, bAt = 0 } = args;
    const out = { buffer: parts!, accumulate: false };
    inTiles(on, { a, b, out, m, n, k, batch, transposeA, transposeB, aAt, bAt }, tile, length);
    each(on, m * n, {
      key: `gemm parts ${ending.key}`,
      read: { ...ending.read, parts },
      write: ending.write,
      ints: { n, pieces: count, outAt: args.outAt ?? 0 },
      code: () => `${ending.head}
---
var sum = 0.0;
for (var piece = 0u; piece < p.pieces; piece++) { sum += $parts[piece * p.count + i]; }
let j = i % p.n;
let at = p.outAt + i;
${ending.code}`,
    });
  });
}
