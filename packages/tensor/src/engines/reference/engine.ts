import { checkOptions } from "@llm/platform/options";
import type { DeviceBuffer } from "../../device-buffer.js";
import type { Engine } from "../../engine.js";
import { EngineError } from "../../errors.js";
import { closable, type OpenEngine } from "../closable.js";
import { MemoryCount } from "../device/memory.js";
import { makeBuffer, values } from "./buffers.js";
import { kernels } from "./kernels.js";

/**
 * Plain TypeScript, written to be read: what each kernel means. With `precision: "float64"` everything is stored
 * and computed in double precision, which makes it the oracle for the other engines.
 */
export function referenceEngine(options: { precision?: "float32" | "float64" } = {}): Engine {
  const kinds = { precision: ["float32", "float64"] } as const;
  checkOptions("referenceEngine", options, kinds, (message) => new EngineError(message));
  const double = options.precision === "float64";
  const memory = new MemoryCount();
  const bytesOf = (buffer: DeviceBuffer) => values(buffer).byteLength;
  const open: OpenEngine = {
    name: "reference",
    device: `JavaScript, one thread, ${double ? "float64" : "float32"}`,
    memory,
    allocate(length, dtype) {
      const buffer = makeBuffer(length, dtype, double);
      memory.add(bytesOf(buffer));
      return buffer;
    },
    free: (buffer) => memory.remove(bytesOf(buffer)),
    upload: (buffer, data, offset) => values(buffer).set(data, offset),
    download: async (buffer) => values(buffer).slice(),
    fill: (buffer, value) => void values(buffer).fill(value),
    ...kernels,
  };
  return closable(open, () => memory.clear()); // the arrays go with the tensors
}
