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

const python = process.env["LLM_PYTHON"];
if (!python) {
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

/** The best of three passes. */
function measure(
  name: string,
  pages: readonly BenchmarkPage[],
  read: (page: BenchmarkPage) => string,
): Result {
  let texts: string[] = [];
  let rate = 0;
  for (let round = 0; round < 3; round++) {
    const start = process.cpuUsage();
    texts = pages.map(read);
    const { user, system } = process.cpuUsage(start);
    rate = Math.max(rate, (pages.length / (user + system)) * 1e6);
  }
  return { name, rate, texts };
}

function readReadable({ html }: BenchmarkPage): string {
  return new Readability(parseHTML(html).document as unknown as Document).parse()?.textContent ?? "";
}

function contest({ pages }: Benchmark): Result[] {
  const output = execFileSync(python!, [join(import.meta.dirname, "trafilatura_pages.py")], {
    input: JSON.stringify(pages.map(({ html }) => html)),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { version, modes }: Trafilatura = JSON.parse(output);
  return [
    measure("@llm/dataset", pages, ({ html, url }) => extractText(html, { url }).text),
    measure(
      "@llm/dataset precision",
      pages,
      ({ html, url }) => extractText(html, { url, favor: "precision" }).text,
    ),
    { name: `trafilatura ${version}`, ...modes.standard },
    { name: `trafilatura ${version} precision`, ...modes.precision },
    measure("Readability", pages, readReadable),
  ];
}

for (const benchmark of readBenchmarks()) {
  const count = benchmark.pages.filter(({ half }) => half === "tuning").length;
  console.log(
    `${benchmark.name}, ${count} pages to tune on and ${benchmark.pages.length - count} unseen: precision, recall, F1`,
  );
  for (const { name, rate, texts } of contest(benchmark)) {
    const { tuning, unseen } = scoreHalves(benchmark, texts);
    const speed = `${rate.toFixed(0).padStart(5)} pages/s`;
    console.log(`  ${name.padEnd(28)} tuning ${scoreCells(tuning)}   unseen ${scoreCells(unseen)} ${speed}`);
  }
}
