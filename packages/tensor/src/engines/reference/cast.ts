import { toBfloat16 } from "../../bfloat16.js";
import type { DeviceBuffer } from "../../device-buffer.js";
import { floats, values } from "./buffers.js";

/** See Engine.cast. */
export function cast(args: { x: DeviceBuffer; out: DeviceBuffer }): void {
  const x = floats(args.x);
  values(args.out).set(args.out.dtype === "bfloat16" ? toBfloat16(x) : x);
}
