// Weights in a file: written tensor by tensor at half the size, then one of them read without touching the rest.

import { encodeSafetensors, openSafetensors, parameter, useEngine } from "@llm/tensor";

await useEngine("auto");
const weights = [
  parameter("up.weight", [1, 2, 3, 4, 5, 6], [2, 3]),
  parameter("down.weight", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [3, 2]),
];

// The header comes first, so names, shapes and types are told before any value is asked for.
const specs = weights.map(({ name, shape }) => ({ name, shape, dtype: "F16" as const }));
const byName = new Map(weights.map((weight) => [weight.name, weight]));
const chunks: BlobPart[] = [];
for await (const chunk of encodeSafetensors(specs, (name) => byName.get(name)!.data(), { format: "pt" })) {
  chunks.push(chunk as Uint8Array<ArrayBuffer>); // or write it to a file
}

const file = await openSafetensors(new Blob(chunks)); // or a file on disk, or a URL: see rangeSource
for (const { name, dtype, shape, bytes } of file.tensors.values()) {
  console.log(`${name}: ${dtype} (${shape.join(", ")}), ${bytes} bytes`);
}
const { data } = await file.read("down.weight");
console.log([...data].map((value) => value.toFixed(5)).join(" ")); // as close as a half comes

// Output:
// up.weight: F16 (2, 3), 12 bytes
// down.weight: F16 (3, 2), 12 bytes
// 0.09998 0.19995 0.30005 0.39990 0.50000 0.60010
