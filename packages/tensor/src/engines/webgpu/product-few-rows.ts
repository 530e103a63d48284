// Products of few rows, as in decoding. Each number of the second factor is used so few times that all depends on how it is read:
// once, side by side, by as many invocations as there can be, which share the sums over k.
import type { Device } from "./device.js";
import { ROUNDED } from "./halves.js";
import {
  endingOf,
  factor,
  numbersAt,
  type Product,
  secondOf,
  vectorOf,
  type Width,
  widthOf,
} from "./product.js";

/** Up to so many rows. */
const MOST_ROWS = 4;

/** Whether a product is better made here. */
export const isOfFewRows = ({ m, k, batch, transposeA }: Product): boolean =>
  batch === 1 && m <= MOST_ROWS && !transposeA && k >= 64;

/** The rows of the first factor, as in 0 to 3. */
const rowsOf = ({ m }: Product) => Array.from({ length: m }, (_, i) => i);

/** What is multiplied, as text: numbers as they are, or rounded to halves. */
const roundingOf = ({ inputs }: Device) =>
  inputs === "float32"
    ? { head: "", rounded: (_: Width, text: string) => text }
    : { head: ROUNDED, rounded: (width: Width, text: string) => `rounded${width}(${text})` };

export function fewRows(on: Device, args: Product): void {
  if (args.transposeB) byColumns(on, args);
  else byRows(on, args);
}

/** The second factor runs along k: a workgroup for each column of the result. */
function byColumns(on: Device, args: Product): void {
  const { a, m, n, k, aAt = 0, bAt = 0, outAt = 0 } = args;
  const { b, format } = secondOf(on, args);
  const { head, rounded } = roundingOf(on);
  const rows = rowsOf(args);
  const width = Math.min(widthOf(k, aAt), widthOf(k, bAt)) as 1 | 4;
  const ending = endingOf(args, 1);
  on.run({
    key: `gemm columns ${m} ${format} ${on.inputs} ${width} ${ending.key}`,
    read: { a: factor(a, width), b: factor(b, width), ...ending.read },
    write: ending.write,
    ints: { n, k: k / width, aAt: aAt / width, bAt: bAt / width, outAt },
    groups: n,
    code: () => `${numbersAt("b", format, width)}
${head}
${ending.head}
var<workgroup> parts: array<f32, ${64 * m}>;
---
let j = group;
if (j >= p.n) { return; }
${rows.map((i) => `var sum${i} = ${vectorOf(width)}();`).join(" ")}
let b_from = p.bAt + j * p.k;
for (var q = lane; q < p.k; q += 64u) {
  let right = ${rounded(width, "b_at(b_from + q)")};
  ${rows.map((i) => `sum${i} += ${rounded(width, `$a[p.aAt + ${i}u * p.k + q]`)} * right;`).join("\n  ")}
}
${rows
  .map((i) => `parts[${64 * i}u + lane] = ${width === 4 ? `dot(sum${i}, vec4<f32>(1.0))` : `sum${i}`};`)
  .join("\n")}
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

/** Columns of the result that a workgroup makes, so many that what it reads of a row fills a line of a cache. */
const COLUMNS = 16;
const INVOCATIONS = 128;

/** The second factor runs along the columns: a workgroup for some of them. */
function byRows(on: Device, args: Product): void {
  const { a, m, n, k, aAt = 0, bAt = 0, outAt = 0 } = args;
  const { b, format } = secondOf(on, args);
  const { head, rounded } = roundingOf(on);
  const rows = rowsOf(args);
  const width = Math.min(widthOf(n, bAt), widthOf(n, outAt)) as 1 | 4;
  const across = COLUMNS / width;
  const down = INVOCATIONS / across;
  const ending = endingOf(args, width);
  on.run({
    key: `gemm rows ${m} ${format} ${on.inputs} ${ending.key}`,
    read: { a, b: factor(b, width), ...ending.read },
    write: ending.write,
    ints: { n: n / width, k, aAt, bAt: bAt / width, outAt: outAt / width },
    groups: Math.ceil(n / COLUMNS),
    size: [across, down],
    code: () => `${numbersAt("b", format, width)}
${head}
${ending.head}
var<workgroup> parts: array<${vectorOf(width)}, ${INVOCATIONS * m}>;
---
let j = group * ${across}u + lanes.x;
${rows.map((i) => `var sum${i} = ${vectorOf(width)}();`).join(" ")}
if (j < p.n) {
  for (var q = lanes.y; q < p.k; q += ${down}u) {
    let right = ${rounded(width, "b_at(p.bAt + q * p.n + j)")};
    ${rows.map((i) => `sum${i} += ${rounded(1, `$a[p.aAt + ${i}u * p.k + q]`)} * right;`).join("\n    ")}
  }
}
${rows.map((i) => `parts[${INVOCATIONS * i}u + lane] = sum${i};`).join("\n")}
workgroupBarrier();
for (var half = ${INVOCATIONS / 2}u; half >= ${across}u; half >>= 1u) {
  if (lane < half) {
    for (var i = 0u; i < ${m}u; i++) { parts[${INVOCATIONS}u * i + lane] += parts[${INVOCATIONS}u * i + lane + half]; }
  }
  workgroupBarrier();
}
if (lanes.y < ${m}u && j < p.n) {
  let at = p.outAt + lanes.y * p.n + j;
  let sum = parts[${INVOCATIONS}u * lanes.y + lanes.x];
  ${ending.code}
}`,
  });
}
