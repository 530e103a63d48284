import type { DeviceBuffer, TensorData } from "../../device-buffer.js";
import { makeBuffer, type ReferenceBuffer } from "../reference/buffers.js";
import { MirroredBuffer } from "./buffer.js";

/** How values come from a device and go to it, at once. */
export interface HostAccess {
  /** The values, to be copied. */
  read(buffer: DeviceBuffer): ArrayLike<number>;
  /** Replaces all values. */
  load(buffer: DeviceBuffer, data: ArrayLike<number>): void;
}

/**
 * Runs a kernel of the reference engine on copies of the buffers in `args`, and writes back those that it changed:
 * for what a device has no operation for.
 */
export function onHost(on: HostAccess, kernel: (args: object) => void, args: object): void {
  const copies = new Map<MirroredBuffer, { copy: ReferenceBuffer; before: TensorData }>();
  const copyOf = (buffer: MirroredBuffer): ReferenceBuffer => {
    const known = copies.get(buffer);
    if (known) return known.copy;
    const copy = makeBuffer(buffer.length, buffer.dtype, false);
    copy.data.set(on.read(buffer));
    copies.set(buffer, { copy, before: copy.data.slice() });
    return copy;
  };
  const translate = (value: unknown): unknown => {
    if (value instanceof MirroredBuffer) return copyOf(value);
    if (Array.isArray(value)) return value.map(translate);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, translate(each)]));
  };
  kernel(translate(args) as object);
  for (const [buffer, { copy, before }] of copies) {
    if (copy.data.some((value, i) => !Object.is(value, before[i]))) on.load(buffer, copy.data);
  }
}
