// What all ways to make a matrix product share: how factors are read and results are written, four numbers at a time where the
// lengths allow it, and the last steps (bias, activation, residual), which are taken before a result is written.
import type { Activation, DeviceBuffer, Into } from "../../device-buffer.js";
import type { GemmArgs } from "../../kernel-arguments.js";
import type { Device, Operand } from "./device.js";
import { halvesOf } from "./halves.js";
import { activate, floatAt, put } from "./wgsl.js";

/** A product, which may be of parts of buffers. */
export interface Product extends GemmArgs {
  readonly aAt?: number;
  readonly bAt?: number;
  readonly outAt?: number;
}

/** How many numbers are read or written at once. */
export type Width = 1 | 4;

/** Four, where rows of such a length, the first of which begins at place `at`, all begin at a multiple of four. */
export const widthOf = (length: number, at = 0): Width => (length % 4 === 0 && at % 4 === 0 ? 4 : 1);

/** The type of what is read at once. */
export const vectorOf = (width: Width): string => (width === 4 ? "vec4<f32>" : "f32");

/** The buffer as it is read. */
export function factor(buffer: DeviceBuffer, width: Width): Operand {
  if (width === 1) return buffer;
  return { buffer, as: buffer.dtype === "float32" ? "vec4<f32>" : "vec2<u32>" };
}

/** How the numbers of a factor lie in memory. */
export type Format = "float32" | "bfloat16" | "halves";

/** `NAME_at(i)`, which counts in units of `width` numbers. */
export function numbersAt(name: string, format: Format, width: Width): string {
  if (width === 1) {
    if (format !== "halves") return floatAt(name, format === "bfloat16");
    return `fn ${name}_at(i: u32) -> f32 { return unpack2x16float($${name}[i >> 1u])[i & 1u]; }`;
  }
  const four = {
    float32: "words",
    bfloat16:
      "bitcast<vec4<f32>>(vec4<u32>(words.x << 16u, words.x & 0xffff0000u, words.y << 16u, words.y & 0xffff0000u))",
    halves: "vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y))",
  };
  return `fn ${name}_at(i: u32) -> vec4<f32> {
  let words = $${name}[i];
  return ${four[format]};
}`;
}

/** The second factor of a product, and how it lies in memory: in halves, where it is kept so. */
export function secondOf(on: Device, { b }: Product): { readonly b: DeviceBuffer; readonly format: Format } {
  const halves = halvesOf(on, b);
  return halves
    ? { b: halves, format: "halves" }
    : { b, format: b.dtype === "bfloat16" ? "bfloat16" : "float32" };
}

/** The last steps of a product, as text: bias, activation, residual. */
export interface Ending {
  readonly key: string;
  readonly head: string;
  readonly read: Readonly<Record<string, Operand | null | undefined>>;
  readonly write: Readonly<Record<string, Operand | null | undefined>>;
  /** Statements for the value `sum` of column `j` at place `at` of the result, both counted in units of `width`. */
  readonly code: string;
}

export function endingOf(
  args: {
    out: Into;
    bias?: DeviceBuffer | null | undefined;
    activation?: Activation | undefined;
    pre?: DeviceBuffer | null | undefined;
    residual?: DeviceBuffer | null | undefined;
  },
  width: Width,
): Ending {
  const { out, bias, activation, pre, residual } = args;
  const each = width === 4 ? ["x", "y", "z", "w"].map((c) => `activate(value.${c})`) : ["activate(value)"];
  const steps = [
    bias ? "value += $bias[j];" : "",
    pre ? "$pre[at] = value;" : "",
    activation ? `value = ${vectorOf(width)}(${each.join(", ")});` : "",
    residual ? "value += $residual[at];" : "",
    put(out, "out", "at", "value"),
  ];
  const as = (buffer: DeviceBuffer | null | undefined) => buffer && factor(buffer, width);
  return {
    key: `${width}${bias ? "b" : ""}${activation ?? ""}${pre ? "p" : ""}${residual ? "r" : ""}${out.accumulate ? "+" : ""}`,
    head: activation ? activate(activation) : "",
    read: { bias: as(bias), residual: as(residual) },
    write: { out: as(out.buffer), pre: as(pre) },
    code: `var value = sum;\n${steps.filter(Boolean).join("\n")}`,
  };
}
