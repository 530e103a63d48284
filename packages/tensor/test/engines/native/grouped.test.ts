import { expect, test } from "vitest";
import { kernelsOver } from "../../../src/engines/native/attach.js";
import { findKoffi } from "../../../src/engines/native/find-koffi.js";
import { loadKoffi } from "../../../src/engines/native/koffi.js";
import { identify } from "../../../src/engines/native/machine.js";
import { machineCode } from "../../../src/engines/native/plan.js";
import { bestVariant, compile } from "../../../src/engines/wasm/module.js";

const koffi = process.arch === "x64" ? findKoffi() : null;
const processor = koffi ? identify(loadKoffi(koffi), process.platform) : null;

test.runIf(processor?.avx512 && processor.vnni.avx512)("groups are multiplied in machine code", async () => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
  const module = await compile(bestVariant()!, true);
  expect(kernelsOver(module, memory, machineCode("avx512").plan).groupedTiles).toBeTypeOf("function");
});
