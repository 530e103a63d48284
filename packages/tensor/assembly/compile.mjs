// Compiles the kernels and writes them as TypeScript: `npm run generate -w @llm/tensor`. With SIMD everywhere, and
// once more with relaxed SIMD for its fused multiply-add.

import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";

const folder = dirname(fileURLToPath(import.meta.url));

export const variants = { baseline: ["simd", "threads"], relaxed: ["simd", "relaxed-simd", "threads"] };

/** The generated source of a variant. */
export async function generate(variant) {
  let bytes = null;
  const { error, stderr } = await asc.main(
    [
      "index.ts",
      "--baseDir", folder,
      "--outFile", "kernels.wasm",
      "-O3",
      "--noAssert",
      "--runtime", "stub",
      "--importMemory",
      "--sharedMemory",
      "--maximumMemory", "65536",
      ...variants[variant].flatMap((feature) => ["--enable", feature]),
    ],
    { writeFile: (_name, contents) => { bytes = contents; } },
  );
  if (error || !bytes) throw new Error(`${error?.message}\n${stderr}`);
  return [
    "// Written by `npm run generate -w @llm/tensor` from the sources in assembly/.",
    `/** The kernels, compiled with ${variants[variant].join(" and ")}, in base64. */`,
    `export const ${variant} =`,
    `  "${Buffer.from(bytes).toString("base64")}";`,
    "",
  ].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const variant of Object.keys(variants)) {
    await writeFile(join(folder, `../src/engines/wasm/${variant}.generated.ts`), await generate(variant));
  }
}
