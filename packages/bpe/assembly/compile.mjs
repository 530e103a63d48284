// Compiles the kernels and writes them as TypeScript: `npm run generate -w @llm/bpe`.
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import asc from "assemblyscript/asc";

const folder = dirname(fileURLToPath(import.meta.url));

/** The modules. */
export const modules = ["encoding", "training"];

async function compile(name) {
  let bytes = null;
  const { error, stderr } = await asc.main(
    [
      `${name}.ts`,
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
  return Buffer.from(bytes);
}

const base64 = (bytes) => bytes.toString("base64");

/**
 * Both modules have the scanner, which gzip finds in the second one only if it begins at the same of three bytes in base64's
 * groups. So a section of a few bytes, which means nothing, goes in front of the rest where that makes both smaller.
 */
function aligned(bytes, first) {
  const section = (length) => (length === 0 ? [] : [0, length + 1, length, ...Array(length).fill(0x2e)]);
  const sizes = [0, 1, 2].map((length) => {
    const moved = Buffer.concat([bytes.subarray(0, 8), Buffer.from(section(length)), bytes.subarray(8)]);
    return { moved, size: gzipSync(base64(first) + base64(moved), { level: 9 }).length };
  });
  return sizes.reduce((a, b) => (b.size < a.size ? b : a)).moved;
}

/** The generated source of a module. */
export async function generate(name) {
  const bytes = await compile(name);
  const code = base64(name === modules[0] ? bytes : aligned(bytes, await compile(modules[0])));
  return [
    "// Written by `npm run generate -w @llm/bpe` from the sources in assembly/.",
    `/** The kernels of ${name}, in base64. */`,
    `export const ${name.toUpperCase()} =`,
    `  "${code}";`,
    "",
  ].join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const name of modules) {
    await writeFile(join(folder, `../src/${name}.generated.ts`), await generate(name));
  }
}
