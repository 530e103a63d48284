// One contender on one model, in a process of its own: `contender.ts <name> <index of the model> <threads>`. Every line of
// its input is a turn: it trains for so many seconds, one step at least, and answers with a line of JSON, a `Turn`.
import { createInterface } from "node:readline";
import { type Model, models } from "./model.js";

export interface Turn {
  /** Of each step. */
  seconds: number[];
  /** Of each step, before its update. */
  losses: number[];
}

type Step = () => Promise<number>;

const contenders: Record<string, (model: Model, threads: number) => Promise<Step>> = {
  async native(model, threads) {
    const { nativeEngine } = await import("@llm/tensor");
    const { ours } = await import("./ours.js");
    return ours(await nativeEngine({ threads }), model);
  },
  async "native-avx2"(model, threads) {
    const { nativeEngine } = await import("@llm/tensor");
    const { ours } = await import("./ours.js");
    return ours(await nativeEngine({ threads, products: "avx2" }), model);
  },
  async wasm(model, threads) {
    const { wasmEngine } = await import("@llm/tensor");
    const { ours } = await import("./ours.js");
    return ours(await wasmEngine({ threads }), model);
  },
  async "onnxruntime-node"(model, threads) {
    const { onnxruntimeNode } = await import("./onnxruntime.js");
    return onnxruntimeNode(model, threads);
  },
  async "onnxruntime-web"(model, threads) {
    const { onnxruntimeWeb } = await import("./onnxruntime.js");
    return onnxruntimeWeb(model, threads);
  },
  async "jax-js"(model) {
    const { jaxStep } = await import("./jax.js");
    return jaxStep(model);
  },
  async "tfjs-wasm"(model) {
    const { tfjsStep } = await import("./tfjs.js");
    return tfjsStep(model, "wasm");
  },
  async "tfjs-cpu"(model) {
    const { tfjsStep } = await import("./tfjs.js");
    return tfjsStep(model, "cpu");
  },
};

const [name, index, threads] = process.argv.slice(2) as [string, string, string];
const step = await contenders[name]!(models[Number(index)]!, Number(threads));
for await (const line of createInterface({ input: process.stdin })) {
  const turn: Turn = { seconds: [], losses: [] };
  const end = performance.now() + 1000 * Number(line);
  do {
    const start = performance.now();
    turn.losses.push(await step());
    turn.seconds.push((performance.now() - start) / 1000);
  } while (performance.now() < end);
  process.stdout.write(`${JSON.stringify(turn)}\n`);
}
process.exit(0);
