// A model as llama.cpp's file and back: whole, and with its matrices in 8 and in 4 bits.
import { Gpt } from "@llm/gpt";
import { readGGUF, writeGGUF } from "@llm/gpt/formats";
import { tensor, useEngine } from "@llm/tensor";

await useEngine("reference");
const model = Gpt.create(
  {
    vocabSize: 100,
    blockSize: 32,
    nLayer: 2,
    nHead: 4,
    nEmbd: 64,
    norm: "rms",
    position: "rope",
    activation: "silu",
    mlp: { kind: "gated", width: 128 },
    bias: false,
  },
  { seed: 1 },
);
const ids = tensor([3, 1, 4, 1, 5], [1, 5], "int32");
const before = await model.forward(ids).data();

for (const type of ["f32", "f16", "q8_0", "q4_0"] as const) {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const [bytes] = await Promise.all([
    new Response(readable).arrayBuffer(),
    writeGGUF(model, writable, { type, name: "tiny" }), // in Node a path will do: writeGGUF(model, "tiny.gguf")
  ]);
  const { model: read, metadata } = await readGGUF(new Uint8Array(bytes));
  const after = await read.forward(ids).data();
  const off = Math.max(...after.map((logit, i) => Math.abs(logit - before[i]!)));
  console.log(
    `${metadata.get("general.name")} ${type}: ${bytes.byteLength} bytes, logits off by ${off.toFixed(3)}`,
  );
}

// Output:
// tiny f32: 358304 bytes, logits off by 0.000
// tiny f16: 181664 bytes, logits off by 0.000
// tiny q8_0: 98912 bytes, logits off by 0.004
// tiny q4_0: 57952 bytes, logits off by 0.038
