// Compiles the kernel and writes it as TypeScript: `npm run generate -w @llm/dataset`.
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";

const folder = dirname(fileURLToPath(import.meta.url));

/** The generated source. */
export async function generate() {
  let bytes = null;
  const { error, stderr } = await asc.main(
    [
      "hash.ts",
      "--baseDir", folder,
      "--outFile", "kernel.wasm",
      "-O3",
      "--noAssert",
      "--runtime", "stub",
      "--importMemory",
      "--enable", "simd",
      "--disableWarning", "AS112",
    ],
    { writeFile: (_name, contents) => { bytes = contents; } },
  );
  if (error || !bytes) throw new Error(`${error?.message}\n${stderr}`);
  return [
    "// Written by `npm run generate -w @llm/dataset` from the sources in assembly/.",
    "/** The kernel, in base64. */",
    "export const KERNEL =",
    `  "${Buffer.from(bytes).toString("base64")}";`,
    "",
  ].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await writeFile(join(folder, "../src/hash/kernel.generated.ts"), await generate());
}
