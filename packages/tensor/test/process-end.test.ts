import { expect, test } from "vitest";
import { runToEnd } from "../../../.config/process.js";

test.each(["reference", "wasm", "native", "tfjs"])(
  "a process ends by itself after work on %s",
  async (name) => {
    const start = {
      // As the oracle it has no threads.
      reference: `await useEngine("reference");`,
      wasm: `await useEngine("wasm", { threads: 2 });`,
      // Where it is not available, what "auto" takes instead.
      native: `
      const native = (await doctor()).find(({ name }) => name === "native");
      await useEngine(native.available ? "native" : "auto", { threads: 2 });`,
      tfjs: `
      const tf = await import("@tensorflow/tfjs-core");
      await import("@tensorflow/tfjs-backend-cpu");
      await tf.setBackend("cpu");
      const { tfjs } = await import("@llm/tensor/tfjs");
      await useEngine(await tfjs(tf));`,
    }[name];
    const printed = await runToEnd(`
    import { doctor, matmul, tensor, useEngine } from "@llm/tensor";
    ${start}
    const ones = tensor(new Float32Array(64 * 64).fill(1), [64, 64]);
    const [first] = await matmul(ones, ones).data();
    console.log(first);
  `);
    expect(printed).toBe("64\n");
  },
  60_000,
);
