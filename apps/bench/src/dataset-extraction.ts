// Main content of pages whose content is known: ours beside trafilatura and Readability, how well each finds it and how fast,
// in pages per second of the processor's time. Ours is tuned on one half of each source; the other half is what counts.
//
//     LLM_DATA=<test data> LLM_PYTHON=<python with trafilatura> npm run bench:dataset-extraction
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { extractText } from "@llm/dataset";
import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import {
  type Benchmark,
  type BenchmarkPage,
  readBenchmarks,
  scoreCells,
  scoreHalves,
} from "../../../packages/dataset/bench/pages.js";

const python = process.env["LLM_PYTHON"] ?? "";
if (python === "") {
  console.error("LLM_PYTHON must name a Python that has trafilatura");
  process.exit(2);
}

/** What one of them makes of all pages. */
interface Result {
  readonly name: string;
  readonly rate: number;
  readonly texts: readonly string[];
}

/** What the script beside this one prints. */
interface Trafilatura {
  readonly version: string;
  readonly modes: Readonly<Record<"precision" | "standard", { rate: number; texts: string[] }>>;
}

/** What all of them make of the pages in one pass. */
type Pass = (pages: readonly BenchmarkPage[]) => Result[];

function byFunction(name: string, read: (page: BenchmarkPage) => string): Pass {
  return (pages) => {
    // As trafilatura_pages.py does: what a long run costs is asked, not how an engine comes to speed.
    pages.forEach(read);
    const start = process.cpuUsage();
    const texts = pages.map(read);
    const { user, system } = process.cpuUsage(start);
    return [{ name, rate: (pages.length / (user + system)) * 1e6, texts }];
  };
}

function readReadable({ html }: BenchmarkPage): string {
  return new Readability(parseHTML(html).document as unknown as Document).parse()?.textContent ?? "";
}

const trafilatura: Pass = (pages) => {
  const output = execFileSync(python, [join(import.meta.dirname, "trafilatura_pages.py")], {
    input: JSON.stringify(pages.map(({ html }) => html)),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { version, modes }: Trafilatura = JSON.parse(output);
  return [
    { name: `trafilatura ${version}`, ...modes.standard },
    { name: `trafilatura ${version} precision`, ...modes.precision },
  ];
};

const passes: readonly Pass[] = [
  byFunction("@llm/dataset", ({ html, url }) => extractText(html, { url }).text),
  byFunction(
    "@llm/dataset precision",
    ({ html, url }) => extractText(html, { url, favor: "precision" }).text,
  ),
  trafilatura,
  byFunction("Readability", readReadable),
];

/**
 * Three rounds of all by turns, so that what else the machine does slows each alike; the best rate of each. In each round all
 * pages are read once before they are read by the clock, by everyone.
 */
function contest({ pages }: Benchmark): Result[] {
  const best = new Map<string, Result>();
  for (let round = 0; round < 3; round++) {
    for (const result of passes.flatMap((pass) => pass(pages))) {
      const before = best.get(result.name);
      if (!before || result.rate > before.rate) best.set(result.name, result);
    }
  }
  return [...best.values()];
}

for (const benchmark of readBenchmarks()) {
  const count = benchmark.pages.filter(({ half }) => half === "tuning").length;
  console.log(
    `${benchmark.name}, ${count} pages to tune on and ${benchmark.pages.length - count} unseen: precision, recall, F1`,
  );
  const results = contest(benchmark);
  for (const { name, rate, texts } of results) {
    const { tuning, unseen } = scoreHalves(benchmark, texts);
    const times = (results[0]!.rate / rate).toFixed(1);
    const speed = `${rate.toFixed(0).padStart(5)} pages/s, @llm/dataset ${times} times as fast`;
    console.log(`  ${name.padEnd(28)} tuning ${scoreCells(tuning)}   unseen ${scoreCells(unseen)} ${speed}`);
  }
}
