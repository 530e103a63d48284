// Trains the block classifier of main-content extraction on the tuning halves of pages whose content is known, and on pages made up
// in the manner of every second maker that `trials/` knows, since the real ones are nearly all of newspapers:
//
//     LLM_DATA=<test data> npx tsx training/train.ts
//
// Every page is there twice, the second time without classes and ids, so that what is learned holds for makers whose names are
// unknown. Same pages, same trees.
import { writeFileSync } from "node:fs";
import { dataFolder, readBenchmarks } from "../bench/pages.js";
import { describePage } from "../src/extract/describe-page.js";
import { FEATURES, isLinkRow } from "../src/extract/features.js";
import { readMetadata } from "../src/extract/metadata.js";
import { parseHtml } from "../src/extract/tree.js";
import { type Tree, trainTrees } from "./boosting.js";
import { labelBlocks } from "./label.js";
import { makeTrials } from "./trials/trials.js";

const options = {
  trees: 74,
  depth: 4,
  rate: 0.1,
  lambda: 2,
  minWeight: 1,
  features: 0.2,
  bins: 48,
  seed: 1,
};
const rows: number[][] = [];
const labels: number[] = [];
const weights: number[] = [];

/** A page counts much the same whatever its length, and in it long blocks more than short ones. */
function addPage(html: string, truth: string, url: string | undefined, weight: number): void {
  const nodes = parseHtml(html);
  const page = describePage(nodes, readMetadata(nodes, url).title, "balanced");
  const shares = labelBlocks(page.blocks, truth);
  const total = page.blocks.reduce((sum, { text }, i) => sum + shares[i]! * text.length, 500);
  page.blocks.forEach(({ text }, i) => {
    if (isLinkRow(page.rows, i)) return;
    rows.push([...page.rows.subarray(i * FEATURES, (i + 1) * FEATURES)]);
    labels.push(shares[i]!);
    weights.push(weight * (0.05 + Math.min(3, (30 * (Math.min(text.length, 600) + 20)) / total)));
  });
}

function withoutNames(html: string): string {
  return html.replace(/\s(?:class|id)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, "");
}

for (const { pages } of readBenchmarks()) {
  for (const { half, html, truth, url } of pages) {
    if (half !== "tuning") continue;
    addPage(html, truth, url, 1);
    addPage(withoutNames(html), truth, url, 0.5);
  }
}
for (const { half, html, truth } of makeTrials(dataFolder, 4)) {
  if (half === "tuning") addPage(html, truth, undefined, 0.3);
}
const examples = {
  rows: Float32Array.from(rows.flat()),
  width: FEATURES,
  labels: Float32Array.from(labels),
  weights: Float32Array.from(weights),
};
const { bias, trees } = trainTrees(examples, options);
const all = (pick: (tree: Tree) => readonly number[], scale = 1) =>
  trees.flatMap((tree) =>
    pick(tree).map((value) => (value > 1e9 ? 1e9 : Math.round(value * scale * 1e4) / 1e4)),
  );
const leaves = all(({ leaves }) => leaves, 100).map(Math.round);
const source = `// Written by training/train.ts; do not edit.
/** Complete binary trees, one after the other: of each inner node its feature and threshold, then what each leaf adds, in hundredths. */
export const model = {
  depth: ${options.depth},
  bias: ${bias.toFixed(3)},
  features: [${all(({ features }) => features)}],
  thresholds: [${all(({ thresholds }) => thresholds)}],
  leaves: [${leaves}],
};
`;
writeFileSync(new URL("../src/extract/content-model.generated.ts", import.meta.url), source);
console.log(`${labels.length} blocks, ${trees.length} trees, ${(source.length / 1000).toFixed(1)} kB`);
