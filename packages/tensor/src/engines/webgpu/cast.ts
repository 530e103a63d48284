import type { DeviceBuffer } from "../../device-buffer.js";
import type { Device } from "./device.js";
import { each, floatAt } from "./wgsl.js";

/** See Engine.cast. */
export function cast(on: Device, { x, out }: { x: DeviceBuffer; out: DeviceBuffer }): void {
  if (out.dtype === "float32") {
    each(on, out.length, {
      key: `cast ${x.dtype}`,
      read: { x },
      write: { out },
      code: () => `${floatAt("x", x.dtype === "bfloat16")}\n---\n$out[i] = x_at(i);`,
    });
    return;
  }
  // An invocation makes a word of two, in integers: what is no number stays none.
  each(on, Math.ceil(out.length / 2), {
    key: "cast to bfloat16",
    read: { x: { buffer: x, as: "u32" } },
    write: { out },
    ints: { length: out.length },
    code: () => `
fn rounded(bits: u32) -> u32 {
  if ((bits & 0x7fffffffu) > 0x7f800000u) { return (bits >> 16u) | 64u; }
  return (bits + 0x7fffu + ((bits >> 16u) & 1u)) >> 16u;
}
---
var word = rounded($x[2u * i]);
if (2u * i + 1u < p.length) { word |= rounded($x[2u * i + 1u]) << 16u; }
$out[i] = word;`,
  });
}
