// What our engine "webgpu" does on the GPU that is here: products of GPT-2's shapes, a training step and decoding, with the
// adapter's name. In Node it needs the npm package `webgpu`, which the engine looks for beside its own source: `npm install --no-save
// webgpu` at the top, not here. Peers run in a browser only, so they are beside it on a page of its own: `npm run bench:webgpu-page`.
//
//     npm run bench:webgpu [-- <rows of the products, default 1024>]
//
// On a GPU in software all is tiny, and no figure says anything.
import { compareOnGpu, type Line, means, ours, planHere } from "./webgpu-contenders.js";

try {
  const { plan, isSoftware } = await planHere(Number(process.argv[2] ?? 1024));
  const contenders = await ours();
  for (const { name, device } of contenders) console.log(`${name}: ${device}`);
  if (isSoftware) console.log("No graphics card but software: no figure says anything.");
  const lines: Line[] = [];
  for await (const line of compareOnGpu(contenders, plan)) {
    lines.push(line);
    const found = "failed" in line ? line.failed : `${line.what}: ${line.rate.toPrecision(3)} ${line.unit}`;
    console.log(`${line.of.name.padEnd(28)} ${found}`);
  }
  for (const { of, rate } of means(lines)) {
    console.log(`${of.name.padEnd(28)} geometric mean of products ${rate.toPrecision(3)} GFLOP/s`);
  }
  for (const { model } of contenders) await model?.engine.close();
} catch (error) {
  console.log((error as Error).message);
}
process.exit(0);
