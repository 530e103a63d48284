// Pieces of shader text that several kernels use.
import type { Activation, Into } from "../../device-buffer.js";
import type { Call, Device } from "./device.js";
import { split } from "./shader.js";

/** Invocations of a workgroup that goes element by element. */
const WIDE = 256;

/** A run with one invocation for each of `count` numbers, whose number is `i`. */
export function each(on: Device, count: number, call: Omit<Call, "groups" | "size">): void {
  on.run({
    ...call,
    ints: { count, ...call.ints },
    groups: Math.ceil(count / WIDE),
    size: [WIDE, 1],
    code: () => {
      const [head, body] = split(call.code());
      return `${head}\n---\nlet i = group * ${WIDE}u + lane;\nif (i >= p.count) { return; }\n${body}`;
    },
  });
}

/** Invocations of a workgroup that makes one of each row. */
const lanesFor = (columns: number): number => (columns > 512 ? 256 : 64);

/** A run with a workgroup for each row, `row`; what its invocations have may be summed by `total` and compared by `largest`. */
export function eachRow(
  on: Device,
  rows: number,
  columns: number,
  call: Omit<Call, "groups" | "size">,
): void {
  const lanes = lanesFor(columns);
  on.run({
    ...call,
    key: `${call.key} ${lanes}`,
    ints: { rows, columns, ...call.ints },
    groups: rows,
    size: [lanes, 1],
    code: () => {
      const [head, body] = split(call.code());
      return `${reductions(lanes)}\n${head}\n---\nlet row = group;\nif (row >= p.rows) { return; }\nlet at = row * p.columns;\n${body}`;
    },
  });
}

/** `total(x, lane)` and `largest(x, lane)` over the invocations of a workgroup, always in the same order. */
export const reductions = (lanes: number): string => `
const LANES = ${lanes}u;
var<workgroup> reduced: array<f32, ${lanes}>;
fn total(x: f32, lane: u32) -> f32 {
  reduced[lane] = x;
  workgroupBarrier();
  for (var half = ${lanes / 2}u; half > 0u; half >>= 1u) {
    if (lane < half) { reduced[lane] += reduced[lane + half]; }
    workgroupBarrier();
  }
  let sum = reduced[0];
  workgroupBarrier();
  return sum;
}
fn largest(x: f32, lane: u32) -> f32 {
  reduced[lane] = x;
  workgroupBarrier();
  for (var half = ${lanes / 2}u; half > 0u; half >>= 1u) {
    if (lane < half) { reduced[lane] = max(reduced[lane], reduced[lane + half]); }
    workgroupBarrier();
  }
  let most = reduced[0];
  workgroupBarrier();
  return most;
}`;

/** Smaller than every number that counts; infinity is not to be relied on in a shader. */
export const LOWEST = "-3.0e38";

/** The statement that puts a value in its place, or adds it to what is there. */
export const put = ({ accumulate }: Pick<Into, "accumulate">, name: string, at: string, value: string) =>
  `$${name}[${at}] ${accumulate ? "+=" : "="} ${value};`;

/** How a key says whether a result is added. */
export const adds = (out: Pick<Into, "accumulate"> | null | undefined): string =>
  out?.accumulate ? "+" : "";

/** `NAME_at(i)`, a number of a buffer in float32 or bfloat16. */
export const floatAt = (name: string, isBfloat16: boolean): string =>
  isBfloat16
    ? `fn ${name}_at(i: u32) -> f32 {
  let word = $${name}[i >> 1u];
  return bitcast<f32>(select(word << 16u, word & 0xffff0000u, (i & 1u) == 1u));
}`
    : `fn ${name}_at(i: u32) -> f32 { return $${name}[i]; }`;

/** `NAME_at(i)`, an integer of 8 bits with its sign. */
export const byteAt = (name: string): string => `
fn ${name}_at(i: u32) -> i32 { return extractBits(bitcast<i32>($${name}[i >> 2u]), (i & 3u) * 8u, 8u); }`;

/** Zero and finite, by bits: a compiler may take it that there are no NaN, and then compares them as it likes. */
export const BY_BITS = `
fn is_zero(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0u; }
fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }`;

/** `bits(key0, key1, i)`: randomBits of random-numbers.ts. */
export const RANDOM = `
fn scramble(value: u32) -> u32 {
  var x = value;
  x = (x ^ (x >> 16u)) * 0x21f0aaadu;
  x = (x ^ (x >> 15u)) * 0xd35a2d97u;
  return x ^ (x >> 15u);
}
fn bits(key0: u32, key1: u32, i: u32) -> u32 { return scramble(scramble(i ^ key0) + key1); }`;

/** `capped(x, cap)`: cap tanh(x / cap), and x where cap is 0. Without bounds tanh may be NaN. */
export const CAPPED = `
fn capped(x: f32, cap: f32) -> f32 {
  if (cap == 0.0) { return x; }
  return cap * tanh(clamp(x / cap, -15.0, 15.0));
}`;

const SIGMOID = "fn sigmoid(x: f32) -> f32 { return 1.0 / (1.0 + exp(min(-x, 88.0))); }";
const GELU = "fn inner(x: f32) -> f32 { return 1.5957691216057308 * (x + 0.044715 * x * x * x); }";
// The Chebyshev fit of erfc with relative error 1.2e-7 of Numerical Recipes.
const NORMAL = `
fn normal(x: f32) -> f32 {
  let z = min(abs(x) * 0.70710678118654752, 9.0);
  let t = 1.0 / (1.0 + 0.5 * z);
  var fit = 0.17087277;
  fit = fit * t - 0.82215223;
  fit = fit * t + 1.48851587;
  fit = fit * t - 1.13520398;
  fit = fit * t + 0.27886807;
  fit = fit * t - 0.18628806;
  fit = fit * t + 0.09678418;
  fit = fit * t + 0.37409196;
  fit = fit * t + 1.00002368;
  fit = fit * t - 1.26551223;
  let tail = 0.5 * t * exp(fit - z * z);
  return select(tail, 1.0 - tail, x > 0.0);
}`;

const ACTIVATION: Readonly<Record<Activation, string>> = {
  gelu: `${SIGMOID}\n${GELU}
fn activate(x: f32) -> f32 { return x * sigmoid(inner(x)); }`,
  "gelu-erf": `${NORMAL}
fn activate(x: f32) -> f32 { return x * normal(x); }`,
  relu2: "fn activate(x: f32) -> f32 { return select(0.0, x * x, x > 0.0); }",
  silu: `${SIGMOID}
fn activate(x: f32) -> f32 { return x * sigmoid(x); }`,
};

// Beyond 30 the slopes are 0 or 1 to the last bit, and squares may be too large.
const SLOPE: Readonly<Record<Activation, string>> = {
  gelu: `fn slope(given: f32) -> f32 {
  let x = clamp(given, -30.0, 30.0);
  let s = sigmoid(inner(x));
  return s + x * s * (1.0 - s) * 1.5957691216057308 * (1.0 + 0.134145 * x * x);
}`,
  "gelu-erf": `fn slope(given: f32) -> f32 {
  let x = clamp(given, -30.0, 30.0);
  return normal(x) + x * exp(-0.5 * x * x) * 0.3989422804014327;
}`,
  relu2: "fn slope(x: f32) -> f32 { return select(0.0, 2.0 * x, x > 0.0); }",
  silu: `fn slope(given: f32) -> f32 {
  let x = clamp(given, -88.0, 88.0);
  let s = sigmoid(x);
  return s * (1.0 + x * (1.0 - s));
}`,
};

/** `activate(x)`. */
export const activate = (kind: Activation): string => ACTIVATION[kind];
/** `activate(x)` and `slope(x)`, its derivative. */
export const activateAndSlope = (kind: Activation): string => `${ACTIVATION[kind]}\n${SLOPE[kind]}`;
