// Matrix products of transformer shapes: ours beside tfjs, in GFLOP/s.

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { matmul, scope, tensor, useEngine } from "@llm/tensor";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { compare } from "./compare.js";

setWasmPaths(`${dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm")))}/`);
const ours = await useEngine("auto");
await tf.setBackend("wasm");
await tf.ready();

const shapes = [
  { name: "mlp up, forward (NN)", m: 768, n: 512, k: 128, transposeA: false, transposeB: false },
  { name: "logits (NT)", m: 512, n: 4096, k: 256, transposeA: false, transposeB: true },
  { name: "weight gradient (TN)", m: 384, n: 1536, k: 2048, transposeA: true, transposeB: false },
];

for (const { name, m, n, k, transposeA, transposeB } of shapes) {
  const values = (size: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(i));
  const a = { data: values(m * k), shape: transposeA ? [k, m] : [m, k] };
  const b = { data: values(k * n), shape: transposeB ? [n, k] : [k, n] };
  const [oursA, oursB] = [tensor(a.data, a.shape), tensor(b.data, b.shape)];
  const [tfA, tfB] = [tf.tensor(a.data, a.shape), tf.tensor(b.data, b.shape)];
  await compare(`${name}: ${m} x ${n} x ${k}`, (2 * m * n * k) / 1e9, "GFLOP", [
    {
      name: `@llm/tensor ${ours.name}`,
      run: () => scope(() => void matmul(oursA, oursB, { transposeA, transposeB })),
    },
    {
      name: "tfjs wasm",
      run: () => {
        const product = tf.matMul(tfA, tfB, transposeA, transposeB);
        product.dataSync();
        product.dispose();
      },
    },
  ]);
  for (const used of [oursA, oursB, tfA, tfB]) used.dispose();
}
