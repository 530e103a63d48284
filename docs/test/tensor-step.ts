// Runs in Node, in a page and in its worker: a small model's loss and gradients, large enough for two threads to share.
import {
  crossEntropy,
  layerNorm,
  linear,
  parameter,
  randomNormal,
  scope,
  selfAttention,
  tensor,
  useEngine,
  valueAndGrad,
  wasmEngine,
} from "@llm/tensor";

/** What an engine of so many threads calls itself, the loss, and the gradients one after the other. */
export interface Step {
  device: string;
  loss: number;
  gradients: number[];
}

/** Forward and backward on WebAssembly with this many threads, where they can be had. */
export async function step(threads: number): Promise<Step> {
  const { device } = await useEngine(await wasmEngine({ threads }));
  const [rows, width, classes] = [128, 96, 500];
  return scope(async () => {
    const random = async (name: string, seed: number, ...shape: number[]) =>
      parameter(name, await randomNormal(shape, { std: 0.2, seed }).data(), shape);
    const x = await random("x", 1, 1, rows, width);
    const qkv = await random("qkv", 2, width, 3 * width);
    const head = await random("head", 3, classes, width);
    const gain = await random("gain", 4, width);
    const targets = tensor(
      Int32Array.from({ length: rows }, (_, i) => (i * 37) % classes),
      [1, rows],
      "int32",
    );
    const { value, grads } = valueAndGrad(() => {
      const attended = selfAttention(linear(layerNorm(x, gain), qkv), { nHead: 6 });
      return crossEntropy(linear(attended, head, null, { transposed: true }), targets);
    }, [x, qkv, head, gain]);
    const all = await Promise.all(grads.map((grad) => grad.data()));
    return { device, loss: (await value.data())[0]!, gradients: all.flatMap((values) => [...values]) };
  });
}
