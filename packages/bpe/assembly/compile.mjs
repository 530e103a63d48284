// Compiles the kernels and writes them as TypeScript: `npm run generate -w @llm/bpe`.
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
      "index.ts",
      "--baseDir", folder,
      "--outFile", "kernels.wasm",
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
    "// Written by `npm run generate -w @llm/bpe` from the sources in assembly/.",
    "/** The kernels, in base64. */",
    "export const KERNELS =",
    `  "${Buffer.from(bytes).toString("base64")}";`,
    "",
  ].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await writeFile(join(folder, "../src/kernels.generated.ts"), await generate());
}
