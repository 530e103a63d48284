import { extractText } from "../src/extract/extract-text.js";
import { makeTrials } from "../training/trials/trials.js";
import { dataFolder, readBenchmarks, scoreCells, scoreHalves } from "./pages.js";
import { scorePages, scoreTokens } from "./score.js";

/**
 * Scores main-content extraction on pages whose content is known: `npx tsx bench/extract.ts [precision|balanced]`. Beside
 * its peers it stands in apps/bench, `npm run bench:dataset-extraction`.
 */
const favor = process.argv[2] === "precision" ? "precision" : "balanced";
console.log(`${favor}: precision, recall, F1`);
for (const benchmark of readBenchmarks()) {
  const start = process.cpuUsage();
  const texts = benchmark.pages.map(({ html, url }) => extractText(html, { url, favor }).text);
  const { user, system } = process.cpuUsage(start);
  const { tuning, unseen } = scoreHalves(benchmark, texts);
  const rate = ((benchmark.pages.length / (user + system)) * 1e6).toFixed(0);
  console.log(
    `  ${benchmark.name.padEnd(19)} tuning ${scoreCells(tuning)}   unseen ${scoreCells(unseen)}   ${rate} pages/s`,
  );
}
const trials = makeTrials(dataFolder, 6).filter(({ half }) => half === "unseen");
const scores = trials.map(({ html, truth }) => scoreTokens(truth, extractText(html, { favor }).text));
console.log(`  ${trials.length} made-up pages of unseen makers ${scoreCells(scorePages(scores))}`);
