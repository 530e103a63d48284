import { afterAll, beforeAll, expect, type MockInstance, test, vi } from "vitest";
import { Device } from "../../../src/engines/webgpu/device.js";
import type { WebgpuEngine } from "../../../src/engines/webgpu/index.js";
import { each } from "../../../src/engines/webgpu/wgsl.js";
import { all, conform } from "../../conforming.js";
import { describeWebgpu, webgpuEngines } from "./engines.js";

/** NaN as float32 and as bfloat16. */
const NAN = 0x7fc07fc0;

/** A new buffer is one that was given back, and holds what was in it: here nothing but NaN, which spoils what reads it. */
function poison(): MockInstance<Device["allocate"]> {
  const { allocate } = Device.prototype;
  return vi.spyOn(Device.prototype, "allocate").mockImplementation(function (this: Device, length, dtype) {
    const buffer = allocate.call(this, length, dtype);
    const { ids } = buffer;
    each(this, buffer.memory.bytes / 4, {
      key: "poison",
      write: { out: { buffer, as: "u32" } },
      ints: { nan: NAN },
      code: () => "$out[i] = p.nan;",
    });
    buffer.ids = ids; // integers are on the host as before
    return buffer;
  });
}

describeWebgpu("against reference in float64, in memory that held NaN", () => {
  let engine: WebgpuEngine;
  let allocations: MockInstance<Device["allocate"]>;
  beforeAll(async () => {
    engine = await webgpuEngines["webgpu"]!();
    allocations = poison();
  });
  afterAll(() => allocations.mockRestore());

  test.each(all.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    const downloads = vi.spyOn(engine, "download");
    const before = engine.counts().downloads;
    await conform(engine, each);
    // No kernel reads back: the host waits only for what the test asks for.
    expect(engine.counts().downloads - before).toBe(downloads.mock.calls.length);
    downloads.mockRestore();
  });

  test("what is allocated does hold NaN", async () => {
    const buffer = engine.allocate(3, "float32");
    expect([...(await engine.download(buffer))]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    engine.free(buffer);
    expect(allocations.mock.calls.length).toBeGreaterThan(0);
  });
});
