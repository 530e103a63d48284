// Products of many rows. Tiles of both factors pass through workgroup memory, and each invocation makes a block of the result.
//
// A tile lies there by fours of its rows (or columns), one number of k after the other: `(depth, size / 4)`. A factor whose rows run
// along k is turned on the way, 4 x 4 numbers at a time. Neighbouring invocations then read neighbouring fours along k, and what they
// write would be in the same banks of workgroup memory; so the fours of each 4 numbers of k are in an order of their own (`turn`).
// A block of 8 is two of 4, half a tile apart: so invocations side by side read fours that are side by side.
import type { Device } from "./device.js";
import { HALF } from "./halves.js";
import {
  type Ending,
  endingOf,
  factor,
  numbersAt,
  type Product,
  secondOf,
  vectorOf,
  type Width,
  widthOf,
} from "./product.js";

/** The tile of a workgroup, and the block of an invocation within it. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  /** Numbers along k, a multiple of 4. */
  readonly depth: number;
  /** Fours of rows, and of columns, of an invocation's block. */
  readonly fours: 1 | 2;
  /** The fewest numbers of a result for which there are enough such tiles to keep a GPU busy. */
  readonly least: number;
}

/** The largest fill the 16 KiB of workgroup memory that every GPU has. The last is small: its shaders are made in a third of the time. */
const TILES: readonly Tile[] = [
  { rows: 128, columns: 128, depth: 16, fours: 2, least: 2 ** 20 },
  { rows: 64, columns: 64, depth: 16, fours: 1, least: 2 ** 16 },
];
const FEW: Tile = { rows: 16, columns: 64, depth: 8, fours: 1, least: 0 };

/** The largest tile that the result fills, and that it has enough of. */
export const tileFor = ({ m, n, batch }: Product): Tile =>
  TILES.find(({ rows, columns, least }) => m >= rows && n >= columns && m * n * batch >= least) ?? FEW;

/** Fours in workgroup memory: as they are, or rounded to halves. */
const stored = {
  float32: {
    type: "vec4<f32>",
    text: `
fn packed(x: vec4<f32>) -> vec4<f32> { return x; }
fn unpacked(x: vec4<f32>) -> vec4<f32> { return x; }`,
  },
  float16: {
    type: "vec2<u32>",
    text: `${HALF}
fn packed(x: vec4<f32>) -> vec2<u32> { return vec2<u32>(half(x.xy), half(x.zw)); }
fn unpacked(x: vec2<u32>) -> vec4<f32> { return vec4<f32>(unpack2x16float(x.x), unpack2x16float(x.y)); }`,
  },
} as const;

/**
 * `NAME_four(at, isIn, along, end)`: four numbers of a row from `along` on, which is at place `at` of the factor; 0 from `end` on, and
 * where `isIn` is false. What is read outside of a buffer is some number that WebGPU makes up, and is not taken: no branch is needed.
 */
const fourOf = (name: string, width: Width): string =>
  width === 4
    ? `
fn ${name}_four(at: u32, is_in: bool, along: u32, end: u32) -> vec4<f32> {
  return select(vec4<f32>(), ${name}_at(at / 4u), is_in && along < end);
}`
    : `
fn ${name}_four(at: u32, is_in: bool, along: u32, end: u32) -> vec4<f32> {
  let four = vec4<f32>(${name}_at(at), ${name}_at(at + 1u), ${name}_at(at + 2u), ${name}_at(at + 3u));
  let stop = select(along, end, is_in);
  return select(vec4<f32>(), four, vec4<u32>(along) + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(stop));
}`;

/** Statements that bring a tile of a factor to workgroup memory. */
function loading(
  name: string,
  // How many rows (or columns) a tile has, the first of them and their end; whether the factor runs along k.
  { size, first, end, alongK }: { size: number; first: string; end: string; alongK: boolean },
  { depth }: Tile,
  invocations: number,
): string {
  const fours = size / 4;
  if (!alongK) {
    return `
  for (var e = lane; e < ${fours * depth}u; e += ${invocations}u) {
    let q = e / ${fours}u;
    let i = ${first} + 4u * (e % ${fours}u);
    let four = ${name}_four(${name}_from + (q0 + q) * ${end} + i, q0 + q < end, i, ${end});
    ${name}_tile[q * ${fours}u + ((e % ${fours}u) ^ ${name}_turn(q))] = packed(four);
  }`;
  }
  return `
  for (var e = lane; e < ${(fours * depth) / 4}u; e += ${invocations}u) {
    let q = 4u * (e % ${depth / 4}u);
    let four = e / ${depth / 4}u;
    let i = ${first} + 4u * four;
    ${[0, 1, 2, 3]
      .map(
        (r) =>
          `let row${r} = ${name}_four(${name}_from + (i + ${r}u) * p.k + q0 + q, i + ${r}u < ${end}, q0 + q, end);`,
      )
      .join("\n    ")}
    let to = q * ${fours}u + (four ^ ${name}_turn(q));
    ${["x", "y", "z", "w"]
      .map(
        (c, r) =>
          `${name}_tile[to + ${r * fours}u] = packed(vec4<f32>(row0.${c}, row1.${c}, row2.${c}, row3.${c}));`,
      )
      .join("\n    ")}
  }`;
}

/** `finish(entry, i, j, sums)`: four numbers of row `i` from column `4 j` on become results. */
const finishing = (ending: Ending, width: Width): string =>
  width === 4
    ? `
fn finish(entry: u32, i: u32, j: u32, sum: vec4<f32>) {
  if (i >= p.m || 4u * j >= p.n) { return; }
  let at = p.outAt / 4u + (entry * p.m + i) * (p.n / 4u) + j;
  ${ending.code}
}`
    : `
fn finish(entry: u32, i: u32, four: u32, sums: vec4<f32>) {
  if (i >= p.m) { return; }
  for (var c = 0u; c < 4u; c++) {
    let j = 4u * four + c;
    if (j >= p.n) { return; }
    let at = p.outAt + (entry * p.m + i) * p.n + j;
    let sum = sums[c];
    ${ending.code}
  }
}`;

/** Whole tiles; where `length` is less than k, each piece of the sum has a result of its own, one behind the other. */
export function inTiles(on: Device, args: Product, tile: Tile, length: number): void {
  const { a, m, n, k, batch, transposeA, transposeB, aAt = 0, bAt = 0, outAt = 0 } = args;
  const { b, format } = secondOf(on, args);
  const { rows, columns, depth, fours } = tile;
  const [across, down] = [columns / (4 * fours), rows / (4 * fours)];
  const tilesAcross = Math.ceil(n / columns);
  const tiles = tilesAcross * Math.ceil(m / rows);
  const pieces = Math.ceil(Math.max(1, k) / Math.max(1, length));
  const most = on.gpu.limits.maxComputeWorkgroupsPerDimension;
  const invocations = across * down;
  const [aWidth, bWidth] = [widthOf(transposeA ? m : k, aAt), widthOf(transposeB ? k : n, bAt)];
  const width = widthOf(n, outAt);
  const ending = endingOf(args, width);
  const { type, text } = stored[on.inputs];
  // The blocks of an invocation, by fours of rows and of columns, and the rows within them.
  const blocks = Array.from({ length: fours ** 2 }, (_, i) => [Math.floor(i / fours), i % fours] as const);
  const sums = blocks.flatMap(([y, x]) => [0, 1, 2, 3].map((r) => ({ y, x, r, name: `sum${y}${x}${r}` })));
  const each = (line: (at: number) => string) => Array.from({ length: fours }, (_, at) => line(at)).join(" ");
  on.run({
    key: `gemm ${rows} ${transposeA} ${transposeB} ${format} ${on.inputs} ${aWidth}${bWidth} ${ending.key}`,
    read: { a: factor(a, aWidth), b: factor(b, bWidth), ...ending.read },
    write: ending.write,
    ints: { m, n, k, tilesAcross, tiles, length, pieces, aAt, bAt, outAt },
    groups: [Math.min(tiles, most), Math.ceil(tiles / most), batch * pieces],
    size: [across, down],
    code: () => `${numbersAt("a", "float32", aWidth)}
${numbersAt("b", format, bWidth)}
${fourOf("a", aWidth)}
${fourOf("b", bWidth)}
${ending.head}
${finishing(ending, width)}
${text}
var<workgroup> a_tile: array<${type}, ${(rows * depth) / 4}>;
var<workgroup> b_tile: array<${type}, ${(columns * depth) / 4}>;
fn a_turn(q: u32) -> u32 { return (q / 4u * 2u) & ${down - 1}u; }
fn b_turn(q: u32) -> u32 { return (q / 4u * 2u) & ${across - 1}u; }
---
if (group >= p.tiles) { return; }
let piece = entry % p.pieces;
let which = entry / p.pieces;
let row0 = group / p.tilesAcross * ${rows}u;
let column0 = group % p.tilesAcross * ${columns}u;
let end = min(p.k, (piece + 1u) * p.length);
let a_from = p.aAt + which * p.m * p.k;
let b_from = p.bAt + which * p.k * p.n;
${sums.map(({ name }) => `var ${name} = ${vectorOf(4)}();`).join("\n")}
for (var q0 = piece * p.length; q0 < end; q0 += ${depth}u) {
  ${loading("a", { size: rows, first: "row0", end: "p.m", alongK: !transposeA }, tile, invocations)}
  ${loading("b", { size: columns, first: "column0", end: "p.n", alongK: transposeB }, tile, invocations)}
  workgroupBarrier();
  for (var q = 0u; q < ${depth}u; q++) {
    let down = q * ${rows / 4}u + (lanes.y ^ a_turn(q));
    let across = q * ${columns / 4}u + (lanes.x ^ b_turn(q));
    ${each((y) => `let left${y} = unpacked(a_tile[down + ${y * down}u]);`)}
    ${each((x) => `let right${x} = unpacked(b_tile[across + ${x * across}u]);`)}
    ${sums.map(({ name, y, x, r }) => `${name} += left${y}.${"xyzw"[r]} * right${x};`).join("\n    ")}
  }
  workgroupBarrier();
}
let i = row0 + 4u * lanes.y;
let j = column0 / 4u + lanes.x;
${sums.map(({ name, y, x, r }) => `finish(entry, i + ${4 * y * down + r}u, j + ${x * across}u, ${name});`).join("\n")}`,
  });
}
