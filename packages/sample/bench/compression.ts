// How small a model makes a text, beside gzip -9, xz -9 and zstd -19, and how long it takes each way.
// `npx tsx --conditions=@llm/source bench/compression.ts <model folder> <file> [bytes]`; xz and zstd must be installed.
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { load } from "@llm/bpe/node";
import { Gpt } from "@llm/gpt";
import { compress, decompress } from "@llm/sample/compression";
import { engine, useEngine } from "@llm/tensor";

const [folder, file, length = "Infinity"] = process.argv.slice(2);
if (!folder || !file) throw new Error("name a model's folder and a file");
await useEngine("auto", { threads: 1 });
const { name, device } = engine();
console.log(`${name}: ${device}`);
const model = await Gpt.load(folder);
const tokenizer = await load(join(folder, "tokenizer.json"));
const bytes = new Uint8Array(readFileSync(file)).slice(0, Number(length));

async function timed<T>(title: string, work: () => Promise<T>): Promise<T> {
  const [cpu, clock] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (microseconds: number) => (microseconds / 1e6).toFixed(1);
  console.log(
    `${title}: ${seconds(user + system)} s of CPU, ${seconds(1000 * (performance.now() - clock))} s on the clock`,
  );
  return result;
}

let [symbols, bits] = [0, 0];
const onProgress = (progress: { of: number; bits?: number }) => {
  symbols = progress.of;
  bits = progress.bits ?? bits;
};
const packed = await timed("compress", () => compress(model, tokenizer, bytes, { onProgress }));
const again = await timed("decompress", () => decompress(model, tokenizer, packed));
if (Buffer.compare(again, bytes) !== 0) throw new Error("other bytes came back");
const ideal = Math.ceil(bits / 8);
console.log(
  `${symbols} symbols; the model's own probabilities: ${ideal} bytes, coded ${((100 * packed.length) / ideal - 100).toFixed(3)}% more`,
);

const modelBytes = ["model.safetensors", "config.json", "tokenizer.json"].reduce(
  (sum, each) => sum + statSync(join(folder, each)).size,
  0,
);
const pipe = (command: string, ...args: string[]) =>
  spawnSync(command, args, { input: bytes, maxBuffer: 2 ** 30 }).stdout?.length;
const rows: [string, number | undefined][] = [
  ["this model", packed.length],
  ["with the model's own size", packed.length + modelBytes],
  ["gzip -9", gzipSync(bytes, { level: 9 }).length],
  ["xz -9", pipe("xz", "-9", "--stdout")],
  ["zstd -19", pipe("zstd", "-19", "--stdout")],
];
console.log(`${"".padEnd(28)} ${"bytes".padStart(10)} ${"bits a byte".padStart(12)}`);
console.log(`${file} ${" ".padEnd(27 - file.length)} ${String(bytes.length).padStart(10)}`);
for (const [title, size] of rows) {
  const shown = size ? [String(size), ((8 * size) / bytes.length).toFixed(3)] : ["not installed", ""];
  console.log(`${title.padEnd(28)} ${shown[0]!.padStart(10)} ${shown[1]!.padStart(12)}`);
}
model.dispose();
