// Compiles the kernels and writes them as TypeScript: `npm run generate -w @llm/bpe`.
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";

const folder = dirname(fileURLToPath(import.meta.url));

/** The modules. */
export const modules = ["encoding", "training"];
/** How much size counts against speed: smaller code trains a tenth slower, but encodes as fast. */
const SHRINK = { encoding: "2", training: "0" };

/** The generated source of a module. */
export async function generate(name) {
  let bytes = null;
  const { error, stderr } = await asc.main(
    [
      `${name}.ts`,
      "--baseDir", folder,
      "--outFile", "kernels.wasm",
      "-O3",
      "--shrinkLevel", SHRINK[name],
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
    `/** The kernels of ${name}, as src/module-text.ts reads them. */`,
    `export const ${name.toUpperCase()} =`,
    `  "${Array.from(bytes, characterOf).join("")}";`,
    "",
  ].join("\n");
}

function characterOf(byte) {
  const digit = byte % 89;
  return ["", "}", "~"][(byte - digit) / 89] + String.fromCharCode(digit + (digit < 57 ? 35 : 36));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const name of modules) {
    await writeFile(join(folder, `../src/${name}.generated.ts`), await generate(name));
  }
}
