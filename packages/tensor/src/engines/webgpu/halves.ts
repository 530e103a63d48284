// Halves: numbers of 16 bits, two a word, which every GPU can pack and unpack without the feature `shader-f16`. Where products round
// what they multiply, a second factor that they meet again and again, as a weight in decoding, is kept so beside its float32: then a
// product reads half of the bytes. What a product gives is the same to the bit either way.
import type { DeviceBuffer } from "../../device-buffer.js";
import type { Device } from "./device.js";
import { each } from "./wgsl.js";

/** Products that read a factor as it is before its halves are worth their memory: a training step changes it after two. */
const MET = 2;

/** `half(x)`: two numbers as halves in a word. What is larger than any half becomes the largest. */
export const HALF = `
fn half(x: vec2<f32>) -> u32 { return pack2x16float(clamp(x, vec2<f32>(-65504.0), vec2<f32>(65504.0))); }`;

/** `rounded1(x)` and `rounded4(x)`: numbers of float32, rounded to halves. */
export const ROUNDED = `${HALF}
fn rounded1(x: f32) -> f32 { return unpack2x16float(half(vec2<f32>(x, 0.0))).x; }
fn rounded4(x: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(unpack2x16float(half(x.xy)), unpack2x16float(half(x.zw)));
}`;

/** The halves of a factor, where products round and have met it before. */
export function halvesOf(on: Device, factor: DeviceBuffer): DeviceBuffer | null {
  if (on.inputs !== "float16" || factor.dtype !== "float32") return null;
  const own = on.own(factor);
  if (own.halves) return own.halves;
  if (own.products++ < MET) return null;
  const halves = on.allocate(own.length, "bfloat16"); // as wide
  each(on, Math.ceil(own.length / 2), {
    key: "halves",
    read: { x: own },
    write: { out: halves },
    ints: { length: own.length },
    code: () => `${HALF}
---
var pair = vec2<f32>($x[2u * i], 0.0);
if (2u * i + 1u < p.length) { pair.y = $x[2u * i + 1u]; }
$out[i] = half(pair);`,
  });
  own.halves = halves;
  return halves;
}
