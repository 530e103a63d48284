import { expect, test } from "vitest";
import { kernelsOver } from "../../../src/engines/native/attach.js";
import { findKoffi } from "../../../src/engines/native/find-koffi.js";
import { loadKoffi } from "../../../src/engines/native/koffi.js";
import { identify } from "../../../src/engines/native/machine.js";
import { machineCode } from "../../../src/engines/native/plan.js";
import { bestVariant, compile } from "../../../src/engines/wasm/module.js";

const koffi = process.arch === "x64" ? findKoffi() : null;
const processor = koffi ? identify(loadKoffi(koffi), process.platform) : null;

for (const products of ["avx2", "avx512"] as const) {
  test.runIf(processor?.[products])(`groups are multiplied in machine code with ${products}`, async () => {
    const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
    const module = await compile((await bestVariant())!, true);
    expect(kernelsOver(module, memory, machineCode(products).plan).groupedTiles).toBeTypeOf("function");
  });
}
