// Matrix products. Tiles of both factors pass through workgroup memory, and each invocation makes a block of the result. Where the
// result is too small to keep a GPU busy the sum over k is cut in pieces, which a second run adds up. A product with few rows, as
// in decoding, goes by columns of the result instead.
import type { Activation, DeviceBuffer, Into } from "../../device-buffer.js";
import type { GemmArgs } from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import { activate, each, floatAt, put } from "./wgsl.js";

/** A product, which may be of parts of buffers. */
export interface Product extends GemmArgs {
  readonly aAt?: number;
  readonly bAt?: number;
  readonly outAt?: number;
}

/** The tile of a workgroup, and the block of an invocation within it. */
interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly blockRows: number;
  readonly blockColumns: 2 | 4;
}

const LARGE: Tile = { rows: 64, columns: 64, depth: 16, blockRows: 4, blockColumns: 4 };
const SMALL: Tile = { rows: 16, columns: 16, depth: 16, blockRows: 2, blockColumns: 2 };
/** Results with fewer values than that are made in small tiles. */
const LEAST_LARGE = 128 * 128;
/** Up to so many rows go by columns. */
const FEW_ROWS = 4;
/** Workgroups that keep a GPU busy. */
const BUSY = 64;
/** The least length of a piece of a sum. */
const LEAST_PIECE = 256;

/** The last steps of a product, as text: bias, activation, residual. */
interface Ending {
  readonly key: string;
  readonly head: string;
  readonly read: Readonly<Record<string, DeviceBuffer | null | undefined>>;
  readonly write: Readonly<Record<string, DeviceBuffer | null | undefined>>;
  /** Statements for the value `sum` of column `j` at place `at` of the result. */
  readonly code: string;
}

function endingOf(args: {
  out: Into;
  bias?: DeviceBuffer | null | undefined;
  activation?: Activation | undefined;
  pre?: DeviceBuffer | null | undefined;
  residual?: DeviceBuffer | null | undefined;
}): Ending {
  const { out, bias, activation, pre, residual } = args;
  const steps = [
    bias ? "value += $bias[j];" : "",
    pre ? "$pre[at] = value;" : "",
    activation ? "value = activate(value);" : "",
    residual ? "value += $residual[at];" : "",
    put(out, "out", "at", "value"),
  ];
  return {
    key: `${bias ? "b" : ""}${activation ?? ""}${pre ? "p" : ""}${residual ? "r" : ""}${out.accumulate ? "+" : ""}`,
    head: activation ? activate(activation) : "",
    read: { bias, residual },
    write: { out: out.buffer, pre },
    code: `var value = sum;\n${steps.filter(Boolean).join("\n")}`,
  };
}

/** See Engine.gemm. */
export function gemm(on: Device, args: GemmArgs): void {
  product(on, args);
}

/** See Engine.gemm; the factors and the result may begin within their buffers. */
export function product(on: Device, args: Product): void {
  const { m, n, k, batch } = args;
  if (m * n * batch === 0) return;
  const ending = endingOf(args);
  if (batch === 1 && m <= FEW_ROWS && !args.transposeA && args.transposeB && k >= 64) {
    byColumns(on, args, ending);
    return;
  }
  const tile = m * n >= LEAST_LARGE ? LARGE : SMALL;
  const tiles = Math.ceil(m / tile.rows) * Math.ceil(n / tile.columns);
  const pieces = batch > 1 ? 1 : Math.min(Math.ceil(BUSY / tiles), Math.floor(k / LEAST_PIECE), 64);
  if (pieces <= 1) {
    inTiles(on, args, tile, ending, k);
    return;
  }
  const length = Math.ceil(k / pieces / tile.depth) * tile.depth;
  const count = Math.ceil(k / length);
  on.withScratch([count * m * n], (parts) => {
    const whole = { buffer: parts!, accumulate: false };
    inTiles(on, { ...args, out: whole, outAt: 0 }, tile, endingOf({ out: whole }), length);
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

/** How the tiles lie in workgroup memory: two rows of the first factor together, and a block of columns of the second. */
function tilesOf({ rows, columns, depth, blockColumns }: Tile, pair: string, block: string): string {
  return `
var<workgroup> aTile: array<${pair}, ${(rows * depth) / 2}>; // (depth, rows / 2)
var<workgroup> bTile: array<${block}, ${(columns * depth) / blockColumns}>; // (depth, columns / ${blockColumns})`;
}

const floatsOf = (tile: Tile) => {
  const vector = `vec${tile.blockColumns}<f32>`;
  return `${tilesOf(tile, "vec2<f32>", vector)}
fn pair(x: vec2<f32>) -> vec2<f32> { return x; }
fn pair_of(x: vec2<f32>) -> vec2<f32> { return x; }
fn block(x: ${vector}) -> ${vector} { return x; }
fn block_of(x: ${vector}) -> ${vector} { return x; }`;
};

/** Rounded to halves, two in a word: every GPU can. Larger numbers than the largest half become that. */
const halvesOf = (tile: Tile) => {
  const isWide = tile.blockColumns === 4;
  const [vector, words] = isWide ? ["vec4<f32>", "vec2<u32>"] : ["vec2<f32>", "u32"];
  return `${tilesOf(tile, "u32", words)}
fn pair(x: vec2<f32>) -> u32 { return pack2x16float(clamp(x, vec2<f32>(-65504.0), vec2<f32>(65504.0))); }
fn pair_of(x: u32) -> vec2<f32> { return unpack2x16float(x); }
fn block(x: ${vector}) -> ${words} { return ${isWide ? "vec2<u32>(pair(x.xy), pair(x.zw))" : "pair(x)"}; }
fn block_of(x: ${words}) -> ${vector} { return ${isWide ? "vec4<f32>(pair_of(x.x), pair_of(x.y))" : "pair_of(x)"}; }`;
};

/** Whole tiles; where `length` is less than k, each piece of the sum has a result of its own, one behind the other. */
function inTiles(on: Device, args: Product, tile: Tile, ending: Ending, length: number): void {
  const { a, b, m, n, k, batch, transposeA, transposeB, aAt = 0, bAt = 0, outAt = 0 } = args;
  const { rows, columns, depth, blockRows, blockColumns } = tile;
  const [across, down] = [columns / blockColumns, rows / blockRows];
  const tilesAcross = Math.ceil(n / columns);
  const tiles = tilesAcross * Math.ceil(m / rows);
  const pieces = Math.ceil(Math.max(1, k) / Math.max(1, length));
  const isBfloat16 = b.dtype === "bfloat16";
  const invocations = across * down;
  const vector = `vec${blockColumns}<f32>`;
  const packed = on.inputs === "float16";
  on.run({
    key: `gemm ${rows} ${transposeA} ${transposeB} ${b.dtype} ${packed} ${ending.key}`,
    read: { a, b, ...ending.read },
    write: ending.write,
    ints: { m, n, k, tilesAcross, tiles, length, pieces, aAt, bAt, outAt },
    groups: [tiles > 65_535 ? 65_535 : tiles, Math.ceil(tiles / 65_535), batch * pieces],
    size: [across, down],
    code: () => `${floatAt("b", isBfloat16)}
${ending.head}
${packed ? halvesOf(tile) : floatsOf(tile)}
fn a_or_zero(base: u32, q: u32, end: u32, i: u32) -> f32 {
  if (q >= end || i >= p.m) { return 0.0; }
  return $a[base + ${transposeA ? "q * p.m + i" : "i * p.k + q"}];
}
fn b_or_zero(base: u32, q: u32, end: u32, j: u32) -> f32 {
  if (q >= end || j >= p.n) { return 0.0; }
  return b_at(base + ${transposeB ? "j * p.k + q" : "q * p.n + j"});
}
---
if (group >= p.tiles) { return; }
let piece = entry % p.pieces;
let which = entry / p.pieces;
let row0 = group / p.tilesAcross * ${rows}u;
let column0 = group % p.tilesAcross * ${columns}u;
let end = min(p.k, (piece + 1u) * p.length);
let aFrom = p.aAt + which * p.m * p.k;
let bFrom = p.bAt + which * p.k * p.n;
var sums: array<${vector}, ${blockRows}>;
for (var q0 = piece * p.length; q0 < end; q0 += ${depth}u) {
  for (var e = lane; e < ${(rows * depth) / 2}u; e += ${invocations}u) {
    ${
      transposeA
        ? `let i = e % ${rows / 2}u; let q = e / ${rows / 2}u;`
        : `let q = e % ${depth}u; let i = e / ${depth}u;`
    }
    let at = row0 + 2u * i;
    aTile[q * ${rows / 2}u + i] = pair(vec2<f32>(a_or_zero(aFrom, q0 + q, end, at), a_or_zero(aFrom, q0 + q, end, at + 1u)));
  }
  for (var e = lane; e < ${(columns * depth) / blockColumns}u; e += ${invocations}u) {
    ${
      transposeB
        ? `let q = e % ${depth}u; let j = e / ${depth}u;`
        : `let j = e % ${across}u; let q = e / ${across}u;`
    }
    let at = column0 + j * ${blockColumns}u;
    bTile[q * ${across}u + j] = block(${vector}(${Array.from(
      { length: blockColumns },
      (_, c) => `b_or_zero(bFrom, q0 + q, end, at + ${c}u)`,
    ).join(", ")}));
  }
  workgroupBarrier();
  for (var q = 0u; q < ${depth}u; q++) {
    let right = block_of(bTile[q * ${across}u + lanes.x]);
    for (var r = 0u; r < ${blockRows / 2}u; r++) {
      let left = pair_of(aTile[q * ${rows / 2}u + lanes.y * ${blockRows / 2}u + r]);
      sums[2u * r] += left.x * right;
      sums[2u * r + 1u] += left.y * right;
    }
  }
  workgroupBarrier();
}
for (var r = 0u; r < ${blockRows}u; r++) {
  let i = row0 + lanes.y * ${blockRows}u + r;
  if (i >= p.m) { break; }
  for (var c = 0u; c < ${blockColumns}u; c++) {
    let j = column0 + lanes.x * ${blockColumns}u + c;
    if (j >= p.n) { break; }
    let at = p.outAt + (entry * p.m + i) * p.n + j;
    let sum = sums[r][c];
    ${ending.code}
  }
}`,
  });
}

/** A workgroup for each column of the result, whose invocations share the sum over k. */
function byColumns(on: Device, args: Product, ending: Ending): void {
  const { a, b, m, n, k, aAt = 0, bAt = 0, outAt = 0 } = args;
  const rows = Array.from({ length: m }, (_, i) => i);
  on.run({
    key: `gemm rows ${m} ${b.dtype} ${ending.key}`,
    read: { a, b, ...ending.read },
    write: ending.write,
    ints: { n, k, aAt, bAt, outAt },
    groups: n,
    code: () => `${floatAt("b", b.dtype === "bfloat16")}
${ending.head}
var<workgroup> parts: array<f32, ${64 * m}>;
---
let j = group;
if (j >= p.n) { return; }
${rows.map((i) => `var sum${i} = 0.0;`).join(" ")}
let bFrom = p.bAt + j * p.k;
for (var q = lane; q < p.k; q += 64u) {
  let right = b_at(bFrom + q);
  ${rows.map((i) => `sum${i} += $a[p.aAt + ${i}u * p.k + q] * right;`).join("\n  ")}
}
${rows.map((i) => `parts[${64 * i}u + lane] = sum${i};`).join("\n")}
workgroupBarrier();
for (var half = 32u; half > 0u; half >>= 1u) {
  if (lane < half) {
    for (var i = 0u; i < ${m}u; i++) { parts[64u * i + lane] += parts[64u * i + lane + half]; }
  }
  workgroupBarrier();
}
if (lane < ${m}u) {
  let at = p.outAt + lane * p.n + j;
  let sum = parts[64u * lane];
  ${ending.code}
}`,
  });
}
