import type { TensorData } from "../engine.js";
import { makeBuffer, type ReferenceBuffer } from "../reference/buffers.js";
import { type Device, TfjsBuffer } from "./device.js";

/**
 * Runs a kernel of the reference engine on copies of the buffers in `args`, and writes back those that it changed:
 * for what a backend has no operation for.
 */
export function onHost(on: Device, kernel: (args: object) => void, args: object): void {
  const copies = new Map<TfjsBuffer, { copy: ReferenceBuffer; before: TensorData }>();
  const copyOf = (buffer: TfjsBuffer): ReferenceBuffer => {
    const known = copies.get(buffer);
    if (known) return known.copy;
    const copy = makeBuffer(on.own(buffer).length, buffer.dtype, false);
    if (buffer.dtype === "int32") copy.data.set(on.ids(buffer));
    else if (buffer.tensor) copy.data.set(buffer.tensor.dataSync());
    copies.set(buffer, { copy, before: copy.data.slice() });
    return copy;
  };
  const translate = (value: unknown): unknown => {
    if (value instanceof TfjsBuffer) return copyOf(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, translate(each)]));
  };
  kernel(translate(args) as object);
  for (const [buffer, { copy, before }] of copies) {
    if (!copy.data.some((value, i) => !Object.is(value, before[i]))) continue;
    on.load(buffer, copy.data);
  }
}
