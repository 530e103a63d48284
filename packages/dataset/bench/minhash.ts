// MinHash signatures on one core, beside datatrove's if LLM_PYTHON names a Python that has it (with spacy). Give a text file, or
// the articles of the extraction benchmark are used. Rounds go by turns; ratios are of medians.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { minHasher } from "@llm/dataset";
import { leastHashes } from "../src/hash/ngrams.js";
import { simplify } from "../src/minhash/normalize.js";
import { permutations } from "../src/minhash/permutations.js";
import { words } from "../src/text/words.js";

const ROUNDS = 5;
const data = process.env["LLM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const file = process.argv[2] ?? `${data}/article-extraction/ground-truth.json`;
if (!existsSync(file)) throw new Error(`There is no file ${file}: give one, or set LLM_DATA`);
const content = readFileSync(file, "utf8");
const texts: string[] = file.endsWith(".json")
  ? Object.values<{ articleBody: string }>(JSON.parse(content)).map(({ articleBody }) => articleBody)
  : content.split(/\n{4,}/);
const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
const tokens = texts.map((text) => words(simplify(text)));
const shingles = tokens.reduce((sum, { length }) => sum + Math.max(0, length - 4), 0);

const hasher = minHasher();
const { a, b } = permutations(112, 1);
const least = leastHashes(a, b);
const contenders: Record<string, () => number | Promise<number>> = {
  "text to signature": () => timed(() => texts.forEach((text) => void hasher.signature(text))),
  "words to signature": () => timed(() => tokens.forEach((list) => void (list.length > 4 && least(list, 5)))),
};

const folder = mkdtempSync(join(tmpdir(), "bench-"));
const python = process.env["LLM_PYTHON"];
let child: ReturnType<typeof spawn> | undefined;
if (python) {
  writeFileSync(join(folder, "texts.json"), JSON.stringify(texts));
  const script = fileURLToPath(new URL("minhash.py", import.meta.url));
  child = spawn(python, [script, join(folder, "texts.json")], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout! });
  contenders["datatrove"] = async () => {
    child!.stdin!.write("\n");
    return Number((await once(lines, "line"))[0]);
  };
}

const seconds: Record<string, number[]> = {};
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, run] of Object.entries(contenders)) {
    const time = await run();
    if (round > 0) seconds[name] = [...(seconds[name] ?? []), time]; // the first round warms up
  }
}
child?.stdin?.end();
rmSync(folder, { recursive: true });

console.log(
  `${texts.length} texts, ${megabytes.toFixed(2)} MB, ${shingles} shingles, Node ${process.version}, one core`,
);
const ours = median(seconds["text to signature"]!);
for (const [name, times] of Object.entries(seconds)) {
  const time = median(times);
  const rate = `${(shingles / time / 1000).toFixed(0)}k shingles/s`.padStart(18);
  console.log(
    `${name.padEnd(20)}${rate}${(megabytes / time).toFixed(2).padStart(8)} MB/s   ${(time / ours).toFixed(1)}x the time`,
  );
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((x, y) => x - y)[values.length >> 1]!;
}
