import type { DeviceBuffer } from "../../device-buffer.js";
import { IndexError } from "../../errors.js";
import { GROUP, type GroupBits, panelsOf } from "../../groups.js";
import type {
  GroupedProductArgs,
  GroupedProductBackwardArgs,
  GroupedRowsArgs,
} from "../../kernel-arguments.js";
import type { Device } from "./device.js";
import { adds, BY_BITS, each, put } from "./wgsl.js";

/** Words of a block: scales of 16 rows as halves, then integers of 32 columns, as src/groups.ts says. */
const wordsOf = (columns: number, bits: GroupBits) => {
  const { blocks, bytes } = panelsOf(1, columns, bits);
  return { blocks, words: bytes / 4 };
};

/** `scale_of(j, block)` and `integer(j, block, c)`, column c of a block of row j. */
const unpack = (bits: GroupBits): string => `
fn block_of(j: u32, block: u32) -> u32 { return (j / 16u * p.blocks + block) * p.words; }
fn scale_of(j: u32, block: u32) -> f32 {
  let row = j % 16u;
  return unpack2x16float($weight[block_of(j, block) + row / 2u])[row % 2u];
}
fn integer(j: u32, block: u32, c: u32) -> i32 {
  let place = ${bits === 8 ? "c" : "c % 16u"};
  let word = $weight[block_of(j, block) + 8u + place / 4u * 16u + j % 16u];
  ${
    bits === 8
      ? "return i32(extractBits(word, place % 4u * 8u, 8u)) - 128;"
      : "return i32(extractBits(word, place % 4u * 8u + c / 16u * 4u, 4u)) - 8;"
  }
}`;

/** The groups of each row of x as integers, and their scales. */
function roundGroups(
  on: Device,
  x: DeviceBuffer,
  { rows, columns, blocks }: { rows: number; columns: number; blocks: number },
  integers: DeviceBuffer,
  scales: DeviceBuffer,
): void {
  each(on, rows * blocks, {
    key: "round groups",
    read: { x },
    write: { integers: { buffer: integers, as: "i32" }, scales },
    ints: { columns, blocks },
    floats: { nan: Number.NaN },
    code: () => `${BY_BITS}
---
let r = i / p.blocks;
let first = i % p.blocks * ${GROUP}u;
let own = min(${GROUP}u, p.columns - first);
let source = r * p.columns + first;
var most = 0.0;
var all_finite = true;
for (var c = 0u; c < own; c++) {
  let value = $x[source + c];
  if (!is_finite(value)) { all_finite = false; }
  most = max(most, abs(value));
}
$scales[i] = select(p.nan, most / 127.0, all_finite);
for (var c = 0u; c < ${GROUP}u; c++) {
  var rounded = 0;
  if (all_finite && most > 1e-30 && c < own) { rounded = i32(round($x[source + c] * (127.0 / most))); }
  $integers[i * ${GROUP}u + c] = rounded;
}`,
  });
}

/** See Engine.groupedProduct. */
export function groupedProduct(on: Device, args: GroupedProductArgs): void {
  const { x, weight, bias, out, rows, columns, n, bits } = args;
  const { blocks, words } = wordsOf(columns, bits);
  on.withScratch([rows * blocks * GROUP, rows * blocks], (integers, scales) => {
    roundGroups(on, x, { rows, columns, blocks }, integers!, scales!);
    each(on, rows * n, {
      key: `groupedProduct ${bits} ${bias ? "b" : ""}`,
      read: { integers: { buffer: integers!, as: "i32" }, scales, weight, bias },
      write: { out },
      ints: { n, blocks, words },
      code: () => `${unpack(bits)}
---
let r = i / p.n;
let j = i % p.n;
var sum = ${bias ? "$bias[j]" : "0.0"};
for (var block = 0u; block < p.blocks; block++) {
  let source = r * p.blocks + block;
  var dot = 0;
  for (var c = 0u; c < ${GROUP}u; c++) { dot += $integers[source * ${GROUP}u + c] * integer(j, block, c); }
  sum += (scale_of(j, block) * $scales[source]) * f32(dot);
}
$out[i] = sum;`,
    });
  });
}

/** See Engine.groupedProductBackward. */
export function groupedProductBackward(on: Device, args: GroupedProductBackwardArgs): void {
  const { dOut, weight, dX, rows, columns, n, bits } = args;
  const { blocks, words } = wordsOf(columns, bits);
  each(on, rows * columns, {
    key: `groupedProductBackward ${bits} ${adds(dX)}`,
    read: { dOut, weight },
    write: { dX: dX.buffer },
    ints: { columns, n, blocks, words },
    code: () => `${unpack(bits)}
---
let r = i / p.columns;
let block = i % p.columns / ${GROUP}u;
let c = i % p.columns % ${GROUP}u;
var sum = 0.0;
for (var j = 0u; j < p.n; j++) {
  sum += $dOut[r * p.n + j] * (scale_of(j, block) * f32(integer(j, block, c)));
}
${put(dX, "dX", "i", "sum")}`,
  });
}

/** See Engine.groupedRows. */
export function groupedRows(on: Device, args: GroupedRowsArgs): void {
  const { ids, weight, out, rows, columns, n, bits } = args;
  const { blocks, words } = wordsOf(columns, bits);
  const all = on.ids(ids, rows);
  for (let r = 0; r < rows; r++) {
    const id = all[r]!;
    if (id >= 0 && id < n) continue;
    throw new IndexError(`groupedEmbedding: id ${id} is not in a table of ${n} rows.`);
  }
  each(on, rows * columns, {
    key: `groupedRows ${bits}`,
    read: { ids, weight },
    write: { out },
    ints: { columns, blocks, words },
    code: () => `${unpack(bits)}
---
let j = u32($ids[i / p.columns]);
let block = i % p.columns / ${GROUP}u;
$out[i] = scale_of(j, block) * f32(integer(j, block, i % p.columns % ${GROUP}u));`,
  });
}
